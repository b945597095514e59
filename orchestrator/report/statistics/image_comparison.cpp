#include "orchestrator/report/statistics/image_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <thread>

#include "base/parallel.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/statistics/image_bootstrap.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn::report {
namespace {

// The joints that a figure such as "pckh50.hard10@occluded" counts, and when one is found.
struct Counting {
  int hundredths = 0;  // of the reference length: the threshold
  std::vector<std::vector<int>>
      columns;  // one for each part whose percentage is averaged, or one with all pooled parts
  std::optional<data::Occlusion> split;
};

std::optional<Counting> counting_of(const std::string& figure, const config::Skeleton& skeleton) {
  const std::map<std::string, int> thresholds{{"pckh50", 50}, {"pckh10", 10}, {"pck20", 20}, {"pck10", 10}};
  const std::size_t dot = figure.find('.'), at = figure.find('@');
  const auto threshold = thresholds.find(figure.substr(0, dot));
  if (threshold == thresholds.end()) return std::nullopt;
  const std::string counted = figure.substr(dot + 1, at == std::string::npos ? at : at - dot - 1);
  const std::vector<int> parts = evaluation::parts_of_figure(skeleton, counted);
  Counting counting{threshold->second, {}, std::nullopt};
  if (evaluation::pools_parts(skeleton, counted)) {
    counting.columns = {parts};
  } else {
    for (const int part : parts) counting.columns.push_back({part});
  }
  if (at != std::string::npos) {
    counting.split = figure.substr(at) == "@visible" ? data::Occlusion::visible : data::Occlusion::occluded;
  }
  return counting;
}

// The people of the validation set, which all compared cells share, and their photographs.
struct Validation {
  evaluation::GroundTruth truth;
  std::vector<std::size_t> photograph;  // of each person
  std::size_t photographs = 0;

  explicit Validation(const data::PoseFile& file) : truth(evaluation::ground_truth(file)) {
    std::map<std::string, std::size_t> names;
    for (const data::Person& person : file.people()) {
      photograph.push_back(names.try_emplace(person.image_name, names.size()).first->second);
    }
    photographs = names.size();
  }
};

using Distances = std::vector<double>;  // of each joint to its true place, in hundredths of a pixel; NaN: not predicted

Distances distances_of(const evaluation::Predictions& predictions, const evaluation::GroundTruth& truth) {
  Distances distances;
  for (std::size_t joint = 0; joint < predictions.joints.size(); ++joint) {
    distances.push_back(100 * std::hypot(predictions.joints[joint][0] - truth.joints[joint][0],
                                         predictions.joints[joint][1] - truth.joints[joint][1]));
  }
  return distances;
}

class ImageComparison {
 public:
  ImageComparison(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& protocol)
      : sweep_(sweep),
        store_(store),
        protocol_(protocol),
        validation_(data::PoseFile(sweep.cells.front().validation().path)) {}

  // (cell, baseline) of each seed of which both have predictions.
  std::vector<std::pair<Distances, Distances>> pairs(const grid::Cell& cell, const grid::Cell& baseline) const {
    std::vector<std::pair<Distances, Distances>> pairs;
    for (std::size_t seed = 0; seed < cell.runs.size(); ++seed) {
      auto one = distances(cell, cell.runs[seed]), other = distances(baseline, baseline.runs[seed]);
      if (one && other) pairs.emplace_back(std::move(*one), std::move(*other));
    }
    return pairs;
  }

  ImageTallies tally(const std::vector<std::pair<Distances, Distances>>& pairs, const Counting& counting) const {
    const std::size_t columns = counting.columns.size();
    ImageTallies tallies{columns, std::vector<double>(validation_.photographs * columns),
                         std::vector<double>(validation_.photographs * columns)};
    const evaluation::GroundTruth& truth = validation_.truth;
    const auto parts = static_cast<std::size_t>(truth.skeleton->size());
    for (std::size_t person = 0; person < validation_.photograph.size(); ++person) {
      const double limit = counting.hundredths * truth.reference_length[person];
      for (std::size_t column = 0; column < columns; ++column) {
        for (const int part : counting.columns[column]) {
          const std::size_t joint = person * parts + static_cast<std::size_t>(part);
          if (!truth.labelled[joint] || (counting.split && truth.occluded[joint] != *counting.split)) continue;
          const std::size_t at = validation_.photograph[person] * columns + column;
          for (const auto& [one, other] : pairs) {
            tallies.gain[at] += (one[joint] <= limit) - (other[joint] <= limit);
            ++tallies.joints[at];
          }
        }
      }
    }
    return tallies;
  }

  const config::Skeleton& skeleton() const { return *validation_.truth.skeleton; }
  std::size_t photographs() const { return validation_.photographs; }

 private:
  std::optional<Distances> distances(const grid::Cell& cell, const grid::Run& run) const {
    if (cell.validation().info.fingerprint != sweep_.cells.front().validation().info.fingerprint) return {};
    const auto predictions = predictions_of(cell, run, store_, protocol_, validation_.truth);
    return predictions ? std::optional(distances_of(*predictions, validation_.truth)) : std::nullopt;
  }

  const grid::Sweep& sweep_;
  const runs::RunStore& store_;
  const std::string& protocol_;
  Validation validation_;
};

struct Resampling {
  Comparison* comparison;  // which gets the interval
  ImageTallies tallies;
};

// On one thread, since HDF5 files are read.
std::vector<Resampling> resamplings_of(Report& report, const grid::Sweep& sweep, const ImageComparison& comparison,
                                       std::size_t most_cells) {
  std::map<std::string, const grid::Cell*> cells;  // by id
  for (const grid::Cell& cell : sweep.cells) cells[cell.id] = &cell;
  std::vector<Resampling> list;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < sweep.cells.size() && compared < most_cells; ++i) {
    if (!report.cells[i].against) continue;
    ++compared;
    Against& against = *report.cells[i].against;
    const auto pairs = comparison.pairs(sweep.cells[i], *cells.at(against.cell));
    for (const Column& split : report.columns.splits) {
      const auto found = against.figures.find(split.figure);
      const auto counting = counting_of(split.figure, comparison.skeleton());
      if (pairs.empty() || found == against.figures.end() || !counting) continue;
      list.push_back({&found->second, comparison.tally(pairs, *counting)});
    }
  }
  return list;
}

}  // namespace

void compare_over_images(Report& report, const grid::Sweep& sweep, const runs::RunStore& store,
                         const std::string& protocol, std::size_t most_cells) {
  const ImageComparison comparison(sweep, store, protocol);
  std::vector<Resampling> list = resamplings_of(report, sweep, comparison, most_cells);
  in_parallel(list.size(), std::max<std::size_t>(1, std::thread::hardware_concurrency()) - 1, [&](std::size_t i) {
    const auto interval = image_bootstrap(list[i].tallies);
    if (interval) list[i].comparison->images = ImageInterval{comparison.photographs(), *interval};
  });
}

}  // namespace pbn::report
