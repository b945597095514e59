#include "orchestrator/slurm/chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "base/counted.h"
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

using Element = std::vector<Entry>;

// The runs that may be in one array. Those with the greatest needs come first.
struct Kind {
  int ranks;
  bool is_launched;
  JobNeed need;

  bool operator<(const Kind& other) const {
    return std::tie(ranks, is_launched, other.need) < std::tie(other.ranks, other.is_launched, need);
  }
};

bool is_launched(const grid::Cell& cell) { return !cell.worker().is_external() || cell.ranks() > 1; }

Kind kind_of(const Entry& entry, const Sizing& sizing) {
  return {entry.cell->ranks(), is_launched(*entry.cell), sizing.of(*entry.cell, *entry.run)};
}

// Fills elements in the order of the entries; for each kind one at a time. A run that lacked something gets one alone.
std::vector<std::pair<Kind, Element>> packed(const std::vector<Entry>& entries, const Packing& packing,
                                             const Sizing& sizing) {
  struct Open {
    std::size_t element;
    PackedElement room;
  };
  std::vector<std::pair<Kind, Element>> elements;
  std::map<Kind, Open> open_elements;
  for (const Entry& entry : entries) {
    const Kind kind = kind_of(entry, sizing);
    const auto open = open_elements.find(kind);
    if (open != open_elements.end() && open->second.room.take(*entry.cell)) {
      elements[open->second.element].second.push_back(entry);
      continue;
    }
    Open next{elements.size(), PackedElement(packing, *entry.cell)};
    next.room.take(*entry.cell);
    if (!kind.need.is_raised) open_elements.insert_or_assign(kind, std::move(next));
    elements.push_back({kind, {entry}});
  }
  return elements;
}

int most_runs_of_element(const SlurmChunk& chunk) {
  std::size_t most = 1;
  for (const Element& element : chunk.elements) most = std::max(most, element.size());
  return static_cast<int>(most);
}

}  // namespace

int SlurmChunk::turns() const { return (most_runs_of_element(*this) + side_by_side - 1) / side_by_side; }

int SlurmChunk::runs() const {
  std::size_t runs = 0;
  for (const Element& element : elements) runs += element.size();
  return static_cast<int>(runs);
}

bool SlurmChunk::is_packed() const { return most_runs_of_element(*this) > 1; }

std::string SlurmChunk::size() const {
  std::string all = counted(runs(), "run");
  if (!is_packed()) return all;
  return fmt::format("{} in {}, {} at a time in each", all, counted(elements.size(), "element"), side_by_side);
}

int MissingRuns::submitted() const {
  int runs = 0;
  for (const SlurmChunk& chunk : chunks) runs += chunk.runs();
  return runs;
}

MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store, const std::set<std::string>& queued,
                         int largest_chunk, int places, const Packing& packing, const Sizing& sizing) {
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
  std::vector<std::pair<Kind, Element>> elements = packed(entries, packing, sizing);
  const std::size_t fitting = std::min(elements.size(), static_cast<std::size_t>(std::max(0, places)));
  for (std::size_t i = fitting; i < elements.size(); ++i)
    missing.waiting += static_cast<int>(elements[i].second.size());
  elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(fitting), elements.end());

  std::map<Kind, std::vector<Element>> by_kind;
  for (auto& [kind, element] : elements) by_kind[kind].push_back(std::move(element));
  for (const auto& [kind, of_kind] : by_kind) {
    const auto step = static_cast<std::size_t>(largest_chunk);
    for (std::size_t first = 0; first < of_kind.size(); first += step) {
      const auto begin = of_kind.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = of_kind.begin() + static_cast<std::ptrdiff_t>(std::min(of_kind.size(), first + step));
      missing.chunks.push_back({kind.ranks, kind.is_launched, 1, {begin, end}, kind.need});
      SlurmChunk& chunk = missing.chunks.back();
      chunk.side_by_side = std::min(packing.side_by_side(*chunk.elements[0][0].cell), most_runs_of_element(chunk));
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
