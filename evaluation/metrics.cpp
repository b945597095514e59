#include "evaluation/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace pbn::evaluation {
namespace {

constexpr int last_threshold = 50;  // hundredths of the reference length

// The joints of one part in one split, and how many of them are found within each threshold.
struct Tally {
  std::int64_t joints = 0;
  std::array<std::int64_t, last_threshold + 1> found{};
};

struct Split {
  std::string suffix;
  std::vector<Tally> parts;  // (K)
};

struct Metric {
  std::string name;
  double (*found)(const Tally&);  // joints found, or the area under their curve over the thresholds
};

using Figure = config::PartMean;

template <int threshold>
double found_within(const Tally& tally) {
  return static_cast<double>(tally.found[threshold]);
}

double area_under_curve(const Tally& tally) {
  const auto sum = std::accumulate(tally.found.begin(), tally.found.end(), std::int64_t{0});
  return (static_cast<double>(sum) - 0.5 * static_cast<double>(tally.found.front() + tally.found.back())) /
         last_threshold;
}

std::vector<Metric> metrics_for(const std::string& reference) {
  if (reference == "box") return {{"pck10", found_within<10>}, {"pck05", found_within<5>}, {"auc", area_under_curve}};
  if (reference != "head") {
    return {{"pck20", found_within<20>}, {"pck10", found_within<10>}, {"auc", area_under_curve}};
  }
  return {{"pckh50", found_within<50>}, {"pckh10", found_within<10>}, {"auc", area_under_curve}};
}

std::vector<Figure> figures_by_part(const config::Skeleton& skeleton) {
  std::vector<Figure> figures = skeleton.kinds;
  for (int part = 0; part < skeleton.size(); ++part) {
    const auto is_it = [&](const Figure& figure) { return figure.name == skeleton.parts[part]; };
    if (std::none_of(figures.begin(), figures.end(), is_it)) figures.push_back({skeleton.parts[part], {part}});
  }
  return figures;
}

std::vector<Figure> figures_of(const config::Skeleton& skeleton) {
  std::vector<Figure> figures = figures_by_part(skeleton);
  figures.insert(figures.end(), skeleton.means.begin(), skeleton.means.end());
  return figures;
}

Figure figure_named(const config::Skeleton& skeleton, const std::string& name) {
  for (Figure& figure : figures_of(skeleton)) {
    if (figure.name == name) return std::move(figure);
  }
  return {};
}

std::vector<std::string> names_of(const std::vector<Figure>& figures) {
  std::vector<std::string> names;
  for (const Figure& figure : figures) names.push_back(figure.name);
  return names;
}

std::int64_t joints_of(const Figure& figure, const std::vector<Tally>& tallies) {
  std::int64_t joints = 0;
  for (const int part : figure.parts) joints += tallies[part].joints;
  return joints;
}

double percent(const Figure& figure, const Metric& metric, const std::vector<Tally>& tallies) {
  double found = 0, joints = 0, sum_of_shares = 0;
  int shares = 0;
  for (const int part : figure.parts) {
    const Tally& tally = tallies[part];
    if (tally.joints == 0) continue;
    found += metric.found(tally);
    joints += static_cast<double>(tally.joints);
    sum_of_shares += metric.found(tally) / static_cast<double>(tally.joints);
    ++shares;
  }
  return 100 * (figure.pooled ? found / joints : sum_of_shares / shares);
}

void count_found(Tally& tally, double distance, double reference_length) {
  for (int threshold = 0; threshold <= last_threshold; ++threshold) {
    // Not distance <= threshold / 100: 0.29 x 100 is less than 29 in binary.
    tally.found[threshold] += 100 * distance <= threshold * reference_length;
  }
}

// Null `predictions`: only the joints are counted.
std::vector<Split> tally_joints(const GroundTruth& truth, const Predictions* predictions) {
  const int parts = truth.skeleton->size();
  const std::vector<Tally> none(parts);
  std::vector<Split> splits{{"", none}, {"@visible", none}, {"@occluded", none}};
  for (std::size_t joint = 0; joint < truth.joints.size(); ++joint) {
    if (!truth.labelled[joint]) continue;
    for (std::size_t split = 0; split < splits.size(); ++split) {
      const bool counts =
          split == 0 || truth.occluded[joint] == (split == 1 ? data::Occlusion::visible : data::Occlusion::occluded);
      if (!counts) continue;
      Tally& tally = splits[split].parts[joint % parts];
      ++tally.joints;
      if (!predictions) continue;
      const auto& [x, y] = predictions->joints[joint];
      const double distance = std::hypot(x - truth.joints[joint][0], y - truth.joints[joint][1]);
      count_found(tally, distance, truth.reference_length[joint / parts]);
    }
  }
  return splits;
}

void require_same_size(const Predictions& predictions, const GroundTruth& truth) {
  const int parts = truth.skeleton->size();
  if (predictions.parts != parts) {
    throw data_error(predictions.source, "", "has {} parts, but {} has {}", predictions.parts, truth.source, parts);
  }
  if (predictions.people() != truth.people()) {
    throw data_error(predictions.source, "are both of the same split?", "has {} people, but {} has {}",
                     predictions.people(), truth.source, truth.people());
  }
}

}  // namespace

