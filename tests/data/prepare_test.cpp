// `pbn prepare` on small folders of the true layout, and on drawn people.
#include "data/prepare.h"

#include <matio.h>

#include <cstdlib>

#include "base/files.h"
#include "data/image.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

void write_joints(const fs::path& file, std::vector<std::size_t> shape, std::vector<double> values,
                  const char* name = "joints") {
  fs::remove(file);
  mat_t* mat = Mat_CreateVer(file.c_str(), "", MAT_FT_MAT5);
  matvar_t* variable =
      Mat_VarCreate(name, MAT_C_DOUBLE, MAT_T_DOUBLE, static_cast<int>(shape.size()), shape.data(), values.data(), 0);
  Mat_VarWrite(mat, variable, MAT_COMPRESSION_ZLIB);
  Mat_VarFree(variable);
  Mat_Close(mat);
}

// Person n stands upright in a photograph of 60 x 100 pixels: part k at (10 + k, 20 + 5 k) in MATLAB's count.
// MATLAB's order: the first index runs fastest.
std::vector<double> lsp_joints(int people) {
  std::vector<double> values;
  for (int n = 0; n < people; ++n) {
    for (int part = 0; part < 14; ++part) {
      values.insert(values.end(), {10.0 + part, 20.0 + 5 * part, part == 6 ? 1.0 : 0.0});
    }
  }
  return values;
}

Image photograph() { return {60, 100, std::vector<std::uint8_t>(60 * 100 * 3, 200)}; }

void write_photographs(const fs::path& folder, int people, int digits) {
  fs::create_directories(folder / "images");
  const std::string jpeg = encode_jpeg(photograph(), 90);
  for (int n = 1; n <= people; ++n) {
    write_atomically(folder / "images" / fmt::format("im{:0{}}.jpg", n, digits), jpeg);
  }
}

class PrepareLsp : public testing::Test {
 protected:
  PrepareLsp() {
    write_photographs(folder_ / "lsp", 6, 4);
    write_joints(folder_ / "lsp/joints.mat", {3, 14, 6}, lsp_joints(6));
    options_.folder = folder_ / "lsp";
    options_.train_file = folder_ / "out/train.h5";
    options_.test_file = folder_ / "out/test.h5";
    options_.how.box_pixels = 64;
    options_.how.show_progress = false;
  }

  void expect_refusal(Blame blame, const std::string& message) const {
    const Error error = error_of([&] { prepare_lsp(options_); });
    EXPECT_EQ(error.blame, blame) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(message));
  }

  TestFolder folder_;
  LspOptions options_;
};

TEST_F(PrepareLsp, TheFirstHalfTrainsAndTheSecondTests) {
  const PrepareSummary summary = prepare_lsp(options_);
  ASSERT_THAT(summary.files, SizeIs(2));
  EXPECT_EQ(summary.people(), 6);
  EXPECT_EQ(summary.files[0].labelled, 3 * 14);
  EXPECT_EQ(summary.files[0].occluded, 3);
  const PoseFile train(options_.train_file), test(options_.test_file);
  EXPECT_EQ(train.people()[0].image_name, "im0001.jpg");
  EXPECT_EQ(test.people()[0].image_name, "im0004.jpg");
  EXPECT_EQ(train.info().split, "train");
  EXPECT_EQ(test.info().split, "test");
  EXPECT_EQ(train.info().fingerprint, summary.files[0].fingerprint);
}

TEST_F(PrepareLsp, TheThirdRowIsOcclusionAndAllJointsAreLabelled) {
  prepare_lsp(options_);
  const PoseFile train(options_.train_file);
  const Person& person = train.people()[0];
  EXPECT_EQ(person.occluded[6], Occlusion::occluded);
  EXPECT_EQ(person.occluded[7], Occlusion::visible);
  EXPECT_EQ(person.labelled, std::vector<bool>(14, true));
}

TEST_F(PrepareLsp, ImageCoordinatesAreThoseOfJointsMat) {
  prepare_lsp(options_);
  for (const fs::path& file : {options_.train_file, options_.test_file}) {
    const PoseFile poses(file);
    for (int part = 0; part < 14; ++part) {
      const auto joint = poses.people()[1].joint_in_image(part);
      EXPECT_NEAR(joint[0], 10 + part, 1e-4);
      EXPECT_NEAR(joint[1], 20 + 5 * part, 1e-4);
    }
    // Right hip (12, 30), left shoulder (19, 65).
    EXPECT_NEAR(poses.people()[1].reference_length, std::hypot(7, 35), 1e-4);
  }
}

TEST_F(PrepareLsp, TrainingBoxesFollowTheBodyAndTestBoxesThePhotographAlone) {
  prepare_lsp(options_);
  const PoseFile train(options_.train_file), test(options_.test_file);
  // The body is 65 pixels high, about (16.5, 52.5) in MATLAB's count.
  EXPECT_NEAR(train.people()[0].crop_to_image[0], 65 * 410.0 / 256 / 64, 1e-9);
  const auto centre = apply(train.people()[0].crop_to_image, 56, 56);
  EXPECT_NEAR(centre[0], 16.5, 1e-9);
  EXPECT_NEAR(centre[1], 52.5, 1e-9);
  // The photograph is 60 x 100; its centre is (30, 50), which is (30.5, 50.5) in MATLAB's count.
  EXPECT_NEAR(test.people()[0].crop_to_image[0], 1.25 * 100 / 64, 1e-9);
  const auto middle = apply(test.people()[0].crop_to_image, 56, 56);
  EXPECT_NEAR(middle[0], 30.5, 1e-9);
  EXPECT_NEAR(middle[1], 50.5, 1e-9);
}

