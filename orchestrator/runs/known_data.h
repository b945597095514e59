// What a store remembers of the pose files that its runs were planned on, so that one that was changed and kept its
// fingerprint is found out: its runs would pass for runs on the new data. STORE/data.jsonl (docs/file-formats.md) has
// a line for each file as it was seen: {file, bytes, modified, fingerprint, people_sha256, content_sha256}.
#pragma once

#include <vector>

#include "orchestrator/grid/data_room.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// Refuses, by a data error that says how to renew it, a file
//   whose fingerprint the store knows of other people;
//   without a digest of its people, whose whole content does not agree with the fingerprint that `pbn prepare` gave it
//   or with what the store knows of that fingerprint. This reads all of it, once for a size and time of the file;
//   with a digest, written by `pbn prepare` and touched since the store saw it, whose content does not agree with its
//   fingerprint: somebody changed its pixels.
// `remember`: write down what was seen. Where the store cannot be written it is read again next time. A file that was
// read as a whole gets its content_sha256, and is not read again for a second call.
void require_known_data(std::vector<DataFile>& files, const RunStore& store, bool remember);

}  // namespace pbn
