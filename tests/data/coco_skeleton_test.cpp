// Files of COCO's keypoint format with skeletons of their own, in the forms in which tools and data sets write them.
#include <gmock/gmock.h>

#include "data/sources/coco.h"
#include "data/sources/own_skeleton.h"
#include "error_of.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

// Keypoint k at (10 k, 5 k), all visible.
Json annotation(std::size_t keypoints, std::int64_t category = 1) {
  Json entry{{"id", 1}, {"image_id", 1}, {"category_id", category}, {"bbox", {10, 20, 200, 100}}, {"iscrowd", 0}};
  for (std::size_t k = 0; k < keypoints; ++k) {
    for (const std::size_t value : {10 * k, 5 * k, std::size_t{2}}) entry["keypoints"].push_back(value);
  }
  return entry;
}

Json file_of(const std::vector<Json>& categories, std::vector<Json> annotations) {
  for (std::size_t i = 0; i < annotations.size(); ++i) annotations[i]["id"] = i + 1;
  return {{"images", {{{"id", 1}, {"file_name", "a.jpg"}, {"width", 640}, {"height", 480}}}},
          {"categories", categories},
          {"annotations", annotations}};
}

PhotographSet read(const Json& file, const CocoOptions& options = {.as = "", .category = ""}) {
  return parse_coco(file.dump(), "a.json", "images", options);
}

Json hand() {
  Json names = {"wrist"};
  Json bones = Json::array();
  int last = 1;
  for (const std::string finger : {"thumb", "index", "middle", "ring", "pinky"}) {
    for (int joint = 1; joint <= 4; ++joint) {
      names.push_back(finger + std::to_string(joint));
      bones.push_back({joint == 1 ? 1 : last, names.size()});
      last = static_cast<int>(names.size());
    }
  }
  return {{"id", 1}, {"name", "hand"}, {"keypoints", names}, {"skeleton", bones}};
}

TEST(CocoSkeleton, AHandHas21PartsAndNoMirrorPairs) {
  const PhotographSet set = read(file_of({hand()}, {annotation(21)}));
  const config::Skeleton& skeleton = *set.info.skeleton;
  EXPECT_EQ(skeleton.name, "hand21");
  EXPECT_EQ(skeleton.parts[20], "pinky4");
  EXPECT_THAT(skeleton.limbs, SizeIs(20));
  EXPECT_THAT(skeleton.limbs[4], Pair(0, 5));
  EXPECT_THAT(skeleton.flip_pairs, IsEmpty());
  EXPECT_EQ(set.info.reference, "box");
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.people[0].joints[20], (std::array{200.5, 100.5}));
  EXPECT_DOUBLE_EQ(set.people[0].reference_length, 200);
}

// AP-10K: a category for each species, all with the same keypoints.
TEST(CocoSkeleton, AnimalsOfManyCategoriesShareTheirKeypoints) {
  const Json keypoints = {"L_Eye",   "R_Eye",   "Nose",       "Neck",    "Root of tail", "L_Shoulder",
                          "L_Elbow", "L_F_Paw", "R_Shoulder", "R_Elbow", "R_F_Paw",      "L_Hip",
                          "L_Knee",  "L_B_Paw", "R_Hip",      "R_Knee",  "R_B_Paw"};
  const Json limbs = {{1, 2}, {1, 3}, {2, 3}, {3, 4}, {4, 5}, {4, 6}, {6, 7}, {7, 8}, {4, 9}};
  Json cow{{"id", 1}, {"name", "cow"}, {"keypoints", keypoints}, {"skeleton", limbs}}, dog = cow;
  dog.update({{"id", 2}, {"name", "dog"}});
  const PhotographSet set = read(file_of({cow, dog}, {annotation(17, 1), annotation(17, 2)}));
  const config::Skeleton& skeleton = *set.info.skeleton;
  EXPECT_THAT(set.people, SizeIs(2));
  EXPECT_THAT(skeleton.parts, ElementsAre("l-eye", "r-eye", "nose", "neck", "root-of-tail", "l-shoulder", "l-elbow",
                                          "l-f-paw", "r-shoulder", "r-elbow", "r-f-paw", "l-hip", "l-knee", "l-b-paw",
                                          "r-hip", "r-knee", "r-b-paw"));
  EXPECT_THAT(skeleton.flip_pairs, SizeIs(7));
  EXPECT_EQ(skeleton.mirrored()[7], 10) << "the front paws";
  EXPECT_THAT(set.remarks, SizeIs(1)) << "every side has a partner";
}

