#include "evaluation/coco_results.h"

#include <cmath>
#include <limits>

#include "data/sources/whole_body.h"
#include "evaluation/coco_evaluation.h"
#include "evaluation/coco_keypoints.h"
#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

// Photographs 30 (a.jpg) and 20 (x/b.jpg); in the second a dog comes before the person.
Json truth_of_two_photographs() {
  Json truth = {{"images", {{{"id", 30}, {"file_name", "a.jpg"}}, {{"id", 20}, {"file_name", "./x/b.jpg"}}}},
                {"categories",
                 {{{"id", 18}, {"name", "dog"}},
                  {{"id", 1}, {"name", "person"}, {"keypoints", {"nose", "right_ankle", "left_wrist"}}}}},
                {"annotations", Json::array()}};
  const auto add = [&](int id, int image, int category) {
    truth["annotations"].push_back({{"id", id},
                                    {"image_id", image},
                                    {"category_id", category},
                                    {"area", 1000},
                                    {"bbox", {0, 0, 10, 10}},
                                    {"keypoints", {0, 0, 0, 10, 20, 2, 30, 40, 2}}});
  };
  add(1, 20, 18);
  add(2, 20, 1);
  add(3, 30, 1);
  truth["annotations"][0].erase("keypoints");
  return truth;
}

data::Person person_of(const std::string& photograph, int index) {
  data::Person person;
  person.joints.assign(14, {});
  person.labelled.assign(14, false);
  person.occluded.assign(14, data::Occlusion::unknown);
  person.crop_to_image = {1, 0, 0, 0, 1, 0};
  person.image_name = photograph;
  person.person_index = index;
  return person;
}

class CocoResults : public testing::Test {
 protected:
  CocoResults() { write_json(truth(), truth_of_two_photographs()); }
  std::filesystem::path truth() const { return folder_ / "truth.json"; }
  data::PoseFile people(const std::vector<data::Person>& people) const {
    return example_pose_file(folder_ / "people.h5", "lsp14", people);
  }

  // Both people have the annotated joints; the nose is no part of lsp14.
  Predictions right_for_two() const {
    Predictions predictions{14, std::vector<std::array<float, 2>>(28), std::vector<float>(28, 0.5F)};
    for (const std::size_t person : {0, 1}) {
      predictions.joints[person * 14 + joint("r-ankle")] = {10, 20};
      predictions.joints[person * 14 + joint("l-wrist")] = {30.00049F, 40};
    }
    return predictions;
  }
  static std::size_t joint(const char* part) { return static_cast<std::size_t>(config::lsp14().index_of(part)); }

  const TemporaryFolder folder_;
};

TEST_F(CocoResults, HaveTheIdsAndTheOrderOfKeypointsOfTheTruth) {
  const Json results = coco_results(right_for_two(), people({person_of("a.jpg", 0), person_of("x/b.jpg", 1)}), truth());
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["image_id"], 30);
  EXPECT_EQ(results[1]["image_id"], 20);
  EXPECT_EQ(results[1]["category_id"], 1);
  EXPECT_EQ(results[0]["keypoints"], Json({0.0, 0.0, 0.0, 10.0, 20.0, 0.5, 30.0, 40.0, 0.5}));
  EXPECT_EQ(results[0]["score"], 0.5);
}

TEST_F(CocoResults, LeaveOutPartsThatAreNotPredicted) {
  Predictions predictions = right_for_two();
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  predictions.joints[joint("r-ankle")] = {none, none};
  predictions.confidence[joint("l-wrist")] = 0.25F;
  const Json results = coco_results(predictions, people({person_of("a.jpg", 0), person_of("x/b.jpg", 1)}), truth());
  EXPECT_EQ(results[0]["keypoints"], Json({0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 30.0, 40.0, 0.25}));
  EXPECT_EQ(results[0]["score"], 0.25);
}

