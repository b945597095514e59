// Groups of related parts from a file of people: the whole of Sec. 3.1, for `pbn groups` and for grids that say
// `model.groups: {related: 5, from: FILE}`.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "data/grouping.h"
#include "data/relatedness.h"

namespace pbn {

struct RelatedParts {
  Relatedness relatedness;
  MinimumCut cut;           // of the normalised relatedness
  std::string source;       // the file the people came from
  std::string fingerprint;  // SHA-256 of its content
};

// From a pose file or Newell's valid.h5. Throws a usage error unless 1 <= k <= parts, and a data error for a file that
// is neither or in which a pair of parts is never labelled together.
RelatedParts find_related_parts(const std::filesystem::path& file, int k);

// Groups, Ncut, runner-up, people, mutual information in nats and normalised. The report is itself a group file: saved
// (JSON, which is YAML too), it can stand where related_groups() wants a FILE.
Json groups_report(const RelatedParts& related);
std::string groups_text(const RelatedParts& related);

// k groups for a network with this skeleton. FILE is a pose file, Newell's valid.h5, or a saved report of k groups,
// recognised by content. Parts that the skeleton lacks drop out after the grouping, as in the paper's groups on LSP.
// Throws a data error when the file lacks parts of the skeleton, or holds a report of another k.
Groups related_groups(const std::filesystem::path& file, int k, const Skeleton& for_skeleton);

}  // namespace pbn
