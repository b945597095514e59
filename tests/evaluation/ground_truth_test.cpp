#include "evaluation/ground_truth.h"

#include <fstream>

#include "data/hdf5/hdf5.h"
#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

// Newell's layout of the example truth, with the right hip of person 0 occluded and the left hip of person 1 missing.
void write_newell(const std::filesystem::path& file, const GroundTruth& truth) {
  const auto people = static_cast<std::size_t>(truth.people());
  std::vector<double> part, visible(people * 16, 1);
  for (const auto& joint : truth.joints) part.insert(part.end(), joint.begin(), joint.end());
  const std::size_t hip = joint_of(truth, 1, "l-hip");
  part[2 * hip] = part[2 * hip + 1] = 0;
  visible[hip] = 0;
  visible[joint_of(truth, 0, "r-hip")] = 0;
  data::Hdf5Writer writer(file);
  writer.write<double>("part", {people, 16, 2}, part);
  writer.write<double>("visible", {people, 16}, visible);
  writer.write<double>("normalize", {people}, truth.reference_length);
  writer.close();
}

// detections_our_format.mat of the same people, with the left hip of person 1 missing and head boxes of 30 x 40 pixels.
void write_detections(const std::filesystem::path& file, const GroundTruth& truth) {
  const auto people = static_cast<std::size_t>(truth.people());
  std::vector<double> joints(people * 32), missing(people * 16), boxes;
  for (std::size_t person = 0; person < people; ++person) {
    for (std::size_t part = 0; part < 16; ++part) {
      for (std::size_t axis : {0, 1}) {
        joints[part + 16 * (axis + 2 * person)] = truth.joints[person * 16 + part][axis];
      }
    }
    boxes.insert(boxes.end(), {10, 40, 20, 60});  // x1, x2, y1, y2
  }
  missing[joint_of(truth, 1, "l-hip")] = 1;
  data::add_matlab_array(file, "pos_gt_src", {16, 2, people}, joints);
  data::add_matlab_array(file, "jnt_missing", {16, people}, missing);
  data::add_matlab_array(file, "headboxes_src", {2, 2, people}, boxes);
}

TEST(GroundTruth, NewellsFileDistinguishesMissingFromOccludedJoints) {
  const TemporaryFolder folder;
  const GroundTruth example = example_truth(config::mpii16(), 2);
  write_newell(folder / "valid.h5", example);
  const GroundTruth truth = read_ground_truth(folder / "valid.h5");
  EXPECT_EQ(truth.people(), 2);
  EXPECT_EQ(truth.reference, "head");
  EXPECT_EQ(truth.reference_length, example.reference_length);
  EXPECT_EQ(truth.joints[joint_of(truth, 1, "neck")], example.joints[joint_of(truth, 1, "neck")]);
  EXPECT_FALSE(truth.labelled[joint_of(truth, 1, "l-hip")]);
  EXPECT_TRUE(truth.labelled[joint_of(truth, 0, "r-hip")]);
  EXPECT_EQ(truth.occluded[joint_of(truth, 0, "r-hip")], data::Occlusion::occluded);
  EXPECT_EQ(truth.occluded[joint_of(truth, 0, "l-hip")], data::Occlusion::visible);
}

TEST(GroundTruth, HeadSizeInDetectionsOurFormatIsThreeFifthsOfTheBoxDiagonal) {
  const TemporaryFolder folder;
  const GroundTruth example = example_truth(config::mpii16(), 2);
  write_detections(folder / "detections.mat", example);
  const GroundTruth truth = read_ground_truth(folder / "detections.mat");
  EXPECT_EQ(truth.joints, example.joints);
  EXPECT_THAT(truth.reference_length, testing::ElementsAre(30, 30));
  EXPECT_FALSE(truth.labelled[joint_of(truth, 1, "l-hip")]);
  EXPECT_THAT(truth.occluded, testing::Each(data::Occlusion::unknown));
}

TEST(GroundTruth, OnlyVisibilityIsTakenFromASecondFile) {
  const TemporaryFolder folder;
  const GroundTruth example = example_truth(config::mpii16(), 2);
  write_detections(folder / "detections.mat", example);
  write_newell(folder / "valid.h5", example);
  const GroundTruth truth = read_ground_truth(folder / "detections.mat", folder / "valid.h5");
  EXPECT_EQ(truth.occluded[joint_of(truth, 0, "r-hip")], data::Occlusion::occluded);
  EXPECT_THAT(truth.reference_length, testing::ElementsAre(30, 30));
}

