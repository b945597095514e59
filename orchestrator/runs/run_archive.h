// Archives of completed runs, for moving them between stores. An archive is a tar file, compressed if its name ends in
// .xz. Its first entry, pbn-runs.json, lists every file with its size and SHA-256:
//
//   {"format": "pbn-runs", "version": 1, "files": [{"path": "ab12cd34ef56/result.json", "bytes", "sha256"}]}
//
// Each run has config.json, result.json, predictions.h5, weights.safetensors (optional), metrics.jsonl and log, and the
// same files in tests/PROTOCOL/. config.json names pose files and weights without their folders. The same runs always
// give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

struct ExportedRuns {
  std::size_t runs = 0, files = 0;
  std::uint64_t bytes = 0;
};

// All `runs` must be completed. Throws environment errors, and then leaves no archive.
ExportedRuns export_runs(const RunStore& store, const std::vector<std::string>& runs,
                         const std::filesystem::path& archive, bool with_weights);

struct ImportedRun {
  enum class Fate {
    taken,      // the store had no result of the run
    same,       // the store has a result with the same outcome
    differing,  // the store has a result with another outcome, and keeps it
    held,       // the run is running in the store
  };
  std::string run;  // 12 digits
  Fate fate = Fate::taken;
};

// Unpacks and checks the whole archive outside of runs/ before it imports the first run. Throws data errors for names
// that are not files of a run, links, devices, missing or duplicate files, wrong sizes or digests, and results of other
// runs. After an error the store is unchanged.
std::vector<ImportedRun> import_runs(const RunStore& store, const std::filesystem::path& archive);

}  // namespace pbn::runs
