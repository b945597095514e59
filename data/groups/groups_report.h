// What `pbn groups` computes (all of Sec. 3.1), prints and saves.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/groups/group_stability.h"
#include "data/groups/grouping.h"
#include "data/groups/relatedness.h"

namespace pbn::data {

struct RelatedParts {
  Relatedness relatedness;
  MinimumCut cut;                           // of the normalised relatedness
  std::optional<GroupStability> stability;  // if resamples were requested
  std::vector<PoseSource> sources;
};

struct Bootstrap {
  int resamples = 0;
  std::uint64_t seed = 1;
};

// Groups the parts of all people in pose files, or in Newell's valid.h5 (read_box_poses). Throws a usage error unless
// 1 <= k <= parts, and a data error for any other file or if a pair of parts is never labelled together.
RelatedParts find_related_parts(const std::vector<std::filesystem::path>& files, int k,
                                const Bootstrap& bootstrap = {});

inline constexpr const char* group_file_format = "pbn-groups";

// Groups, normalised cut, runner-up, mutual information in nats and normalised, number of people per pair of parts, and
// the bootstrap. Saved to a file it is a group file (docs/file-formats.md).
Json groups_report(const RelatedParts& related);

// A group file of groups that were not computed but have a name.
Json groups_report(const std::string& name, const config::Groups& groups, const config::Skeleton& skeleton);

// One group per line, indented.
std::string listed(const config::Groups& groups, const config::Skeleton& skeleton);

// The groups, the runner-up, the agreement of the resamples and the matrix. Warns if groups are uncertain.
std::string groups_text(const RelatedParts& related);

}  // namespace pbn::data
