// The text and pictures of pbn inspect.
#include "drawing/inspection.h"

#include "data/hdf5/hdf5.h"
#include "data/photographs/image.h"
#include "drawing/contact_sheet.h"
#include "drawing/overlay.h"
#include "drawing/skeleton_text.h"
#include "tests/evaluation/example_data.h"

namespace pbn::drawing {
namespace {

using testing::HasSubstr;
using testing::Not;

// All joints are labelled and visible, except an occluded first, an unknown second and an unlabelled third.
data::Person somebody(const std::string& photograph, float reference) {
  data::Person person;
  for (int part = 0; part < 16; ++part) person.joints.push_back({20.0F + static_cast<float>(part), 30.0F});
  person.labelled.assign(16, true);
  person.occluded.assign(16, data::Occlusion::visible);
  person.occluded[0] = data::Occlusion::occluded;
  person.occluded[1] = data::Occlusion::unknown;
  person.labelled[2] = false;
  person.crop_to_image = {2, 0, 300, 0, 2, 400};
  person.reference_length = reference;
  person.image_name = photograph;
  return person;
}

class Inspection : public testing::Test {
 protected:
  TemporaryFolder folder;
  const std::filesystem::path poses = folder / "poses.h5";
};

TEST(SkeletonText, NamesPartsPairsLimbsReferenceAndSigmas) {
  const std::string lsp = skeleton_text(config::lsp14());
  EXPECT_THAT(lsp, HasSubstr("skeleton lsp14: 14 parts; PCK divides distances by the size of the torso"));
  EXPECT_THAT(lsp, testing::ContainsRegex("r-ankle +l-ankle +0.089"));
  EXPECT_THAT(lsp, testing::ContainsRegex("neck +- +0.079"));
  EXPECT_THAT(lsp, HasSubstr("  neck to head-top\n"));
  EXPECT_THAT(lsp, HasSubstr("  all14 (pooled): all parts\n"));
  const std::string worm = skeleton_text(config::parse_skeleton(
      Json::parse(R"({"name": "worm", "parts": ["a", "b", "c"], "reference": ["a", "c"]})"), ""));
  EXPECT_THAT(worm, HasSubstr("worm: 3 parts; PCK divides distances by the distance of a and c"));
  EXPECT_THAT(worm, Not(HasSubstr("sigma")));
}

TEST_F(Inspection, APoseFileIsDescribedByItsPeopleAndLabels) {
  evaluation::example_pose_file(poses, "mpii16", {somebody("a.jpg", 10), somebody("a.jpg", 30), somebody("b.jpg", 0)});
  const Json facts = inspect_file(poses);
  EXPECT_EQ(facts["kind"], "pose file");
  EXPECT_EQ(facts["people"], 3);
  EXPECT_EQ(facts["photographs"], 2);
  EXPECT_EQ(facts["encoding"], "raw");
  EXPECT_EQ(facts["crop_pixels"], 112);
  EXPECT_EQ(facts["box_side"]["median"], 128) << "64 crop pixels, each 2 pixels of the photograph wide";
  const Json first{{"part", "r-ankle"}, {"labelled", 3}, {"visible", 0}, {"occluded", 3}, {"unknown", 0}};
  EXPECT_EQ(facts["joints"][0], first);
  EXPECT_EQ(facts["joints"][1]["unknown"], 3);
  EXPECT_EQ(facts["joints"][2]["labelled"], 0);
  const Json reference{{"measures", "head"}, {"least", 10.0}, {"median", 30.0}, {"greatest", 30.0}, {"missing", 1}};
  EXPECT_EQ(facts["reference"], reference);
  const std::string text = inspection_text(facts);
  EXPECT_THAT(text, HasSubstr("pose file of example, test"));
  EXPECT_THAT(text, HasSubstr("3 in 2 photographs, 16 parts of mpii16"));
  EXPECT_THAT(text, HasSubstr("10 to 30, median 30 px in the photographs; 1 person without"));
  EXPECT_THAT(text, HasSubstr(facts["fingerprint"].get<std::string>()));
  EXPECT_THAT(text, HasSubstr("Is this intended?\n  1 person has a head size of 0\n"));
  EXPECT_EQ(facts["doubts"]["people_without_joints"], 0);
}

TEST_F(Inspection, PredictionsAreDescribedByTheirNumberAndNans) {
  evaluation::Predictions predictions{16, std::vector<std::array<float, 2>>(32, {1, 2}), std::vector<float>(32, 0.5F)};
  predictions.joints[3][1] = std::nanf("");
  evaluation::write_predictions(folder / "p.h5", predictions);
  const Json facts = inspect_file(folder / "p.h5");
  EXPECT_EQ(facts["kind"], "predictions");
  EXPECT_EQ(facts["people"], 2);
  EXPECT_EQ(facts["not_finite"], 1);
  EXPECT_EQ(facts["confidence"]["median"], 0.5);
  EXPECT_THAT(inspection_text(facts), HasSubstr("1 joint\n"));
}

TEST_F(Inspection, AnotherFileIsRefused) {
  data::Hdf5Writer(folder / "other.h5").close();
  evaluation::expect_data_error([&] { inspect_file(folder / "other.h5"); }, {"other.h5", "neither a pose file"});
}

TEST_F(Inspection, ATileShowsACropItsBoxAndOnlyLabelledJoints) {
  const data::PoseFile file =
      evaluation::example_pose_file(poses, "mpii16", {somebody("a.jpg", 10), somebody("<b>.jpg", 0)});
  const SheetTile tile = person_tile(file, 1);
  EXPECT_NEAR(tile.side, 2 * (56 - 20 + 0.03 * 64), 1e-9) << "it contains all joints, also those beyond the box";
  EXPECT_EQ(tile.caption, "2: <b>.jpg");
  EXPECT_EQ(tile.note, "15 of 16 labelled, 1 occluded");
  EXPECT_THAT(tile.content, HasSubstr("<rect x=\"24\" y=\"24\" width=\"64\""));
  EXPECT_THAT(tile.content, HasSubstr("class=\"occluded\""));
  const std::string sheet = contact_sheet("people", "two", {person_tile(file, 0), tile});
  EXPECT_THAT(sheet, HasSubstr("1: a.jpg"));
  EXPECT_THAT(sheet, HasSubstr("2: &lt;b&gt;.jpg"));
}

TEST(FirstPeopleOfEpoch, DependOnTheSeedAlone) {
  EXPECT_EQ(first_people_of_epoch(50, 3, 7).size(), 3u);
  EXPECT_EQ(first_people_of_epoch(2, 3, 7).size(), 2u);
  EXPECT_EQ(first_people_of_epoch(50, 3, 7), first_people_of_epoch(50, 3, 7));
  EXPECT_NE(first_people_of_epoch(50, 3, 7), first_people_of_epoch(50, 3, 8));
}

TEST(HeatMapTint, ACellIsAsOpaqueAsItsHighestMapAndMixesTheColoursOfItsParts) {
  const data::Image black{4, 4, std::vector<std::uint8_t>(48, 0)};
  // Two parts on 2 x 2 cells: the first alone in cell 0, both equally in cell 1, none in cells 2 and 3.
  const std::vector<float> maps{1, 0.5, 0, -1, 0, 0.5, 0, 0};
  const data::Image tinted = tinted_by_heat_maps(black, maps, 2, {"#ff0000", "#0000ff"});
  const auto pixel = [&](int x, int y) {
    const auto at = tinted.pixels.begin() + 3 * (y * 4 + x);
    return std::vector<int>(at, at + 3);
  };
  EXPECT_EQ(pixel(1, 1), (std::vector{217, 0, 0}));
  EXPECT_EQ(pixel(2, 0), (std::vector{54, 0, 54}));
  EXPECT_EQ(pixel(0, 2), (std::vector{0, 0, 0}));
  EXPECT_EQ(pixel(3, 3), (std::vector{0, 0, 0}));
}

}  // namespace
}  // namespace pbn::drawing
