#include "evaluation/coco_keypoints.h"

#include <gmock/gmock.h>

namespace pbn::evaluation {
namespace {

TEST(CocoKeypoints, OneFoundPersonIsOneAnnotationOfItsPhotograph) {
  FoundPerson person{{10, 20, 100, 100}, {}, {}};
  for (int part = 0; part < 14; ++part) {
    person.joints.push_back({part + 0.5, 2.0 * part});
    person.confidence.push_back(part < 7 ? 1.0 : 0.5);
  }
  const Json coco = coco_keypoints({{"empty.jpg", 64, 48, {}}, {"a.jpg", 640, 480, {person}}}, config::lsp14());
  EXPECT_EQ(coco["images"].size(), 2u);
  ASSERT_EQ(coco["annotations"].size(), 1u);
  const Json& found = coco["annotations"][0];
  EXPECT_EQ(found["image_id"], coco["images"][1]["id"]);
  EXPECT_EQ(coco["images"][1]["file_name"], "a.jpg");
  EXPECT_EQ(found["num_keypoints"], 14);
  EXPECT_EQ(found["keypoints"].size(), 42u);
  EXPECT_EQ(found["keypoints"][3], 1.5);
  EXPECT_EQ(found["keypoints"][4], 2.0);
  EXPECT_EQ(found["keypoints"][5], 2);
  EXPECT_EQ(found["score"], 0.75);
  EXPECT_EQ(found["category_id"], coco["categories"][0]["id"]);
}

TEST(CocoKeypoints, JointsOutsideThePhotographAreNotCounted) {
  FoundPerson person{{0, 0, 9, 9}, {{0, 0}, {-0.1, 5}, {5, -0.1}, {64, 5}, {5, 48}, {63.9, 47.9}}, {1, 1, 1, 1, 1, 1}};
  const Json found = coco_keypoints({{"a.jpg", 64, 48, {person}}}, config::lsp14())["annotations"][0];
  std::vector<int> visibility;
  for (std::size_t i = 2; i < found["keypoints"].size(); i += 3) visibility.push_back(found["keypoints"][i]);
  EXPECT_EQ(visibility, (std::vector{2, 0, 0, 0, 0, 2}));
  EXPECT_EQ(found["num_keypoints"], 2);
  EXPECT_EQ(found["keypoints"][3], -0.1);  // the coordinates are kept
}

TEST(CocoKeypoints, GivenIdsAreKeptAndNewIdsSkipThem) {
  const FoundPerson person{{0, 0, 9, 9}, {}, {}};
  FoundPhotograph given{"b.jpg", 64, 48, {person}, 1};
  given.turned_by_exif = 6;
  FoundPhotograph large{"d.jpg", 64, 48, {}, std::uint64_t{18446744073709551615u}};
  const Json coco = coco_keypoints({{"a.jpg", 64, 48, {person}}, given, {"c.jpg", 64, 48, {}}, large}, config::lsp14());
  std::vector<Json> ids;
  for (const Json& image : coco["images"]) ids.push_back(image["id"]);
  EXPECT_EQ(ids, (std::vector<Json>{2, 1, 3, std::uint64_t{18446744073709551615u}}));
  EXPECT_EQ(coco["annotations"][1]["image_id"], 1);
  EXPECT_EQ(coco["images"][1]["turned_by_exif"], 6);
  EXPECT_FALSE(coco["images"][0].contains("turned_by_exif"));
}

TEST(CocoKeypoints, TheCategoryNamesThePartsAndCountsLimbsFromOne) {
  const Json category = coco_keypoints({}, config::mpii16())["categories"][0];
  EXPECT_EQ(category["name"], "person");
  EXPECT_EQ(category["keypoints"], Json(config::mpii16().parts));
  EXPECT_EQ(category["skeleton"][0], Json({1, 2}));  // ankle to knee
}

TEST(CocoKeypoints, TheCategoryIsNamedAfterTheSkeleton) {
  for (const std::string& name : config::shipped_skeleton_names()) {
    EXPECT_EQ(category_name(config::skeleton_named(name)), "person") << name;
  }
  EXPECT_EQ(category_name({.name = "dog17", .parts = {}}), "dog");
  EXPECT_EQ(category_name({.name = "apollo-3-17", .parts = {}}), "apollo");
  EXPECT_EQ(category_name({.name = "fox", .parts = {}}), "fox");
  EXPECT_EQ(category_name({.name = "17", .parts = {}}), "17");
}

}  // namespace
}  // namespace pbn::evaluation