TEST_F(PrepareLsp, AnyNumberOfThreadsMakesTheSameBytes) {
  options_.how.threads = 1;
  prepare_lsp(options_);
  const std::string bytes = read_file(options_.train_file);
  options_.how.threads = 7;
  options_.how.force = true;
  prepare_lsp(options_);
  EXPECT_EQ(read_file(options_.train_file), bytes);
}

TEST_F(PrepareLsp, WhatExistsIsReplacedOnlyByForce) {
  prepare_lsp(options_);
  expect_refusal(Blame::usage, "there is such a file already; give --force to replace it");
  options_.how.force = true;
  EXPECT_NO_THROW(prepare_lsp(options_));
}

TEST_F(PrepareLsp, AMissingFolderIsAUsageError) {
  options_.folder = folder_ / "elsewhere";
  expect_refusal(Blame::usage, "elsewhere: there is no such folder");
}

TEST_F(PrepareLsp, AFolderWithoutJointsOrImagesIsADataError) {
  fs::remove(options_.folder / "joints.mat");
  expect_refusal(Blame::data, "joints.mat: there is no such file");
  write_joints(options_.folder / "joints.mat", {3, 14, 6}, lsp_joints(6));
  fs::remove(options_.folder / "images/im0002.jpg");
  expect_refusal(Blame::data, "im0002.jpg: person 2 has no photograph");
  fs::remove_all(options_.folder / "images");
  expect_refusal(Blame::data, "images: there are no images");
}

TEST_F(PrepareLsp, JointsOfAnotherShapeAreShownWithTheExpectedOne) {
  write_joints(options_.folder / "joints.mat", {3, 14}, lsp_joints(1));
  expect_refusal(Blame::data, "joints.mat: variable \"joints\" has shape (3, 14); expected (3, 14, people)");
  write_joints(options_.folder / "joints.mat", {14, 3, 6}, lsp_joints(6));
  expect_refusal(Blame::data, "has shape (14, 3, 6); expected (3, 14, people)");
  write_joints(options_.folder / "joints.mat", {3, 14, 6}, lsp_joints(6), "poses");
  expect_refusal(Blame::data, "joints: there is no such variable");
  write_atomically(options_.folder / "joints.mat", "not MATLAB");
  expect_refusal(Blame::data, "joints.mat: is not a MATLAB file");
}

TEST_F(PrepareLsp, ATruncatedPhotographIsNamedWithItsPersonAndNothingIsLeft) {
  const std::string jpeg = encode_jpeg(photograph(), 90);
  write_atomically(options_.folder / "images/im0002.jpg", jpeg.substr(0, jpeg.size() - 20));
  expect_refusal(Blame::data, "im0002.jpg (train person 2): is a JPEG that was cut short");
  EXPECT_TRUE(fs::is_empty(folder_ / "out"));
}

TEST_F(PrepareLsp, TheBoxMustBeAMultipleOf64) {
  options_.how.box_pixels = 100;
  expect_refusal(Blame::usage, "64");
}

TEST_F(PrepareLsp, AnOutputFolderThatCannotBeWrittenIsAnEnvironmentError) {
  options_.train_file = "/proc/nowhere/train.h5";
  expect_refusal(Blame::environment, "/proc/nowhere");
}

TEST(PrepareLspet, TheThirdColumnIsAnnotationAndOcclusionIsUnknown) {
  const TestFolder folder;
  write_photographs(folder / "lspet", 2, 5);
  std::vector<double> joints(2 * 3 * 14, 0);
  for (int part = 0; part < 14; ++part) {
    joints[part] = 10 + part;
    joints[14 + part] = 20 + 5 * part;
    joints[28 + part] = part == 9 ? 0 : 1;  // left shoulder
  }
  joints[9] = -4000;  // junk, as the files have it where nothing was annotated
  write_joints(folder / "lspet/joints.mat", {14, 3, 2}, joints);

  LspetOptions options{folder / "lspet", folder / "a.h5", {}};
  options.how.box_pixels = 64;
  const PrepareSummary summary = prepare_lspet(options);
  EXPECT_EQ(summary.files[0].labelled, 13);
  EXPECT_EQ(summary.files[0].unknown_occlusion, 13);
  const PoseFile file(folder / "a.h5");
  const Person &first = file.people()[0], &nobody = file.people()[1];
  EXPECT_FALSE(first.labelled[9]);
  EXPECT_TRUE(first.labelled[8]);
  EXPECT_EQ(first.occluded, std::vector<Occlusion>(14, Occlusion::unknown));
  EXPECT_EQ(first.reference_length, 0);  // the torso needs the left shoulder
  EXPECT_NEAR(first.joint_in_image(0)[0], 10, 1e-4);
  EXPECT_NEAR(first.crop_to_image[0], 65 * 410.0 / 256 / 64, 1e-9) << "junk must not widen the box";
  EXPECT_NEAR(nobody.crop_to_image[0], 1.25 * 100 / 64, 1e-9) << "without joints: the photograph's box";
}

}  // namespace
}  // namespace pbn
