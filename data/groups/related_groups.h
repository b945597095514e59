// Groups of related parts from a file of people: the whole of Sec. 3.1.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "data/groups/group_stability.h"
#include "data/groups/grouping.h"
#include "data/groups/relatedness.h"

namespace pbn {

struct RelatedParts {
  Relatedness relatedness;
  MinimumCut cut;                           // of the normalised relatedness
  std::optional<GroupStability> stability;  // where resamples were asked for
  std::string source;                       // the file the people came from
  std::string fingerprint;                  // SHA-256 of its content
};

struct Bootstrap {
  int resamples = 0;
  std::uint64_t seed = 1;
};

// From a pose file or Newell's valid.h5. Throws a usage error unless 1 <= k <= parts, and a data error for a file that
// is neither or in which a pair of parts is never labelled together.
RelatedParts find_related_parts(const std::filesystem::path& file, int k, const Bootstrap& bootstrap = {});

}  // namespace pbn
