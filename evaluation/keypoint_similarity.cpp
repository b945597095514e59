#include "evaluation/keypoint_similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "config/skeleton.h"
#include "data/sources/coco_categories.h"

namespace pbn::evaluation {
namespace {

// How far a coordinate lies outside of an interval.
double outside(double value, double low, double high) {
  return std::max(0.0, low - value) + std::max(0.0, value - high);
}

}  // namespace

std::optional<double> coco_sigma(const std::string& keypoint) {
  const config::Skeleton& coco = config::coco17();
  const int part = coco.index_of(data::part_name(keypoint));
  if (part < 0) return std::nullopt;
  // setKpParams in pycocotools/cocoeval.py has .26 / 10, which gives other bits than 0.026.
  return std::round(1000 * coco.sigmas[static_cast<std::size_t>(part)]) / 100 / 10;
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
