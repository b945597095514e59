#include "evaluation/keypoint_similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/sources/coco_categories.h"

namespace pbn::evaluation {
namespace {

struct KeypointSigma {
  std::string_view part;  // as part_name writes it
  double sigma;
};

// setKpParams in pycocotools/cocoeval.py. It divides by ten, which gives other bits than 0.026 would.
constexpr std::array sigmas_of_keypoints{
    KeypointSigma{"nose", .26 / 10},       KeypointSigma{"l-eye", .25 / 10},   KeypointSigma{"r-eye", .25 / 10},
    KeypointSigma{"l-ear", .35 / 10},      KeypointSigma{"r-ear", .35 / 10},   KeypointSigma{"l-shoulder", .79 / 10},
    KeypointSigma{"r-shoulder", .79 / 10}, KeypointSigma{"l-elbow", .72 / 10}, KeypointSigma{"r-elbow", .72 / 10},
    KeypointSigma{"l-wrist", .62 / 10},    KeypointSigma{"r-wrist", .62 / 10}, KeypointSigma{"l-hip", 1.07 / 10},
    KeypointSigma{"r-hip", 1.07 / 10},     KeypointSigma{"l-knee", .87 / 10},  KeypointSigma{"r-knee", .87 / 10},
    KeypointSigma{"l-ankle", .89 / 10},    KeypointSigma{"r-ankle", .89 / 10},
};

constexpr std::array<std::string_view, 17> coco17{
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle"};

// How far a coordinate lies outside of an interval.
double outside(double value, double low, double high) {
  return std::max(0.0, low - value) + std::max(0.0, value - high);
}

}  // namespace

std::span<const std::string_view> coco17_keypoints() { return coco17; }

std::optional<double> coco_sigma(const std::string& keypoint) {
  const std::string part = data::part_name(keypoint);
  const auto found = std::ranges::find(sigmas_of_keypoints, part, &KeypointSigma::part);
  return found == sigmas_of_keypoints.end() ? std::nullopt : std::optional(found->sigma);
}

double keypoint_similarity(const TrueKeypoints& truth, std::span<const std::array<double, 2>> found,
                           std::span<const double> sigmas) {
  const auto labelled = std::ranges::count(truth.labelled, true);
  const auto [x, y, width, height] = truth.box;
  double sum = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (labelled > 0 && !truth.labelled[k]) continue;
    const double dx = labelled > 0 ? found[k][0] - truth.joints[k][0] : outside(found[k][0], x - width, x + width * 2);
    const double dy =
        labelled > 0 ? found[k][1] - truth.joints[k][1] : outside(found[k][1], y - height, y + height * 2);
    const double variance = (sigmas[k] * 2) * (sigmas[k] * 2);
    const double area = truth.area + std::numeric_limits<double>::epsilon();
    sum += std::exp(-((dx * dx + dy * dy) / variance / area / 2));
  }
  return sum / static_cast<double>(labelled > 0 ? labelled : std::ssize(found));
}

}  // namespace pbn::evaluation
