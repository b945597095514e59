#include "drawing/drawing.h"

#include "tests/drawing/count.h"
#include "tests/evaluation/example_data.h"

namespace pbn {
namespace {

Person standing() {
  Person person;
  for (int part = 0; part < 16; ++part) person.joints.push_back({10.0F + static_cast<float>(part), 20.0F});
  person.labelled.assign(16, true);
  person.occluded.assign(16, Occlusion::visible);
  person.crop_to_image = {2, 0, 300, 0, 2, 400};
  person.reference_length = 10;
  return person;
}

std::string drawn(const Person& person) {
  return pose_svg(mpii16(), true_pose(person), colours_by_side(mpii16()), 120);
}

TEST(Drawing, AMissingJointRemovesItsLimbs) {
  Person person = standing();
  EXPECT_EQ(count(drawn(person), "<circle"), 16);
  EXPECT_EQ(count(drawn(person), "<line"), 3 * 15);      // a shadow and two halves
  person.labelled[mpii16().index_of("pelvis")] = false;  // three limbs meet there
  EXPECT_EQ(count(drawn(person), "<circle"), 15);
  EXPECT_EQ(count(drawn(person), "<line"), 3 * 12);
}

TEST(Drawing, OccludedJointsAreRings) {
  Person person = standing();
  EXPECT_EQ(count(drawn(person), "class=\"occluded\""), 0);
  person.occluded[0] = Occlusion::occluded;
  person.occluded[1] = Occlusion::unknown;
  EXPECT_EQ(count(drawn(person), "class=\"occluded\""), 1);
}

TEST(Drawing, PredictionsAreMappedFromThePhotographIntoTheCrop) {
  const Person person = standing();
  Predictions predictions{16, std::vector<std::array<float, 2>>(16, {320, 430}), {}};
  EXPECT_EQ(predicted_pose(predictions, 0, person).joints[5], (std::array{10.0, 15.0}));
}

TEST(Drawing, SidesAndGroupsHaveTheirColours) {
  const PartColours sides = colours_by_side(mpii16());
  EXPECT_EQ(sides[mpii16().index_of("r-ankle")], sides[mpii16().index_of("r-wrist")]);
  EXPECT_NE(sides[mpii16().index_of("r-ankle")], sides[mpii16().index_of("l-ankle")]);
  const PartColours groups = colours_by_group(mpii16(), resolve_groups("related-5", mpii16()));
  EXPECT_EQ(groups[mpii16().index_of("r-ankle")], groups[mpii16().index_of("l-knee")]);
  EXPECT_NE(groups[mpii16().index_of("r-wrist")], groups[mpii16().index_of("l-wrist")]);
}

TEST(Drawing, ACropIsEmbeddedAsAJpeg) {
  const TemporaryFolder folder;
  const PoseFile file = example_pose_file(folder / "p.h5", "mpii16", {standing()});
  EXPECT_THAT(crop_data_uri(file, 0), testing::StartsWith("data:image/jpeg;base64,/9j/"));  // FF D8 FF
}

}  // namespace
}  // namespace pbn
