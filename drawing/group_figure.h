// Figures of groups of related parts on a body, as in Fig. 2b.
#pragma once

#include <string>

#include "config/part_groups.h"

namespace pbn::drawing {

// A body as drawing/part_layout.h lays it out: a person stands and is seen from the front. The parts of a group have
// one colour and are joined by thick limbs; a part in several groups is a disc of their colours. The page must define
// styles for the classes body, together and apart.
std::string group_figure(const config::Groups& groups, const config::Skeleton& skeleton);

// The same with a title and a legend, as a complete picture. Joints show the number of their group, since there may be
// more groups than colours. `note` is a line below the title.
std::string group_picture(const config::Groups& groups, const config::Skeleton& skeleton, const std::string& note);

}  // namespace pbn::drawing