TEST(GroundTruth, VisibilityOfOtherPeopleIsRefused) {
  const TemporaryFolder folder;
  GroundTruth example = example_truth(config::mpii16(), 2);
  write_detections(folder / "detections.mat", example);
  for (std::size_t joint = 16; joint < 32; ++joint) example.joints[joint][0] += 2;
  write_newell(folder / "moved.h5", example);
  write_newell(folder / "more.h5", example_truth(config::mpii16(), 3));
  expect_data_error([&] { read_ground_truth(folder / "detections.mat", folder / "moved.h5"); },
                    {"moved.h5", "15 of 15 joints of person 1 are at other places"});
  expect_data_error([&] { read_ground_truth(folder / "detections.mat", folder / "more.h5"); }, {"more.h5", "3 people"});
}

TEST(GroundTruth, APoseFilesJointsAreInPixelsOfThePhotograph) {
  const TemporaryFolder folder;
  data::Person person;
  person.joints.assign(14, {3, 5});
  person.labelled.assign(14, true);
  person.occluded.assign(14, data::Occlusion::unknown);
  person.crop_to_image = {2, 0, 100, 0, 2, 50};
  person.reference_length = 40;
  const GroundTruth truth = ground_truth(example_pose_file(folder / "p.h5", "lsp14", {person}));
  EXPECT_EQ(truth.skeleton, &config::lsp14());
  EXPECT_THAT(truth.joints, testing::Each(std::array{106.0, 60.0}));
  EXPECT_THAT(truth.reference_length, testing::ElementsAre(40));
}

TEST(GroundTruth, FilesWithoutGroundTruthAreRefusedWithNameAndDataset) {
  const TemporaryFolder folder;
  data::add_matlab_array(folder / "other.mat", "points", {3, 14, 1}, std::vector<double>(42));
  data::add_matlab_array(folder / "lspet.mat", "joints", {14, 3, 1}, std::vector<double>(42));
  data::add_matlab_array(folder / "turned.mat", "pos_gt_src", {2, 16, 3}, std::vector<double>(96));
  data::add_matlab_array(folder / "turned.mat", "jnt_missing", {16, 3}, std::vector<double>(48));
  data::add_matlab_array(folder / "turned.mat", "headboxes_src", {2, 2, 3}, std::vector<double>(12));
  GroundTruth headless = example_truth(config::mpii16(), 2);
  headless.reference_length[1] = 0;
  write_newell(folder / "headless.h5", headless);
  expect_data_error([&] { read_ground_truth(folder / "other.mat"); }, {"other.mat: pos_gt_src", "no such variable"});
  expect_data_error([&] { read_ground_truth(folder / "lspet.mat"); }, {"lspet.mat", "(14, 3, 1)", "LSP extended"});
  expect_data_error([&] { read_ground_truth(folder / "turned.mat"); },
                    {"turned.mat: pos_gt_src", "(2, 16, 3)", "expected (16, 2, 3)"});
  expect_data_error([&] { read_ground_truth(folder / "headless.h5"); },
                    {"headless.h5: normalize", "the head size of person 1 is 0"});
}

// Joint (x, y) of part k of person n is at (10 n + k, 20 + 5 k) in MATLAB's convention.
TEST(GroundTruth, LspsJointsAreTheTruthAndTheSecondHalfIsTheTestPeople) {
  const TemporaryFolder folder;
  std::vector<double> values;
  for (int n = 0; n < 6; ++n) {
    for (int part = 0; part < 14; ++part)
      values.insert(values.end(), {10.0 * n + part, 20.0 + 5 * part, part == 6 ? 1.0 : 0.0});
  }
  data::add_matlab_array(folder / "joints.mat", "joints", {3, 14, 6}, values);
  const GroundTruth all = read_ground_truth(folder / "joints.mat"),
                    test = read_ground_truth(folder / "joints.mat", {}, 3);
  EXPECT_EQ(all.people(), 6);
  ASSERT_EQ(test.people(), 3);
  EXPECT_EQ(test.skeleton, &config::lsp14());
  EXPECT_EQ(test.reference, "torso");
  EXPECT_EQ(test.joints[2], (std::array{32.0, 30.0})) << "person 4 of the file";
  EXPECT_EQ(test.occluded[6], data::Occlusion::occluded);
  EXPECT_EQ(test.occluded[7], data::Occlusion::visible);
  EXPECT_DOUBLE_EQ(test.reference_length[0], std::hypot(7, 35)) << "left shoulder 9, right hip 2";
}

}  // namespace
}  // namespace pbn::evaluation
