#include "evaluation/drawing.h"

#include <regex>

#include "example_data.h"

namespace pbn {
namespace {

using testing::HasSubstr;
using testing::Not;

int count(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return static_cast<int>(std::distance(std::sregex_iterator(text.begin(), text.end(), expression), {}));
}

Person standing() {
  Person person;
  for (int part = 0; part < 16; ++part) person.joints.push_back({10.0F + static_cast<float>(part), 20.0F});
  person.labelled.assign(16, true);
  person.occluded.assign(16, Occlusion::visible);
  person.crop_to_image = {2, 0, 300, 0, 2, 400};
  person.reference_length = 10;
  return person;
}

TEST(Drawing, AMissingJointTakesItsLimbsAlong) {
  Person person = standing();
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "<circle"), 16);
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "<line"), 3 * 15);  // a shadow and two halves
  person.labelled[mpii16().index_of("pelvis")] = false;                            // three limbs meet there
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "<circle"), 15);
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "<line"), 3 * 12);
}

TEST(Drawing, OccludedJointsAreRings) {
  Person person = standing();
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "class=\"occluded\""), 0);
  person.occluded[0] = Occlusion::occluded;
  person.occluded[1] = Occlusion::unknown;
  EXPECT_EQ(count(truth_svg(mpii16(), true_pose(person), 120), "class=\"occluded\""), 1);
}

TEST(Drawing, TruthIsWhiteAndDashedAndThePredictionColouredAndSolid) {
  const DrawnPose pose = true_pose(standing());
  const std::string truth = truth_svg(mpii16(), pose, 120);
  const std::string prediction = prediction_svg(mpii16(), pose, colours_by_side(mpii16()), 120);
  EXPECT_THAT(truth, HasSubstr("stroke-dasharray=\"2.0\""));
  EXPECT_THAT(truth, HasSubstr("#ffffff"));
  EXPECT_THAT(prediction, Not(HasSubstr("stroke-dasharray=\"2.0\"")));
  EXPECT_THAT(prediction, Not(HasSubstr("#ffffff")));
}

TEST(Drawing, PredictionsAreMovedFromThePhotographIntoTheCrop) {
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

TEST(Drawing, APersonIsOneSvgWithThePictureInside) {
  const TemporaryFolder folder;
  const PoseFile file = example_pose_file(folder / "p.h5", "mpii16", {standing()});
  const Predictions predictions{16, std::vector<std::array<float, 2>>(16, {320, 430}), {}};
  const std::string svg = person_svg(file, 0, predictions, colours_by_side(mpii16()), "<a> & \"b\"");
  EXPECT_THAT(svg, testing::StartsWith("<svg "));
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 112 112\""));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"&lt;a> &amp; &quot;b&quot;\""));
  EXPECT_THAT(svg, HasSubstr("href=\"data:image/jpeg;base64,/9j/"));  // FF D8 FF: the start of a JPEG
  EXPECT_EQ(count(svg, "<circle"), 32);
}

}  // namespace
}  // namespace pbn
