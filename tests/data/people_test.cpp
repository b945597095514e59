#include "data/pose_file/people.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"

namespace pbn::data {
namespace {

void expect_near(const std::array<double, 2>& point, double x, double y) {
  EXPECT_NEAR(point[0], x, 1e-9);
  EXPECT_NEAR(point[1], y, 1e-9);
}

TEST(Affine, ThenIsTheSecondMapAfterTheFirst) {
  const Affine twice{2, 0, 0, 0, 2, 0}, right{1, 0, 10, 0, 1, 0};
  expect_near(apply(then(twice, right), 3, 4), 16, 8);
  expect_near(apply(then(right, twice), 3, 4), 26, 8);
}

TEST(Affine, InverseLeadsBack) {
  const Affine slanted{1.5, -0.3, 20, 0.4, 0.7, -5};
  const auto there = apply(slanted, 12, 34);
  expect_near(apply(inverse(slanted), there[0], there[1]), 12, 34);
}

TEST(Affine, ASingularMapHasNoInverse) { EXPECT_THROW(inverse({1, 2, 0, 2, 4, 0}), Error); }

TEST(Person, CropToImageMapsJointsToThePhotograph) {
  Person person;
  person.joints = {{10, 20}};
  person.crop_to_image = {2, 0, 100, 0, 2, 200};
  expect_near(person.joint_in_image(0), 120, 240);
}

TEST(Person, AnInvalidPersonIsRefusedWithTheReason) {
  Person person;
  person.joints = {{1, 2}};
  person.labelled = {true};
  person.occluded = {Occlusion::visible};
  person.crop_to_image = {1, 0, 0, 0, 1, 0};
  EXPECT_FALSE(problem_with(person, 1));
  EXPECT_EQ(problem_with(person, 2)->text, "has 1 joints instead of 2");
  person.joints[0][1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(problem_with(person, 1)->text, "joint 0 lies at (1, nan)");
  person.joints[0][1] = 2;
  person.crop_to_image = {};
  EXPECT_EQ(problem_with(person, 1)->text, "its map from the crop to the image has no inverse");
}

}  // namespace
}  // namespace pbn::data
