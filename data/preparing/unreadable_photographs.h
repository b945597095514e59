// `pbn prepare --skip-bad`: photographs that cannot be decoded do not stop a data set of thousands.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn {

// Decodes every photograph of the set once, on `jobs` threads, removes the people of those that cannot be decoded or
// have another size than the annotations state, and tells who they were, in the set's order: "im0007.jpg person 0: is a
// JPEG that was cut short". Throws a data error when nobody is left, and a requeue error after a request to stop.
std::vector<std::string> leave_out_unreadable(PhotographSet& set, int jobs, bool show_progress,
                                              const std::function<bool()>& stop_requested);

}  // namespace pbn
