#include "evaluation/coco_keypoints.h"

#include <gmock/gmock.h>

namespace pbn {
namespace {

TEST(CocoKeypoints, OneFoundPersonIsOneAnnotationOfItsPhotograph) {
  FoundPerson person{{10, 20, 100, 100}, {}, {}};
  for (int part = 0; part < 14; ++part) {
    person.joints.push_back({part + 0.5, 2.0 * part});
    person.confidence.push_back(part < 7 ? 1.0 : 0.5);
  }
  const Json coco = coco_keypoints({{"empty.jpg", 64, 48, {}}, {"a.jpg", 640, 480, {person}}}, lsp14());
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

TEST(CocoKeypoints, TheCategoryNamesThePartsAndCountsLimbsFromOne) {
  const Json category = coco_keypoints({}, mpii16())["categories"][0];
  EXPECT_EQ(category["name"], "person");
  EXPECT_EQ(category["keypoints"], Json(mpii16().parts));
  EXPECT_EQ(category["skeleton"][0], Json({1, 2}));  // ankle to knee
}

}  // namespace
}  // namespace pbn
