// Draws what a run sees in an epoch, for `pbn inspect --augmented`: heat maps are made here only.
#pragma once

#include <filesystem>

namespace pbn {

// `request` is JSON: {"file": a pose file, "people": [numbers from 0], "seed", "epoch", "answer": the SVG to make}. The
// views are those of the batch loader under the standard recipe, with the targets of model/heat_maps.h over them. One
// process, no MPI. The exit code; throws Errors.
int show_views(const std::filesystem::path& request);

}  // namespace pbn
