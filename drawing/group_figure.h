// Groups of related parts on a body, as in Fig. 2b.
#pragma once

#include <string>

#include "config/part_groups.h"

namespace pbn {

// A standing figure seen from the front (the person's right is at the reader's left); parts of a group have one colour
// and are joined by thick limbs. A part of several groups is divided into their colours. For a page with styles for the
// classes body, together and apart.
std::string group_figure(const Groups& groups, const Skeleton& skeleton);

// The same with a title and a legend, as a picture that stands by itself. Joints bear the number of their group, so
// that more groups than colours can be told apart. `note` is a line under the title.
std::string group_picture(const Groups& groups, const Skeleton& skeleton, const std::string& note);

}  // namespace pbn