std::vector<int> parts_not_predicted(const Predictions& predictions) {
  std::vector<int> parts;
  for (int part = 0; part < predictions.parts; ++part) {
    bool is_predicted = predictions.people() == 0;
    for (std::size_t joint = part; joint < predictions.joints.size() && !is_predicted; joint += predictions.parts) {
      const auto& [x, y] = predictions.joints[joint];
      is_predicted = !std::isnan(x) || !std::isnan(y);
    }
    if (!is_predicted) parts.push_back(part);
  }
  return parts;
}

GroundTruth without_unpredicted_parts(GroundTruth truth, const Predictions& predictions) {
  require_same_size(predictions, truth);
  for (const int part : parts_not_predicted(predictions)) {
    for (std::size_t joint = part; joint < truth.labelled.size(); joint += predictions.parts) {
      truth.labelled[joint] = false;
    }
  }
  return truth;
}

Figures evaluate(const Predictions& predictions, const GroundTruth& whole_truth) {
  const GroundTruth truth = without_unpredicted_parts(whole_truth, predictions);
  Figures result;
  for (const Split& split : tally_joints(truth, &predictions)) {
    for (const Figure& figure : figures_of(*truth.skeleton)) {
      if (joints_of(figure, split.parts) == 0) continue;
      for (const Metric& metric : metrics_for(truth.reference)) {
        result[metric.name + "." + figure.name + split.suffix] = percent(figure, metric, split.parts);
      }
    }
  }
  return result;
}

std::vector<double> found_by_threshold(const Predictions& predictions, const GroundTruth& whole_truth) {
  const GroundTruth truth = without_unpredicted_parts(whole_truth, predictions);
  const Split all = tally_joints(truth, &predictions).front();
  std::vector<double> shares(last_threshold + 1);
  std::int64_t joints = 0;
  for (const Tally& part : all.parts) {
    joints += part.joints;
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i] += static_cast<double>(part.found[i]);
  }
  for (double& share : shares) share *= joints > 0 ? 100.0 / static_cast<double>(joints) : 0;
  return shares;
}

std::map<std::string, std::int64_t> count_joints(const GroundTruth& truth) {
  std::map<std::string, std::int64_t> counts;
  for (const Split& split : tally_joints(truth, nullptr)) {
    for (const Figure& figure : figures_of(*truth.skeleton)) {
      counts[figure.name + split.suffix] = joints_of(figure, split.parts);
    }
  }
  return counts;
}

std::vector<std::string> metrics_of(const GroundTruth& truth) {
  std::vector<std::string> names;
  for (const Metric& metric : metrics_for(truth.reference)) names.push_back(metric.name);
  return names;
}

std::vector<int> parts_of_figure(const config::Skeleton& skeleton, const std::string& name) {
  return figure_named(skeleton, name).parts;
}

bool pools_parts(const config::Skeleton& skeleton, const std::string& name) {
  return figure_named(skeleton, name).pooled;
}

std::vector<std::string> part_figures(const config::Skeleton& skeleton) { return names_of(figures_by_part(skeleton)); }

std::vector<std::string> mean_figures(const config::Skeleton& skeleton) { return names_of(skeleton.means); }

std::string headline_figure(const std::string& reference, const config::Skeleton& skeleton) {
  return fmt::format("{}.all{}", metrics_for(reference)[0].name, skeleton.size());
}

}  // namespace pbn::evaluation
