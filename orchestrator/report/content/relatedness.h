// How related the parts are in the training people, as in Fig. 2 of the paper.
#pragma once

#include <string>

#include "orchestrator/report/content/report.h"

namespace pbn {

// In the first training file of the sweep's first cell with groups, into as many groups as it has; none where no cell
// has groups, or where the people do not suffice for an estimate. The source is the file's name without its folder.
std::optional<RelatedParts> relatedness_of(const Sweep& sweep);

// Fig. 2a and 2b as pictures that stand by themselves; empty where there is nothing.
std::string relatedness_matrix(const Report& report);
std::string relatedness_groups(const Report& report);

}  // namespace pbn
