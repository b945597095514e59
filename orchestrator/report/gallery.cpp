#include "orchestrator/report/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "evaluation/drawing.h"
#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"
#include "evaluation/svg.h"
#include "orchestrator/report/run_results.h"

namespace pbn {
namespace {

struct ShownCell {
  std::string label;
  Predictions predictions;
};

std::vector<ShownCell> shown_cells(const Sweep& sweep, const RunStore& store, const std::string& protocol,
                                   std::size_t most) {
  std::vector<ShownCell> shown;
  const std::string& validation = sweep.cells.front().validation().info.fingerprint;
  for (const Cell& cell : sweep.cells) {
    if (cell.validation().info.fingerprint != validation) continue;  // other people
    for (const Run& run : cell.runs) {
      const auto folder = store.tested(run.id, protocol.empty() ? protocol_of(cell) : protocol);
      if (shown.size() == most || !folder || !std::filesystem::exists(*folder / "predictions.h5")) continue;
      const std::string label = fmt::format("{}, seed {}", cell.label, run.seed);
      shown.push_back({label, read_predictions(*folder / "predictions.h5")});
      break;
    }
  }
  return shown;
}

// Distance of a predicted joint from its true place, in reference lengths.
double error_of(const Predictions& predictions, const GroundTruth& truth, std::size_t person, int part) {
  const std::size_t joint = person * static_cast<std::size_t>(predictions.parts) + static_cast<std::size_t>(part);
  const double distance = std::hypot(predictions.joints[joint][0] - truth.joints[joint][0],
                                     predictions.joints[joint][1] - truth.joints[joint][1]);
  return distance / truth.reference_length[person];
}

// People ordered by how far the shown cells are off, in the mean; those with few labelled joints are left out.
std::vector<std::size_t> people_by_error(const std::vector<ShownCell>& cells, const GroundTruth& truth) {
  const int parts = truth.skeleton->size();
  std::vector<std::pair<double, std::size_t>> errors;
  for (std::size_t person = 0; person < static_cast<std::size_t>(truth.people()); ++person) {
    double sum = 0;
    int labelled = 0;
    for (int part = 0; part < parts; ++part) {
      if (!truth.labelled[person * static_cast<std::size_t>(parts) + static_cast<std::size_t>(part)]) continue;
      ++labelled;
      for (const ShownCell& cell : cells) sum += std::min(2.0, error_of(cell.predictions, truth, person, part));
    }
    if (labelled * 4 >= parts * 3) errors.emplace_back(sum / labelled, person);
  }
  std::sort(errors.begin(), errors.end());
  std::vector<std::size_t> people;
  for (const auto& [error, person] : errors) people.push_back(person);
  return people;
}

// 0.5 of "pckh50.all16"; the area under the curve ends at 0.5 too.
double threshold_of(const std::string& metric) {
  const auto digits = metric.find_first_of("0123456789");
  return digits < metric.find('.') ? std::stod(metric.substr(digits, 2)) / 100 : 0.5;
}

// The square of the crop that is shown, in crop pixels.
struct Square {
  double left, top, side;
};

// Around the true joints, with room for what is predicted beside them.
Square square_around(const DrawnPose& pose, const PoseFileInfo& info) {
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

// Draws one person again and again on the same photograph.
class Painter {
 public:
  Painter(const PoseFile& file, const GroundTruth& truth, std::size_t person, double threshold)
      : file_(file),
        truth_(truth),
        person_(person),
        threshold_(threshold),
        colours_(colours_by_side(file.skeleton())),
        true_pose_(true_pose(file.people()[person])),
        view_(square_around(true_pose_, file.info())) {}

  GalleryPanel truth() const {
    const int pixels = file_.info().crop_pixels();
    const std::string photograph =
        fmt::format("<image id=\"person-{}\" width=\"{}\" height=\"{}\" href=\"{}\"/>", person_, pixels, pixels,
                    crop_data_uri(file_, static_cast<std::int64_t>(person_)));
    return {"true pose", fmt::format("{} joints labelled", count_labelled()),
            panel("true pose", photograph + drawn(true_pose_))};
  }

  GalleryPanel prediction(const ShownCell& cell) const {
    const DrawnPose pose =
        predicted_pose(cell.predictions, static_cast<std::int64_t>(person_), file_.people()[person_]);
    int found = 0;
    std::string misses;
    for (int part = 0; part < file_.skeleton().size(); ++part) {
      const auto joint = static_cast<std::size_t>(part);
      if (!true_pose_.labelled[joint]) continue;
      if (error_of(cell.predictions, truth_, person_, part) <= threshold_) {
        ++found;
      } else if (pose.labelled[joint]) {
        misses +=
            line_element(svg_length(pose.joints[joint][0]), svg_length(pose.joints[joint][1]),
                         svg_length(true_pose_.joints[joint][0]), svg_length(true_pose_.joints[joint][1]), "miss");
      }
    }
    const std::string photograph = fmt::format("<use href=\"#person-{}\"/>", person_);
    return {cell.label, fmt::format("{} of {} found", found, count_labelled()),
            panel("predicted by " + cell.label, photograph + misses + drawn(pose))};
  }

 private:
  std::string drawn(const DrawnPose& pose) const {
    return pose_svg(file_.skeleton(), pose, colours_, static_cast<int>(1.4 * view_.side));
  }

  std::ptrdiff_t count_labelled() const {
    return std::count(true_pose_.labelled.begin(), true_pose_.labelled.end(), true);
  }

  std::string panel(const std::string& description, const std::string& content) const {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"{} {} {} {}\" aria-label=\"{}, person {}\">"
        "<title>{}</title>{}</svg>",
        svg_length(view_.left), svg_length(view_.top), svg_length(view_.side), svg_length(view_.side),
        escape_markup(description), person_ + 1, escape_markup(description), content);
  }

  const PoseFile& file_;
  const GroundTruth& truth_;
  std::size_t person_;
  double threshold_;
  PartColours colours_;
  DrawnPose true_pose_;
  Square view_;
};

}  // namespace

std::vector<GalleryRow> gallery(const Sweep& sweep, const RunStore& store, const std::string& protocol,
                                std::size_t most_cells) {
  if (sweep.cells.front().worker().is_own()) return {};  // no pose files that we would know of
  const std::vector<ShownCell> cells = shown_cells(sweep, store, protocol, most_cells);
  if (cells.empty()) return {};
  const PoseFile file(sweep.cells.front().validation().path);
  const GroundTruth truth = ground_truth(file);
  const std::vector<std::size_t> people = people_by_error(cells, truth);
  std::vector<GalleryRow> pictures;
  const std::pair<const char*, double> quartiles[] = {
      {"a small error", 0.25}, {"a middling error", 0.5}, {"a large error", 0.75}};
  for (const auto& [words, quartile] : quartiles) {
    if (people.size() < 3) break;
    const std::size_t person = people[static_cast<std::size_t>(quartile * static_cast<double>(people.size() - 1))];
    const Painter painter(file, truth, person, threshold_of(sweep.metric));
    GalleryRow picture{
        fmt::format("Person {}: {} ({:.0f}% of the people are nearer)", person + 1, words, 100 * quartile), {}};
    picture.panels.push_back(painter.truth());
    for (const ShownCell& cell : cells) picture.panels.push_back(painter.prediction(cell));
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

}  // namespace pbn
