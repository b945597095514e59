// What `pbn groups` prints and saves, for people and for programs.
#pragma once

#include <string>

#include "base/json.h"
#include "data/groups/related_groups.h"

namespace pbn {

inline constexpr const char* group_file_format = "pbn-groups";

// Groups, Ncut, runner-up, mutual information in nats and normalised, how many people each pair of parts counts, and
// what the bootstrap says. Saved, it is a group file (docs/file-formats.md).
Json groups_report(const RelatedParts& related);

// A group file of groups that were not computed: those of a name.
Json groups_report(const std::string& name, const Groups& groups, const Skeleton& skeleton);

// One group per line, indented.
std::string listed(const Groups& groups, const Skeleton& skeleton);

// The groups, the runner-up, whether resamples agree, and the matrix. Says so where the groups are uncertain.
std::string groups_text(const RelatedParts& related);

}  // namespace pbn