TEST(CocoSkeleton, ExportsOfCvatNumberTheirKeypointsAndMayLabelSeveralObjects) {
  const Json car{{"id", 1}, {"name", "car"}, {"supercategory", ""}, {"keypoints", {"1", "2"}}, {"skeleton", {{1, 2}}}};
  const Json leg{{"id", 2},
                 {"name", "leg"},
                 {"supercategory", ""},
                 {"keypoints", {"1", "2", "3"}},
                 {"skeleton", {{1, 2}, {3, 2}}}};
  const Json file = file_of({car, leg}, {annotation(2, 1), annotation(3, 2)});
  const Error error = error_of([&] { read(file); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), HasSubstr("\"car\" and \"leg\" have different keypoints"));
  EXPECT_THAT(error.hint, HasSubstr("--category NAME reads one of them: car, leg"));
  const PhotographSet set = read(file, {.as = "", .category = "leg"});
  EXPECT_THAT(set.info.skeleton->parts, ElementsAre("part-1", "part-2", "part-3"));
  EXPECT_EQ(set.info.skeleton->name, "leg3");
  EXPECT_THAT(set.people, SizeIs(1));
  EXPECT_THAT(set.left_out, SizeIs(1)) << "the car";
}

// Label Studio writes no boxes where none were drawn, and ids from 0.
TEST(CocoSkeleton, WithoutABoxItIsThatOfTheJoints) {
  Json entry = annotation(3, 0);
  entry.erase("bbox");
  const PhotographSet set =
      read(file_of({Json{{"id", 0}, {"name", "Fish"}, {"keypoints", {"mouth", "fin", "tail"}}}}, {entry}));
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.info.skeleton->name, "fish3");
  EXPECT_DOUBLE_EQ(set.people[0].box->side, 20 * 410.0 / 256);
  EXPECT_DOUBLE_EQ(set.people[0].reference_length, 20);
}

// COCO-WholeBody: the body is in "keypoints", the rest in members of its own.
TEST(CocoSkeleton, TheBodyOfCocoWholeBodyIsCocosSkeleton) {
  Json names = Json::array();
  for (const std::string& part : config::coco17().parts) {
    const std::string side = part.starts_with("l-") ? "left_" : part.starts_with("r-") ? "right_" : "";
    names.push_back(side + (side.empty() ? part : part.substr(2)));
  }
  Json entry = annotation(17);
  entry.update({{"foot_kpts", Json::array()}, {"face_valid", false}});
  const Json file = file_of({Json{{"id", 1}, {"name", "person"}, {"keypoints", names}}}, {entry});
  EXPECT_EQ(read(file, {.as = "own", .category = ""}).info.skeleton, &config::coco17());
  EXPECT_EQ(read(file).info.skeleton, &config::lsp14()) << "as before, where nothing is asked for";
}

TEST(CocoSkeleton, AFileGivesWhatTheNamesDoNotSay) {
  CocoOptions options{.as = "", .category = ""};
  options.skeleton = Json::parse(
      R"({"parts": ["tail", "LEye", "r-eye"], "mirror": [["r-eye", "LEye"]], "reference": ["tail", "r-eye"]})");
  options.skeleton_where = "mine.json";
  const Json file =
      file_of({Json{{"id", 1}, {"name", "fox"}, {"keypoints", {"LEye", "REye", "tail"}}}}, {annotation(3)});
  const PhotographSet set = read(file, options);
  EXPECT_THAT(set.info.skeleton->parts, ElementsAre("tail", "LEye", "r-eye"));
  EXPECT_THAT(set.info.skeleton->mirrored(), ElementsAre(0, 2, 1));
  EXPECT_EQ(set.info.reference, "pair");
  EXPECT_EQ(set.people.at(0).joints[0], (std::array{20.5, 10.5})) << "the file's third keypoint";
  EXPECT_DOUBLE_EQ(set.people[0].reference_length, std::hypot(10, 5));
  options.skeleton = Json::parse(R"({"parts": ["tial"]})");
  EXPECT_THAT(error_of([&] { read(file, options); }).what(), HasSubstr("mine.json: part \"tial\" is not a keypoint"));
  options.skeleton = Json::parse(R"({"reference": "head"})");
  EXPECT_THAT(error_of([&] { read(file, options); }).what(), HasSubstr("divided by the head"));
}

TEST(CocoSkeleton, MistakesAreNamedWithTheirPlace) {
  Json category{{"id", 1}, {"name", "fox"}, {"keypoints", {"a", "b"}}, {"skeleton", {{1, 5}}}};
  const auto message = [&] {
    return std::string(error_of([&] { read(file_of({category}, {annotation(2)})); }).what());
  };
  EXPECT_THAT(message(), HasSubstr("a.json: categories[0].skeleton[0]: is [1, 5]; there are 2 keypoints"));
  category["skeleton"] = {{1, "b"}};
  EXPECT_THAT(message(), HasSubstr("categories[0].skeleton[0][1]"));
  category["skeleton"] = {{0, 1}};
  EXPECT_THAT(read(file_of({category}, {annotation(2)})).info.skeleton->limbs, ElementsAre(Pair(0, 1)));
  category["keypoints"] = Json::array();
  EXPECT_THAT(message(), HasSubstr("no category has keypoints"));
}

TEST(OwnPartNames, HaveTheSideInFront) {
  EXPECT_THAT(
      own_part_names(
          {"left_eye", "RightEye", "LKnee", "front paw (right)", "Root of tail", "top_head", "nose", "Nose", "7"}),
      ElementsAre("l-eye", "r-eye", "l-knee", "r-front-paw", "root-of-tail", "head-top", "nose", "nose-2", "part-7"));
}

}  // namespace
}  // namespace pbn::data
