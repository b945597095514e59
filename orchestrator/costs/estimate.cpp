#include "orchestrator/costs/estimate.h"

#include <cmath>
#include <iterator>

namespace pbn::costs {
namespace {

// A measurement of 0 is unknown.
std::optional<double> if_known(double value) { return value > 0 ? std::optional(value) : std::nullopt; }

// Three checkpoints (the newest two and the best one) with the parameters, their mean squares and, if the run averages
// weights, the averages; the final weights; and the predictions.
std::optional<std::int64_t> disk_bytes(const grid::Cell& cell) {
  if (cell.parameters == 0) return std::nullopt;
  const int bytes = cell.setting("train.precision") == "fp64" ? 8 : 4;
  const int copies = cell.setting("train.average") == 0.0 ? 2 : 3;
  const std::int64_t people = cell.validation().people;  // 0 while the file is missing
  const std::int64_t predictions = people > 0 ? people * cell.skeleton().size() * 3 * 4 : 0;
  return cell.parameters * bytes * (3 * copies + 1) + predictions;
}

Estimate mean_of(const std::vector<Measurement>& measurements) {
  double seconds = 0, memory = 0;
  int runs = 0;
  for (const Measurement& measured : measurements) {
    if (measured.seconds <= 0) continue;
    seconds += measured.seconds;
    memory += measured.peak_memory_mib;
    ++runs;
  }
  if (runs == 0) return {};
  return {if_known(seconds / runs), if_known(memory / runs), true, false, {}};
}

}  // namespace

Estimator::Estimator(const std::vector<Measurement>& measurements) : mean_(mean_of(measurements)) {
  for (const Measurement& measured : measurements) {
    Measurement& best = by_cell_[{measured.cell, measured.ranks}];
    const bool is_same_kind = best.cell.empty() || measured.is_tried == best.is_tried;
    if (is_same_kind ? measured.seconds >= best.seconds : best.is_tried) best = measured;
    if (measured.gflop_per_image <= 0 || measured.images_per_second <= 0) continue;
    by_gflop_[{measured.precision, measured.ranks}].emplace(std::log(measured.gflop_per_image), measured);
  }
}

const Measurement* Estimator::of_cell(const grid::Cell& cell) const {
  const auto found = cell.id.empty() ? by_cell_.end() : by_cell_.find({cell.id, cell.ranks()});
  return found == by_cell_.end() ? nullptr : &found->second;
}

const Measurement* Estimator::nearest(const grid::Cell& cell) const {
  const Json& precision = cell.setting("train.precision");
  if (cell.parameters == 0 || !precision.is_string()) return nullptr;
  const auto alike = by_gflop_.find({precision.get<std::string>(), cell.ranks()});
  if (alike == by_gflop_.end()) return nullptr;
  const double wanted = std::log(cell.gflop_per_image);
  auto above = alike->second.lower_bound(wanted);
  if (above == alike->second.end()) return &std::prev(above)->second;
  if (above == alike->second.begin()) return &above->second;
  const auto below = std::prev(above);
  return wanted - below->first < above->first - wanted ? &below->second : &above->second;
}

Estimate Estimator::operator()(const grid::Cell& cell) const {
  Estimate estimate;
  const auto images = static_cast<double>(cell.images);
  if (const Measurement* same = of_cell(cell)) {
    estimate.seconds = same->seconds > 0             ? std::optional(same->seconds)
                       : same->images_per_second > 0 ? std::optional(images / same->images_per_second)
                                                     : std::nullopt;
    estimate.peak_memory_mib = if_known(same->peak_memory_mib);
    estimate.on_gpus = same->on_gpus;
  } else if (cell.worker().is_external()) {
    estimate = mean_;
  } else if (const Measurement* other = nearest(cell)) {
    const double ratio = cell.gflop_per_image / other->gflop_per_image;
    estimate.seconds = if_known(images / other->images_per_second * ratio);
    estimate.peak_memory_mib = if_known(other->peak_memory_mib * ratio);
    estimate.is_scaled = true;
    estimate.on_gpus = other->on_gpus;
  }
  estimate.disk_bytes = disk_bytes(cell);
  return estimate;
}

}  // namespace pbn::costs
