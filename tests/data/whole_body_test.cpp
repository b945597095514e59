// COCO-WholeBody's files: which lists are read as which skeleton.
#include "data/sources/whole_body.h"

#include <gmock/gmock.h>

#include "data/sources/coco.h"
#include "error_of.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Keypoint k at (first + 10 k, 5 k).
Json triples(int keypoints, int first, double visibility) {
  Json list = Json::array();
  for (int k = 0; k < keypoints; ++k) {
    for (const double value : {first + 10.0 * k, 5.0 * k, visibility}) list.push_back(value);
  }
  return list;
}

// One person, whose left hand could not be annotated.
Json person() {
  return {{"id", 1},
          {"image_id", 1},
          {"category_id", 1},
          {"iscrowd", 0},
          {"bbox", {10, 20, 200, 100}},
          {"keypoints", triples(17, 0, 2)},
          {"foot_kpts", triples(6, 1000, 1)},
          {"foot_valid", true},
          {"face_kpts", triples(68, 2000, 1)},
          {"face_valid", true},
          {"face_box", {2000, 0, 50, 40}},
          {"lefthand_kpts", triples(21, 0, 0)},
          {"lefthand_valid", false},
          {"lefthand_box", {0, 0, 0, 0}},
          {"righthand_kpts", triples(21, 3000, 1)},
          {"righthand_valid", true},
          {"righthand_box", {3000, 0, 60, 20}}};
}

PhotographSet read_part(const std::string& part, const Json& annotation = person()) {
  const Json file = {{"images", {{{"id", 1}, {"file_name", "a.jpg"}, {"width", 6400}, {"height", 4800}}}},
                     {"categories", {{{"id", 1}, {"name", "person"}, {"keypoints", {"nose", "left_eye"}}}}},
                     {"annotations", Json::array({annotation})}};
  return parse_coco(file.dump(), "whole.json", "images", {.part = part});
}

TEST(WholeBody, EachPartHasItsOwnSkeleton) {
  const auto name_of = [](const std::string& part) { return whole_body_part(part).skeleton->name; };
  EXPECT_EQ(whole_body_part("body").skeleton, &config::coco17());
  EXPECT_EQ(name_of("whole"), "wholebody133");
  EXPECT_EQ(name_of("feet"), "feet6");
  EXPECT_EQ(name_of("face"), "face68");
  EXPECT_EQ(name_of("left-hand"), "left-hand21");
  EXPECT_EQ(name_of("right-hand"), "right-hand21");
  for (const std::string& name : whole_body_part_names()) {
    const WholeBodyPart part = whole_body_part(name);
    std::vector<std::string> parts;
    for (const KeypointList& list : part.lists) parts.insert(parts.end(), list.parts.begin(), list.parts.end());
    EXPECT_EQ(parts, part.skeleton->parts) << name;
    EXPECT_EQ(part.skeleton->sigmas.size(), parts.size()) << name;
  }
  EXPECT_THAT(error_of([] { whole_body_part("hand"); }).what(), HasSubstr("there is no part \"hand\""));
}

// The authors' evaluation: evaluation/myeval_wholebody.py and data_format.md of COCO-WholeBody.
TEST(WholeBody, HasTheOrderAndTheSigmasOfTheAuthors) {
  const config::Skeleton& whole = *whole_body_part("whole").skeleton;
  EXPECT_EQ(whole.parts[17], "l-big-toe");
  EXPECT_EQ(whole.parts[23], "face-0");
  EXPECT_EQ(whole.parts[91], "l-hand-root");
  EXPECT_EQ(whole.parts[132], "r-pinky-finger4");
  EXPECT_EQ(whole.sigmas[0], 0.026);
  EXPECT_EQ(whole.sigmas[21], 0.094);
  EXPECT_EQ(whole.sigmas[23 + 47], 0.034);
  EXPECT_EQ(whole.sigmas[95], 0.047);
  EXPECT_EQ(whole.sigmas[132], 0.031);
  EXPECT_EQ(whole.mirrored()[23], 39) << "both ends of the jaw";
  EXPECT_EQ(whole.mirrored()[95], 116) << "the tips of the thumbs";
  EXPECT_THAT(whole_body_part("left-hand").skeleton->flip_pairs, IsEmpty());
}

TEST(WholeBody, APartIsReadFromItsOwnListAndBox) {
  const PhotographSet face = read_part("face");
  ASSERT_THAT(face.people, SizeIs(1));
  EXPECT_EQ(face.people[0].joints[1], (std::array{2010.5, 5.5}));
  EXPECT_EQ(face.people[0].occluded[1], Occlusion::visible) << "1 means labelled";
  EXPECT_DOUBLE_EQ(face.people[0].reference_length, 50);
  const PhotographSet feet = read_part("feet");
  ASSERT_THAT(feet.people, SizeIs(1));
  EXPECT_EQ(feet.people[0].occluded[1], Occlusion::occluded);
  EXPECT_DOUBLE_EQ(feet.people[0].reference_length, 50) << "the box of the joints";
}

TEST(WholeBody, WhatCouldNotBeAnnotatedIsNotLabelled) {
  const PhotographSet hand = read_part("left-hand");
  EXPECT_THAT(hand.people, IsEmpty());
  EXPECT_THAT(hand.left_out, SizeIs(1));
  Json annotation = person();
  annotation["lefthand_kpts"] = triples(21, 0, 1);
  EXPECT_THAT(read_part("left-hand", annotation).people, IsEmpty()) << "lefthand_valid is false";
  const PhotographSet whole = read_part("whole");
  ASSERT_THAT(whole.people, SizeIs(1));
  EXPECT_DOUBLE_EQ(whole.people[0].reference_length, 200);
  EXPECT_EQ(std::ranges::count(whole.people[0].labelled, true), 133 - 21);
  EXPECT_EQ(whole.people[0].joints[112], (std::array{3000.5, 0.5}));
}

TEST(WholeBody, MistakesAreNamedWithTheirPlace) {
  const auto message = [](const std::string& part, const Json& annotation) {
    return std::string(error_of([&] { read_part(part, annotation); }).what());
  };
  Json annotation = person();
  annotation["face_kpts"].erase(0);
  EXPECT_THAT(message("face", annotation), HasSubstr("whole.json: annotations[0].face_kpts"));
  EXPECT_NO_THROW(read_part("body", annotation));
  annotation.erase("face_kpts");
  EXPECT_THAT(message("face", annotation), HasSubstr("annotations[0]: has no \"face_kpts\""));
  annotation = person();
  annotation["righthand_valid"] = "yes";
  EXPECT_THAT(message("whole", annotation), HasSubstr("annotations[0].righthand_valid"));
}

}  // namespace
}  // namespace pbn::data
