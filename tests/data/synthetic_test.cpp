#include "data/sources/synthetic.h"

#include <cmath>

#include "base/files.h"
#include "data/groups/relatedness.h"
#include "data/preparing/prepare.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

PoseFileInfo small_synthetic(const SyntheticRecipe& recipe) {
  PoseFileInfo info = synthetic_info(recipe, SyntheticSplit::train);
  info.box_pixels = 64;
  return info;
}

CroppedPerson draw(const SyntheticRecipe& recipe, std::uint32_t index, SyntheticSplit split = SyntheticSplit::train) {
  return draw_synthetic_person(small_synthetic(recipe), recipe, split, index);
}

double distance(const Person& person, const char* one, const char* other) {
  const auto &a = person.joints[config::mpii16().index_of(one)], &b = person.joints[config::mpii16().index_of(other)];
  return std::hypot(a[0] - b[0], a[1] - b[1]);
}

double share_occluded(const SyntheticRecipe& recipe) {
  int occluded = 0;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const Person person = draw(recipe, i).person;
    occluded += static_cast<int>(std::count(person.occluded.begin(), person.occluded.end(), Occlusion::occluded));
  }
  return occluded / (60.0 * 16);
}

TEST(Synthetic, APersonDependsOnTheRecipeSplitAndNumberAlone) {
  const SyntheticRecipe recipe;
  const CroppedPerson person = draw(recipe, 5);
  EXPECT_EQ(draw(recipe, 5).crop, person.crop);
  EXPECT_EQ(draw(recipe, 5).person.joints, person.person.joints);
  EXPECT_NE(draw(recipe, 6).person.joints, person.person.joints);
  EXPECT_NE(draw(recipe, 5, SyntheticSplit::validation).person.joints, person.person.joints);
  EXPECT_NE(draw({.seed = 2, .occluder_rate = 0.5, .pose_spread = 1}, 5).person.joints, person.person.joints);
}

TEST(Synthetic, TheFileOfFewerPeopleIsTheBeginningOfTheFileOfMore) {
  const TemporaryFolder folder;
  SyntheticOptions options;
  options.how.box_pixels = 64;
  options.files = {{"train", folder / "few.h5"}};
  options.people = 3;
  options.how.jobs = 1;
  prepare_synthetic(options);
  options.files = {{"train", folder / "more.h5"}};
  options.people = 6;
  options.how.jobs = 4;
  prepare_synthetic(options);
  const PoseFile few(folder / "few.h5"), more(folder / "more.h5");
  std::vector<std::uint8_t> one(112 * 112 * 3), other(one.size());
  for (int i = 0; i < 3; ++i) {
    few.read_crop(i, one);
    more.read_crop(i, other);
    EXPECT_EQ(one, other);
    EXPECT_EQ(few.people()[i].joints, more.people()[i].joints);
  }
}

TEST(Synthetic, EverybodyFitsIntoTheCropAndMostlyIntoTheBox) {
  int outside_box = 0;
  for (std::uint32_t i = 0; i < 60; ++i) {
    for (const auto& [x, y] : draw({}, i).person.joints) {
      EXPECT_TRUE(x >= 0 && y >= 0 && x < 112 && y < 112) << i;
      outside_box += x < 24 || y < 24 || x >= 88 || y >= 88;
    }
  }
  EXPECT_LT(outside_box, 0.03 * 60 * 16);
}

TEST(Synthetic, NoBoneIsLongerThanTheBodyAllowsAndTheReferenceIsTheHeads) {
  for (std::uint32_t i = 0; i < 60; ++i) {
    const Person person = draw({}, i).person;
    const double head_length = person.reference_length / (0.6 * 1.28);
    EXPECT_LE(distance(person, "neck", "head-top"), 1.001 * head_length);
    EXPECT_LE(distance(person, "l-knee", "l-ankle"), 1.901 * head_length);
    EXPECT_LE(distance(person, "r-elbow", "r-wrist"), 1.251 * head_length);
  }
}

TEST(Synthetic, OccludersHideJointsAndBodiesHideTheirOwn) {
  const double alone = share_occluded({.seed = 1, .occluder_rate = 0, .pose_spread = 1});
  const double behind_things = share_occluded({.seed = 1, .occluder_rate = 1, .pose_spread = 1});
  EXPECT_GT(alone, 0.02);
  EXPECT_GT(behind_things, alone + 0.05);
  EXPECT_LT(behind_things, 0.4);
}

TEST(Synthetic, AFewJointsAreUnlabelled) {
  int unlabelled = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Person person = draw({}, i).person;
    unlabelled += static_cast<int>(std::count(person.labelled.begin(), person.labelled.end(), false));
  }
  EXPECT_GT(unlabelled, 0);
  EXPECT_LT(unlabelled, 0.03 * 100 * 16);
}

TEST(Synthetic, MostPeopleFaceTheViewer) {
  int facing = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto& joints = draw({}, i).person.joints;
    facing += joints[config::mpii16().index_of("r-shoulder")][0] < joints[config::mpii16().index_of("l-shoulder")][0];
  }
  EXPECT_GT(facing, 70);
  EXPECT_LT(facing, 98);
}

TEST(Synthetic, JointsOfOneLimbAreMoreRelatedThanOthers) {
  const TemporaryFolder folder;
  SyntheticOptions options;
  options.how.box_pixels = 64;
  options.how.extent = 1;
  options.files = {{"train", folder / "a.h5"}};
  options.people = 300;
  prepare_synthetic(options);
  const Relatedness related = LatticePoses(read_box_poses({folder / "a.h5"}), 5).relatedness();
  const auto nats = [&](const char* one, const char* other) {
    return related.nats[config::mpii16().index_of(one) * 16 + config::mpii16().index_of(other)];
  };
  EXPECT_GT(nats("r-wrist", "r-elbow"), 1.2 * nats("r-wrist", "l-elbow"));
  EXPECT_GT(nats("l-wrist", "l-elbow"), 1.2 * nats("l-wrist", "r-knee"));
  EXPECT_GT(nats("l-ankle", "l-knee"), 1.2 * nats("l-ankle", "r-elbow"));
}

TEST(Synthetic, RatesOutOfRangeAreUsageErrors) {
  SyntheticRecipe recipe;
  recipe.occluder_rate = 1.5;
  EXPECT_EQ(error_of([&] { require_recipe(recipe); }).blame, Blame::usage);
  recipe = {};
  recipe.pose_spread = -1;
  EXPECT_EQ(error_of([&] { require_recipe(recipe); }).blame, Blame::usage);
}

TEST(Synthetic, APoseFileWithoutPeopleIsRefused) {
  const TemporaryFolder folder;
  SyntheticOptions options;
  options.files = {{"train", folder / "a.h5"}};
  options.people = 0;
  EXPECT_THAT(error_of([&] { prepare_synthetic(options); }).what(), testing::HasSubstr("--people: 0 is not allowed"));
}

}  // namespace
}  // namespace pbn::data
