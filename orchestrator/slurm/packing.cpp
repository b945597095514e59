#include "orchestrator/slurm/packing.h"

#include <algorithm>
#include <cstdint>

#include "orchestrator/costs/measurements.h"
#include "orchestrator/slurm/job_size.h"

namespace pbn::slurm {
namespace {

constexpr double usable_share = 0.8;  // of the time limit: estimates leave out validation, and nodes differ

}  // namespace

Packing::Packing(const SlurmProfile& profile, const grid::Sweep& sweep, const runs::RunStore& store)
    : profile_(profile) {
  if (profile.runs_per_element != 0) return;
  estimate_.emplace(
      costs::find_measurements(store, sweep, [&](const grid::Run& run) { return store.has_result(run.id); }));
  if (const auto limit = seconds_of(profile.time)) {
    seconds_ = usable_share * static_cast<double>(std::max<std::int64_t>(1, *limit - profile.seconds_to_save));
  }
}

int Packing::side_by_side(const grid::Cell& cell) const {
  const SlurmProfile::Node& node = profile_.node;
  if (profile_.runs_per_element == 1 || profile_.nodes > 1 || node.cpus == 0) return 1;
  int runs = node.cpus / (cell.ranks() * profile_.cpus);
  if (profile_.gpus > 0) runs = std::min(runs, node.gpus / (cell.ranks() * profile_.gpus));
  if (profile_.memory_mib > 0) runs = std::min(runs, node.memory_mib / (cell.ranks() * profile_.memory_mib));
  if (profile_.parallel > 0) runs = std::min(runs, profile_.parallel);
  if (profile_.runs_per_element > 0) runs = std::min(runs, profile_.runs_per_element);
  return std::max(1, runs);
}

PackedElement::PackedElement(const Packing& packing, const grid::Cell& first)
    : packing_(&packing), busy_(static_cast<std::size_t>(packing.side_by_side(first)), 0.0) {}

bool PackedElement::take(const grid::Cell& cell) {
  if (const int most = packing_->profile_.runs_per_element; most > 0) {
    if (runs_ == most) return false;
    ++runs_;
    return true;
  }
  const double usable = packing_->seconds_.value_or(1);
  const double needed = std::min(usable, (*packing_->estimate_)(cell).seconds.value_or(usable));
  double& place = *std::ranges::min_element(busy_);  // the element starts its runs in the same way
  if (place + needed > usable) return false;
  place += needed;
  return true;
}

}  // namespace pbn::slurm
