#include "evaluation/mpii_submission.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "data/matlab/matlab_file.h"
#include "evaluation/matlab_output.h"

namespace pbn::evaluation {
namespace {

using AnnotatedPerson = std::pair<std::string, std::size_t>;  // photograph, and the person's index in annorect

// The index of each person in the pose file.
std::map<AnnotatedPerson, std::int64_t> index_of_people(const data::PoseFile& people) {
  std::map<AnnotatedPerson, std::int64_t> indices;
  std::int64_t index = 0;
  for (const data::Person& person : people.people()) {
    indices[{person.image_name, static_cast<std::size_t>(person.person_index)}] = index++;
  }
  return indices;
}

MatlabValue number_or_empty(const std::optional<double>& value) {
  return value ? MatlabValue::number(*value) : MatlabValue::empty();
}

MatlabValue position_of(const data::MatlabStructs& rectangles, std::size_t index) {
  const data::MatlabStructs annotated = rectangles.structs(index, "objpos");
  if (annotated.size() == 0) return MatlabValue::empty();
  MatlabValue position = MatlabValue::structs(1, {"x", "y"});
  position.set(0, "x", number_or_empty(annotated.number(0, "x")));
  position.set(0, "y", number_or_empty(annotated.number(0, "y")));
  return position;
}

MatlabValue points_of(const Predictions& predictions, std::int64_t person) {
  std::vector<int> found;
  const auto joint = [&](int part) { return predictions.joints[person * predictions.parts + part]; };
  for (int part = 0; part < predictions.parts; ++part) {
    if (std::isfinite(joint(part)[0]) && std::isfinite(joint(part)[1])) found.push_back(part);
  }
  MatlabValue points = MatlabValue::structs(found.size(), {"x", "y", "id"});
  for (std::size_t k = 0; k < found.size(); ++k) {
    points.set(k, "x", MatlabValue::number(joint(found[k])[0]));
    points.set(k, "y", MatlabValue::number(joint(found[k])[1]));
    points.set(k, "id", MatlabValue::number(found[k]));
  }
  MatlabValue annotation = MatlabValue::structs(1, {"point"});
  annotation.set(0, "point", std::move(points));
  return annotation;
}

// Copies the test photographs of RELEASE and adds the predicted joints.
class Submission {
 public:
  Submission(const Predictions& predictions, const data::PoseFile& people, const std::filesystem::path& annotations)
      : predictions_(predictions), unplaced_(index_of_people(people)), source_(annotations.string()) {}

  MatlabValue make(const data::MatlabStructs& release) {
    const data::MatlabStructs annolist = release.structs(0, "annolist");
    const std::vector<double> train = release.numbers(0, "img_train");
    const auto single = release.cells_of_numbers(0, "single_person");
    if (train.size() != annolist.size() || (!single.empty() && single.size() != annolist.size())) {
      throw data_error(source_, "is it mpii_human_pose_v1_u12_1.mat?",
                       "img_train or single_person is not as long as annolist");
    }
    const auto test_photographs = static_cast<std::size_t>(std::count(train.begin(), train.end(), 0.0));
    MatlabValue pred = MatlabValue::structs(test_photographs, {"image", "annorect"});
    std::size_t place = 0;
    for (std::size_t i = 0; i < annolist.size(); ++i) {
      if (train[i] == 0) add_photograph(annolist, i, single.empty() ? nullptr : &single[i], pred, place++);
    }
    return pred;
  }

  void require_all_placed() const {
    if (unplaced_.empty()) return;
    const auto& [name, person] = unplaced_.begin()->first;
    throw data_error(source_, "was the pose file prepared from the test split of these annotations?",
                     "has no person {} in a test photograph {}", person + 1, name);
  }

 private:
  void add_photograph(const data::MatlabStructs& annolist, std::size_t i, const std::vector<double>* single,
                      MatlabValue& pred, std::size_t place) {
    const data::MatlabStructs image = annolist.structs(i, "image");
    const std::string name = image.size() == 0 ? "" : image.text(0, "name");
    MatlabValue copied_image = MatlabValue::structs(1, {"name"});
    copied_image.set(0, "name", MatlabValue::text(name));
    pred.set(place, "image", std::move(copied_image));

    const data::MatlabStructs rectangles = annolist.structs(i, "annorect");
    if (rectangles.size() == 0) return;
    MatlabValue people = MatlabValue::structs(rectangles.size(), {"scale", "objpos", "annopoints"});
    for (std::size_t j = 0; j < rectangles.size(); ++j) {
      people.set(j, "scale", number_or_empty(rectangles.number(j, "scale")));
      people.set(j, "objpos", position_of(rectangles, j));
      const auto found = unplaced_.find({name, j});
      if (found != unplaced_.end()) {
        people.set(j, "annopoints", points_of(predictions_, found->second));
        unplaced_.erase(found);
      } else if (single && std::count(single->begin(), single->end(), j + 1) > 0 &&
                 rectangles.structs(j, "objpos").size() > 0) {
        throw data_error(rectangles.where(j), "prepare MPII's whole test split",
                         "is one of the people evaluated by MPII, but is not predicted");
      }
    }
    pred.set(place, "annorect", std::move(people));
  }

  const Predictions& predictions_;
  std::map<AnnotatedPerson, std::int64_t> unplaced_;  // people of the pose file who have not been found in RELEASE yet
  std::string source_;
};

}  // namespace

void write_mpii_submission(const std::filesystem::path& file, const Predictions& predictions,
                           const data::PoseFile& people, const std::filesystem::path& annotations) {
  if (people.skeleton().name != config::mpii16().name || predictions.parts != config::mpii16().size() ||
      predictions.people() != static_cast<std::int64_t>(people.people().size())) {
    throw data_error(predictions.source, "MPII requires all sixteen parts of everybody in its test split",
                     "has {} people with {} parts, but {} has {} of {}", predictions.people(), predictions.parts,
                     people.path().string(), people.people().size(), people.skeleton().name);
  }
  Submission submission(predictions, people, annotations);
  MatlabValue pred = submission.make(data::read_matlab_structs(annotations, "RELEASE"));
  submission.require_all_placed();
  write_matlab_file(file, "pred", std::move(pred));
}

}  // namespace pbn::evaluation