TEST_F(CocoResults, KeypointsOfAnySpellingAreFoundByTheirPartsNames) {
  Json animals = truth_of_two_photographs();
  animals["categories"] = {{{"id", 1}, {"name", "dog"}, {"keypoints", {"Root of tail", "L_F_Paw", "nose (wet)"}}}};
  for (Json& annotation : animals["annotations"]) annotation["category_id"] = 1;
  write_json(truth(), animals);
  const config::Skeleton& dog = config::kept_skeleton(
      config::parse_skeleton({{"name", "dog3"}, {"parts", {"root-of-tail", "l-f-paw", "nose-wet"}}}, "dog"));
  FoundPerson one{{0, 0, 50, 50}, {{10.5, 20.5}, {30.5, 40.5}, {1.5, 2.5}}, {0.5, 0.75, 1}};
  write_json(folder_ / "predictions.json", coco_keypoints({{"a.jpg", 64, 48, {one}, 30}}, dog));
  const Json results = coco_results(folder_ / "predictions.json", truth());
  EXPECT_EQ(results[0]["keypoints"], Json({10.0, 20.0, 0.5, 30.0, 40.0, 0.75, 1.0, 2.0, 1.0}));
}

TEST_F(CocoResults, OfCocoWholeBodyHaveItsListsToo) {
  Json whole = truth_of_two_photographs();
  for (Json& annotation : whole["annotations"]) {
    annotation["foot_kpts"] = Json(std::vector<double>(18));
    annotation["face_kpts"] = Json(std::vector<double>(204));
  }
  write_json(truth(), whole);
  const config::Skeleton& feet = *data::whole_body_part("feet").skeleton;
  FoundPerson one{{0, 0, 50, 50}, std::vector<std::array<double, 2>>(6, {3.5, 4.5}), std::vector<double>(6, 0.5)};
  write_json(folder_ / "predictions.json", coco_keypoints({{"a.jpg", 64, 48, {one}, 30}}, feet));
  const Json results = coco_results(folder_ / "predictions.json", truth());
  EXPECT_EQ(results[0]["foot_kpts"].size(), 18u);
  EXPECT_EQ(results[0]["foot_kpts"][3], 3.0);
  EXPECT_EQ(results[0]["face_kpts"], Json(std::vector<double>(204, 0.0)));
  EXPECT_FALSE(results[0].contains("lefthand_kpts")) << "the truth has none";
  EXPECT_EQ(results[0]["score"], 0.5);
}

TEST_F(CocoResults, RefuseAPoseFileOfOtherPhotographs) {
  expect_data_error(
      [&] {
        coco_results(right_for_two(), people({person_of("a.jpg", 0), person_of("c.jpg", 0)}), truth());
      },
      {"truth.json", "c.jpg"});
  expect_data_error(
      [&] {
        coco_results(right_for_two(), people({person_of("a.jpg", 0), person_of("a.jpg", 1)}), truth());
      },
      {"truth.json", "annotation 1 of a photograph a.jpg"});
  expect_data_error(
      [&] {
        coco_results(right_for_two(), people({person_of("a.jpg", 0), person_of("x/b.jpg", 0)}), truth());
      },
      {"category 18"});
  expect_data_error([&] { coco_results(right_for_two(), people({person_of("a.jpg", 0)}), truth()); }, {"has 2 people"});
}

TEST_F(CocoResults, OfFoundPeopleCountPixelsFromZeroAtTheirCentres) {
  FoundPerson person{{0, 0, 50, 50}, std::vector<std::array<double, 2>>(14), std::vector<double>(14, 0.75)};
  person.joints[joint("r-ankle")] = {10.5, 20.5};
  person.joints[joint("l-wrist")] = {30.5, 40.5};
  write_json(folder_ / "predictions.json", coco_keypoints({{"a.jpg", 64, 48, {person}, 30}}, config::lsp14()));
  const Json results = coco_results(folder_ / "predictions.json", truth());
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0]["image_id"], 30);
  EXPECT_EQ(results[0]["keypoints"], Json({0.0, 0.0, 0.0, 10.0, 20.0, 0.75, 30.0, 40.0, 0.75}));
  write_json(folder_ / "predictions.json", coco_keypoints({{"a.jpg", 64, 48, {person}, 31}}, config::lsp14()));
  expect_data_error([&] { coco_results(folder_ / "predictions.json", truth()); }, {"31 is not among the images"});
}

}  // namespace
}  // namespace pbn::evaluation
