#include "evaluation/ground_truth.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_file.h"
#include "data/sources/leeds.h"

namespace pbn::evaluation {
namespace {

using Shape = std::vector<std::size_t>;

constexpr std::size_t mpii_parts = 16;

void require_shape(const std::string& where, const Shape& shape, const Shape& expected) {
  if (shape != expected) {
    throw data_error(where, "", "has shape {}; expected {}", data::describe(shape), data::describe(expected));
  }
}

void require_reference_lengths(const GroundTruth& truth, const std::string& where) {
  for (std::size_t person = 0; person < truth.reference_length.size(); ++person) {
    const double length = truth.reference_length[person];
    if (!(length > 0) || !std::isfinite(length)) {
      throw data_error(where, "it is the unit of distance, so it must be greater than 0", "the {} of person {} is {}",
                       truth.reference == "pair" ? "reference length" : truth.reference + " size", person, length);
    }
  }
}

GroundTruth empty_mpii(std::size_t people) {
  GroundTruth truth{&config::mpii16(), "head", {}, {}, {}, {}};
  truth.joints.resize(people * mpii_parts);
  truth.labelled.resize(people * mpii_parts);
  truth.occluded.resize(people * mpii_parts, data::Occlusion::unknown);
  truth.reference_length.resize(people);
  return truth;
}

GroundTruth read_newell(const data::Hdf5Reader& file) {
  const auto part = file.read<double>("part");
  const auto visible = file.read<double>("visible");
  const auto normalize = file.read<double>("normalize");
  const std::size_t people = normalize.values.size();
  require_shape(file.where("normalize"), normalize.shape, {people});
  require_shape(file.where("part"), part.shape, {people, mpii_parts, 2});
  require_shape(file.where("visible"), visible.shape, {people, mpii_parts});

  GroundTruth truth = empty_mpii(people);
  truth.reference_length = normalize.values;
  for (std::size_t joint = 0; joint < truth.joints.size(); ++joint) {
    const double x = part.values[2 * joint], y = part.values[2 * joint + 1];
    truth.joints[joint] = {x, y};
    truth.labelled[joint] = x != 0 || y != 0;
    truth.occluded[joint] = visible.values[joint] == 0 ? data::Occlusion::occluded : data::Occlusion::visible;
  }
  require_reference_lengths(truth, file.where("normalize"));
  return truth;
}

GroundTruth read_detections(const std::filesystem::path& file) {
  const auto where = [&](const char* variable) { return file.string() + ": " + variable; };
  const data::MatlabArray joints = data::read_matlab_array(file, "pos_gt_src");
  const data::MatlabArray missing = data::read_matlab_array(file, "jnt_missing");
  const data::MatlabArray head_boxes = data::read_matlab_array(file, "headboxes_src");
  const std::size_t people = joints.shape.back();
  require_shape(where("pos_gt_src"), joints.shape, {mpii_parts, 2, people});
  require_shape(where("jnt_missing"), missing.shape, {mpii_parts, people});
  require_shape(where("headboxes_src"), head_boxes.shape, {2, 2, people});

  GroundTruth truth = empty_mpii(people);
  for (std::size_t person = 0; person < people; ++person) {
    for (std::size_t part = 0; part < mpii_parts; ++part) {
      const std::size_t joint = person * mpii_parts + part;
      truth.joints[joint] = {joints.at({part, 0, person}), joints.at({part, 1, person})};
      truth.labelled[joint] = missing.at({part, person}) == 0;
    }
    const double width = head_boxes.at({1, 0, person}) - head_boxes.at({0, 0, person});
    const double height = head_boxes.at({1, 1, person}) - head_boxes.at({0, 1, person});
    truth.reference_length[person] = 0.6 * std::hypot(width, height);  // MPII's definition of the head size
  }
  require_reference_lengths(truth, where("headboxes_src"));
  return truth;
}

bool has_leeds_joints(const std::filesystem::path& file) {
  try {
    data::read_matlab_array(file, "joints");
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Of 2,000 people, `people` 1,000 are the test people.
GroundTruth read_leeds(const std::filesystem::path& file, std::int64_t people) {
  const data::PhotographSet set = data::read_lsp_joints(file);
  const std::int64_t all = std::ssize(set.people), first = 2 * people == all ? people : 0;
  GroundTruth truth{set.info.skeleton, set.info.reference, {}, {}, {}, {}};
  for (std::int64_t n = first; n < all; ++n) {
    const data::PersonInPhotograph& person = set.people[static_cast<std::size_t>(n)];
    const double shift = set.first_pixel - 0.5;  // from continuous coordinates to the file's
    for (const auto& [x, y] : person.joints) truth.joints.push_back({x + shift, y + shift});
    truth.labelled.insert(truth.labelled.end(), person.labelled.begin(), person.labelled.end());
    truth.occluded.insert(truth.occluded.end(), person.occluded.begin(), person.occluded.end());
    truth.reference_length.push_back(person.reference_length);
  }
  require_reference_lengths(truth, file.string() + ": joints");
  return truth;
}

GroundTruth read_one(const std::filesystem::path& file, std::int64_t people) {
  if (data::is_matlab_file(file)) return has_leeds_joints(file) ? read_leeds(file, people) : read_detections(file);
  {
    const data::Hdf5Reader reader(file);
    if (reader.has("part") && reader.has("visible")) return read_newell(reader);
  }
  return ground_truth(data::PoseFile(file));
}

// At least half of each person's joints must agree to a pixel. Not all do: detections_our_format.mat writes 0 for
// coordinates beyond the photograph's edge, and Newell's file truncates head coordinates to whole pixels.
void require_same_people(const GroundTruth& truth, const GroundTruth& other) {
  constexpr const char* hint = "both must describe the same people in the same order";
  if (truth.skeleton->parts != other.skeleton->parts || truth.people() != other.people()) {
    throw data_error(other.source, hint, "has {} people of {}, but {} has {} of {}", other.people(),
                     other.skeleton->name, truth.source, truth.people(), truth.skeleton->name);
  }
  const auto parts = static_cast<std::size_t>(truth.skeleton->size());
  for (std::size_t person = 0; person < truth.reference_length.size(); ++person) {
    int compared = 0, equal = 0;
    for (std::size_t joint = person * parts; joint < (person + 1) * parts; ++joint) {
      if (!truth.labelled[joint] || !other.labelled[joint]) continue;
      const auto &a = truth.joints[joint], &b = other.joints[joint];
      ++compared;
      equal += std::max(std::abs(a[0] - b[0]), std::abs(a[1] - b[1])) <= 1;
    }
    if (2 * equal < compared) {
      throw data_error(other.source, hint, "{} of {} joints of person {} are at other places than in {}",
                       compared - equal, compared, person, truth.source);
    }
  }
}

}  // namespace

GroundTruth ground_truth(const data::PoseFile& file) {
  GroundTruth truth;
  truth.skeleton = file.info().skeleton;
  truth.reference = file.info().reference;
  truth.source = file.path().string();
  truth.fingerprint = file.info().fingerprint;
  for (const data::Person& person : file.people()) {
    for (int part = 0; part < truth.skeleton->size(); ++part) truth.joints.push_back(person.joint_in_image(part));
    truth.labelled.insert(truth.labelled.end(), person.labelled.begin(), person.labelled.end());
    truth.occluded.insert(truth.occluded.end(), person.occluded.begin(), person.occluded.end());
    truth.reference_length.push_back(person.reference_length);
  }
  require_reference_lengths(truth, file.path().string() + ": people/reference_length");
  return truth;
}

GroundTruth read_ground_truth(const std::filesystem::path& file, const std::filesystem::path& visibility,
                              std::int64_t people) {
  GroundTruth truth = read_one(file, people);
  truth.source = file.string();
  if (!visibility.empty()) {
    GroundTruth other = read_ground_truth(visibility, {}, people);
    require_same_people(truth, other);
    truth.occluded = std::move(other.occluded);
  }
  return truth;
}

}  // namespace pbn::evaluation
