#include "orchestrator/report/figures/person_painter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "drawing/svg.h"

namespace pbn::report {

double error_of(const evaluation::Predictions& predictions, const evaluation::GroundTruth& truth, std::size_t person,
                int part) {
  const std::size_t joint = person * static_cast<std::size_t>(predictions.parts) + static_cast<std::size_t>(part);
  const double distance = std::hypot(predictions.joints[joint][0] - truth.joints[joint][0],
                                     predictions.joints[joint][1] - truth.joints[joint][1]);
  return distance / truth.reference_length[person];
}

PersonPainter::PersonPainter(const data::PoseFile& file, const evaluation::GroundTruth& truth, std::size_t person,
                             double threshold, bool is_embedded)
    : file_(file),
      truth_(truth),
      person_(person),
      threshold_(threshold),
      is_embedded_(is_embedded),
      colours_(drawing::colours_by_side(file.skeleton())),
      true_pose_(drawing::true_pose(file.people()[person])),
      view_(square_around(true_pose_, file.info())) {}

GalleryPanel PersonPainter::truth() const {
  return {"true pose", fmt::format("{} joints labelled", count_labelled()),
          panel("true pose", photograph() + drawn(true_pose_))};
}

GalleryPanel PersonPainter::prediction(const std::string& label, const evaluation::Predictions& predictions) const {
  const drawing::DrawnPose pose =
      drawing::predicted_pose(predictions, static_cast<std::int64_t>(person_), file_.people()[person_]);
  int found = 0;
  std::string misses;
  for (int part = 0; part < file_.skeleton().size(); ++part) {
    const auto joint = static_cast<std::size_t>(part);
    if (!true_pose_.labelled[joint]) continue;
    if (error_of(predictions, truth_, person_, part) <= threshold_) {
      ++found;
    } else if (pose.labelled[joint]) {
      misses += drawing::line_element(
          drawing::svg_length(pose.joints[joint][0]), drawing::svg_length(pose.joints[joint][1]),
          drawing::svg_length(true_pose_.joints[joint][0]), drawing::svg_length(true_pose_.joints[joint][1]), "miss");
    }
  }
  return {label, fmt::format("{} of {} found", found, count_labelled()),
          panel("predicted by " + label, fmt::format("<use href=\"#person-{}\"/>", person_) + misses + drawn(pose))};
}

// Around the true joints, with a margin for predicted ones.
PersonPainter::Square PersonPainter::square_around(const drawing::DrawnPose& pose, const data::PoseFileInfo& info) {
  std::array<double, 2> low{1e9, 1e9}, high{-1e9, -1e9};
  for (std::size_t joint = 0; joint < pose.joints.size(); ++joint) {
    if (!pose.labelled[joint]) continue;
    for (const int axis : {0, 1}) {
      low[axis] = std::min(low[axis], pose.joints[joint][axis]);
      high[axis] = std::max(high[axis], pose.joints[joint][axis]);
    }
  }
  const double crop = info.crop_pixels();
  const double side = std::clamp(1.45 * std::max(high[0] - low[0], high[1] - low[1]), crop / 4, crop);
  const auto start = [&](int axis) { return std::clamp((low[axis] + high[axis] - side) / 2, 0.0, crop - side); };
  return {start(0), start(1), side};
}

std::string PersonPainter::photograph() const {
  if (is_embedded_) return fmt::format("<use href=\"#person-{}\"/>", person_);
  const int pixels = file_.info().crop_pixels();
  return fmt::format("<image id=\"person-{}\" width=\"{}\" height=\"{}\" href=\"{}\"/>", person_, pixels, pixels,
                     drawing::crop_data_uri(file_, static_cast<std::int64_t>(person_)));
}

std::string PersonPainter::drawn(const drawing::DrawnPose& pose) const {
  return drawing::pose_svg(file_.skeleton(), pose, colours_, static_cast<int>(1.4 * view_.side));
}

std::string PersonPainter::panel(const std::string& description, const std::string& content) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"{} {} {} {}\" aria-label=\"{}, person {}\">"
      "<title>{}</title>{}</svg>",
      drawing::svg_length(view_.left), drawing::svg_length(view_.top), drawing::svg_length(view_.side),
      drawing::svg_length(view_.side), drawing::escape_markup(description), person_ + 1,
      drawing::escape_markup(description), content);
}

std::ptrdiff_t PersonPainter::count_labelled() const {
  return std::count(true_pose_.labelled.begin(), true_pose_.labelled.end(), true);
}

}  // namespace pbn::report
