// A store's record of the pose files that its runs were planned on. It detects a file that was changed but kept its
// fingerprint, so that old runs do not pass for runs on the new data. STORE/data.jsonl (docs/file-formats.md) has a
// line for each observed state of a file: {file, bytes, modified, fingerprint, people_sha256, content_sha256}.
#pragma once

#include <vector>

#include "orchestrator/grid/data_catalog.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

// Throws a data error, with instructions for renewing the fingerprint, for a file
// - whose fingerprint the store has recorded with other people;
// - without a digest of its people, if its content contradicts the fingerprint that `pbn prepare` wrote or the content
//   that the store has recorded with the fingerprint. This reads the whole file, once per size and modification time;
// - with a digest, written by `pbn prepare` and modified since the store recorded it, if its content contradicts its
//   fingerprint: its pixels were changed.
// `remember` records the files in the store; a store that cannot be written is left as it is. A file that was read as a
// whole gets its content_sha256, so that a second call does not read it again.
void require_known_data(std::vector<grid::DataFile>& files, const RunStore& store, bool remember);

}  // namespace pbn::runs
