// What the network will see, drawn by pbn_worker, which alone can make heat maps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbn {

// An SVG with the augmented views and the targets of these people (numbered from 0) in an epoch of a run with this
// seed. Throws an environment error when pbn_worker, which lies beside pbn, is missing or fails.
std::string sheet_of_views(const std::filesystem::path& pose_file, const std::vector<std::int64_t>& people,
                           std::uint32_t seed, int epoch);

}  // namespace pbn
