// How related the parts are in the training people, as in Fig. 2 of the paper.
#pragma once

#include <string>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"

namespace pbn {

// For the aggregate's outcome: the report of `pbn groups` (data/groups/groups_report.h) on the first training file of
// the sweep's first cell with groups, into as many groups as it has; null where no cell has groups, or where the people
// do not suffice for an estimate.
Json relatedness_of(const Sweep& sweep);

// Fig. 2a and 2b as pictures that stand by themselves; empty where there is nothing.
std::string relatedness_matrix(const Json& aggregate);
std::string relatedness_groups(const Json& aggregate);

}  // namespace pbn
