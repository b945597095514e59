#include "drawing/drawing.h"

#include "tests/drawing/count.h"
#include "tests/evaluation/example_data.h"

namespace pbn::drawing {
namespace {

data::Person standing() {
  data::Person person;
  for (int part = 0; part < 16; ++part) person.joints.push_back({10.0F + static_cast<float>(part), 20.0F});
  person.labelled.assign(16, true);
  person.occluded.assign(16, data::Occlusion::visible);
  person.crop_to_image = {2, 0, 300, 0, 2, 400};
  person.reference_length = 10;
  return person;
}

std::string drawn(const data::Person& person) {
  return pose_svg(config::mpii16(), true_pose(person), colours_by_side(config::mpii16()), 120);
}

TEST(Drawing, AMissingJointRemovesItsLimbs) {
  data::Person person = standing();
  EXPECT_EQ(count(drawn(person), "<circle"), 16);
  EXPECT_EQ(count(drawn(person), "<line"), 3 * 15);              // a shadow and two halves
  person.labelled[config::mpii16().index_of("pelvis")] = false;  // three limbs meet there
  EXPECT_EQ(count(drawn(person), "<circle"), 15);
  EXPECT_EQ(count(drawn(person), "<line"), 3 * 12);
}

TEST(Drawing, OccludedJointsAreRings) {
  data::Person person = standing();
  EXPECT_EQ(count(drawn(person), "class=\"occluded\""), 0);
  person.occluded[0] = data::Occlusion::occluded;
  person.occluded[1] = data::Occlusion::unknown;
  EXPECT_EQ(count(drawn(person), "class=\"occluded\""), 1);
}

TEST(Drawing, PredictionsAreMappedFromThePhotographIntoTheCrop) {
  const data::Person person = standing();
  evaluation::Predictions predictions{16, std::vector<std::array<float, 2>>(16, {320, 430}), {}};
  EXPECT_EQ(predicted_pose(predictions, 0, person).joints[5], (std::array{10.0, 15.0}));
}

TEST(Drawing, SidesAndGroupsHaveTheirColours) {
  const PartColours sides = colours_by_side(config::mpii16());
  EXPECT_EQ(sides[config::mpii16().index_of("r-ankle")], sides[config::mpii16().index_of("r-wrist")]);
  EXPECT_NE(sides[config::mpii16().index_of("r-ankle")], sides[config::mpii16().index_of("l-ankle")]);
  const PartColours groups = colours_by_group(config::mpii16(), config::resolve_groups("related-5", config::mpii16()));
  EXPECT_EQ(groups[config::mpii16().index_of("r-ankle")], groups[config::mpii16().index_of("l-knee")]);
  EXPECT_NE(groups[config::mpii16().index_of("r-wrist")], groups[config::mpii16().index_of("l-wrist")]);
}

TEST(Drawing, ACropIsEmbeddedAsAJpeg) {
  const TemporaryFolder folder;
  const data::PoseFile file = evaluation::example_pose_file(folder / "p.h5", "mpii16", {standing()});
  EXPECT_THAT(crop_data_uri(file, 0), testing::StartsWith("data:image/jpeg;base64,/9j/"));  // FF D8 FF
}

}  // namespace
}  // namespace pbn::drawing
