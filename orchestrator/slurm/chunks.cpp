#include "orchestrator/slurm/chunks.h"

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using Entry = SlurmChunk::Entry;

// Whether a pbn outside of Slurm is running it. Slurm's queue tells about array elements.
bool is_held(const fs::path& run_folder, runs::AttemptObserver& observer) {
  const auto attempt = runs::newest_attempt(run_folder);
  return attempt && observer.is_live(*attempt) &&
         runs::text_at(runs::object_in(*attempt / "meta.json"), "executor") != "slurm";
}

double work_of(const Entry& entry) { return entry.cell->gflop_per_image * static_cast<double>(entry.cell->images); }

bool is_launched(const grid::Cell& cell) { return !cell.worker().is_external() || cell.ranks() > 1; }

}  // namespace

int MissingRuns::submitted() const {
  int runs = 0;
  for (const SlurmChunk& chunk : chunks) runs += static_cast<int>(chunk.runs.size());
  return runs;
}

MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store,
                         const std::map<std::string, std::string>& queued, int largest_chunk, int places) {
  MissingRuns missing;
  runs::AttemptObserver observer;
  std::vector<Entry> entries;
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) {
      const fs::path folder = store.folder(run.id);
      const runs::ResultVerdict verdict = store.verdict(run.id);
      if (verdict.is_damaged()) note("{}, seed {}: {}; running it again", cell.label, run.seed, verdict.why);
      if (verdict.is_whole()) {
        ++missing.finished;
        detail("skipped, has a result: {}, seed {} ({})", cell.label, run.seed, run.id.substr(0, 12));
      } else if (fs::exists(folder / "cancelled")) {
        ++missing.cancelled;
      } else if (queued.contains(run.id)) {
        ++missing.queued;
      } else if (is_held(folder, observer)) {
        ++missing.held;
      } else {
        entries.push_back({&cell, &run});
      }
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return work_of(a) > work_of(b); });
  const std::size_t fitting = std::min(entries.size(), static_cast<std::size_t>(std::max(0, places)));
  missing.waiting = static_cast<int>(entries.size() - fitting);
  entries.resize(fitting);

  std::map<std::pair<int, bool>, std::vector<Entry>> by_kind;
  for (const Entry& entry : entries) by_kind[{entry.cell->ranks(), is_launched(*entry.cell)}].push_back(entry);
  for (const auto& [kind, runs] : by_kind) {
    const auto step = static_cast<std::size_t>(largest_chunk);
    for (std::size_t first = 0; first < runs.size(); first += step) {
      const auto begin = runs.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = runs.begin() + static_cast<std::ptrdiff_t>(std::min(runs.size(), first + step));
      missing.chunks.push_back({kind.first, kind.second, {begin, end}});
    }
  }
  return missing;
}

std::vector<int> shares_of_arrays(int arrays, int parallel) {
  std::vector<int> shares;
  const int count = std::min(arrays, parallel);
  for (int i = 0; i < count; ++i) shares.push_back(parallel / count + (i < parallel % count ? 1 : 0));
  return shares;
}

}  // namespace pbn::slurm
