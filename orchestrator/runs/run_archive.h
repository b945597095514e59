// Completed runs as one file, to be taken from one store to another: a tar archive whose first entry, pbn-runs.json,
// names every file with its size and SHA-256:
//
//   {"format": "pbn-runs", "version": 1, "files": [{"path": "ab12cd34ef56/result.json", "bytes", "sha256"}]}
//
// Of each run config.json, result.json, predictions.h5, weights.safetensors (unless left out), metrics.jsonl, log, and
// the same of its tests/. The same runs give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn {

struct ExportedRuns {
  std::size_t runs = 0, files = 0;
  std::uint64_t bytes = 0;
};

// `runs`: completed ones. Throws environment errors; no half archive is left.
ExportedRuns export_runs(const RunStore& store, const std::vector<std::string>& runs,
                         const std::filesystem::path& archive, bool with_weights);

struct ImportedRun {
  enum class Fate {
    taken,      // it had no result here
    same,       // it had one with the same outcome
    differing,  // it had one with another outcome, which stays
    held,       // it is being carried out here
  };
  std::string run;  // 12 digits
  Fate fate = Fate::taken;
};

// All of the archive is looked through, outside of runs/, before the first run is taken. Throws data errors for what is
// not such an archive: other names than those of a run's files, links, devices, missing or doubled files, wrong sizes
// or digests, results that are not of their run. After any error nothing is left behind and no run has changed.
std::vector<ImportedRun> import_runs(const RunStore& store, const std::filesystem::path& archive);

}  // namespace pbn
