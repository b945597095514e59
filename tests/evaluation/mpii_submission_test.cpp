// MPII's submission file, made from a small annotation file in MPII's layout; the real one cannot be redistributed.
#include "evaluation/mpii_submission.h"

#include <cmath>

#include "data/matlab/matlab_file.h"
#include "evaluation/matlab_output.h"
#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

MatlabValue position_at(double x) {
  MatlabValue position = MatlabValue::structs(1, {"x", "y"});
  position.set(0, "x", MatlabValue::number(x));
  position.set(0, "y", MatlabValue::number(200));
  return position;
}

// Photographs: train.jpg; two.jpg with three people, the first and the third of them single people; empty.jpg.
void write_annotations(const std::filesystem::path& file) {
  MatlabValue annolist = MatlabValue::structs(3, {"image", "annorect"});
  const char* const names[] = {"train.jpg", "two.jpg", "empty.jpg"};
  for (std::size_t i = 0; i < 3; ++i) {
    MatlabValue image = MatlabValue::structs(1, {"name"});
    image.set(0, "name", MatlabValue::text(names[i]));
    annolist.set(i, "image", std::move(image));
  }
  MatlabValue people = MatlabValue::structs(3, {"scale", "objpos"});
  for (std::size_t j = 0; j < 3; ++j) {
    people.set(j, "scale", MatlabValue::number(2));
    people.set(j, "objpos", position_at(100.0 * static_cast<double>(j)));
  }
  annolist.set(1, "annorect", std::move(people));

  MatlabValue release = MatlabValue::structs(1, {"annolist", "img_train", "single_person"});
  release.set(0, "annolist", std::move(annolist));
  release.set(0, "img_train", MatlabValue::numbers({1, 3}, {1, 0, 0}));
  std::vector<MatlabValue> single;
  single.push_back(MatlabValue::empty());
  single.push_back(MatlabValue::numbers({2, 1}, {1, 3}));
  single.push_back(MatlabValue::empty());
  release.set(0, "single_person", MatlabValue::cells(std::move(single)));
  write_matlab_file(file, "RELEASE", std::move(release));
}

data::Person test_person(const std::string& photograph, int index) {
  data::Person person;
  person.joints.assign(16, {});
  person.labelled.assign(16, false);
  person.occluded.assign(16, data::Occlusion::unknown);
  person.crop_to_image = {1, 0, 0, 0, 1, 0};
  person.image_name = photograph;
  person.person_index = index;
  return person;
}

// Part k of person n is at (100 n + k, k).
Predictions numbered(int people) {
  Predictions predictions;
  predictions.parts = 16;
  for (int person = 0; person < people; ++person) {
    for (int part = 0; part < 16; ++part) {
      predictions.joints.push_back({static_cast<float>(100 * person + part), static_cast<float>(part)});
    }
  }
  return predictions;
}

class MpiiSubmission : public testing::Test {
 protected:
  void SetUp() override { write_annotations(annotations_); }

  TemporaryFolder folder_;
  const std::filesystem::path annotations_ = folder_ / "mpii.mat";
  const std::filesystem::path out_ = folder_ / "pred_keypoints_mpii.mat";
};

TEST_F(MpiiSubmission, HasEveryTestPhotographAndThePredictedPeopleInTheirPlaces) {
  const data::PoseFile people =
      example_pose_file(folder_ / "test.h5", "mpii16", {test_person("two.jpg", 0), test_person("two.jpg", 2)});
  write_mpii_submission(out_, numbered(2), people, annotations_);

  const data::MatlabStructs pred = data::read_matlab_structs(out_, "pred");
  ASSERT_EQ(pred.size(), 2u);  // not train.jpg
  EXPECT_EQ(pred.structs(0, "image").text(0, "name"), "two.jpg");
  EXPECT_EQ(pred.structs(1, "annorect").size(), 0u);
  const data::MatlabStructs rectangles = pred.structs(0, "annorect");
  ASSERT_EQ(rectangles.size(), 3u);
  EXPECT_EQ(rectangles.structs(2, "objpos").number(0, "x"), 200);
  EXPECT_EQ(rectangles.number(2, "scale"), 2);
  EXPECT_EQ(rectangles.structs(1, "annopoints").size(), 0u);  // not a single person
  const data::MatlabStructs points = rectangles.structs(2, "annopoints").structs(0, "point");
  ASSERT_EQ(points.size(), 16u);
  EXPECT_EQ(points.number(7, "x"), 107);
  EXPECT_EQ(points.number(7, "y"), 7);
  EXPECT_EQ(points.number(7, "id"), 7);
}

TEST_F(MpiiSubmission, APartThatIsNotPredictedHasNoPoint) {
  const data::PoseFile people =
      example_pose_file(folder_ / "test.h5", "mpii16", {test_person("two.jpg", 0), test_person("two.jpg", 2)});
  Predictions predictions = numbered(2);
  predictions.joints[0] = {NAN, NAN};
  write_mpii_submission(out_, predictions, people, annotations_);
  const data::MatlabStructs first =
      data::read_matlab_structs(out_, "pred").structs(0, "annorect").structs(0, "annopoints");
  EXPECT_EQ(first.structs(0, "point").size(), 15u);
  EXPECT_EQ(first.structs(0, "point").number(0, "id"), 1);
}

TEST_F(MpiiSubmission, UnknownOrMissingPeopleAreRefusedByName) {
  const data::PoseFile strangers =
      example_pose_file(folder_ / "strangers.h5", "mpii16",
                        {test_person("two.jpg", 0), test_person("two.jpg", 2), test_person("train.jpg", 0)});
  expect_data_error([&] { write_mpii_submission(out_, numbered(3), strangers, annotations_); },
                    {"no person 1 in a test photograph train.jpg"});
  const data::PoseFile one = example_pose_file(folder_ / "one.h5", "mpii16", {test_person("two.jpg", 0)});
  expect_data_error([&] { write_mpii_submission(out_, numbered(1), one, annotations_); },
                    {"annolist(2).annorect(3)", "is not predicted"});
  expect_data_error([&] { write_mpii_submission(out_, numbered(2), one, annotations_); }, {"2 people"});
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace pbn::evaluation
