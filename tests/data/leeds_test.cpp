// Leeds Sports Pose and its extension, prepared from small folders of the same layout.
#include "error_of.h"
#include "leeds_folder.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Lsp : public testing::Test {
 protected:
  Lsp() {
    write_lsp_folder(lsp_, 6);
    options_ = options_for("lsp", lsp_);
    options_.files = {{"train", folder_ / "train.h5"}, {"test", folder_ / "test.h5"}};
  }

  void write_joints(const std::vector<std::size_t>& shape, int people, const char* name = "joints") const {
    fs::remove(lsp_ / "joints.mat");
    add_matlab_array(lsp_ / "joints.mat", name, shape, lsp_joints(people));
  }

  void expect_refusal(Blame blame, const std::string& message) const {
    const Error error = error_of([&] { prepare_photographs(options_); });
    EXPECT_EQ(error.blame, blame) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(message));
  }

  TemporaryFolder folder_;
  fs::path lsp_ = folder_ / "lsp";
  PhotographOptions options_;
};

TEST_F(Lsp, TheFirstHalfTrainsAndTheSecondTests) {
  prepare_photographs(options_);
  const PoseFile train(folder_ / "train.h5"), test(folder_ / "test.h5");
  EXPECT_EQ(train.people()[0].image_name, "im0001.jpg");
  EXPECT_EQ(test.people()[0].image_name, "im0004.jpg");
  EXPECT_EQ(train.info().split, "train");
  EXPECT_EQ(test.info().split, "test");
}

TEST_F(Lsp, TheThirdRowIsOcclusionAndAllJointsAreLabelled) {
  prepare_photographs(options_);
  const PoseFile train(folder_ / "train.h5");
  const Person& person = train.people()[0];
  EXPECT_EQ(person.occluded[6], Occlusion::occluded);
  EXPECT_EQ(person.occluded[7], Occlusion::visible);
  EXPECT_EQ(person.labelled, std::vector<bool>(14, true));
}

TEST_F(Lsp, ImageCoordinatesAreThoseOfJointsMat) {
  prepare_photographs(options_);
  for (const char* file : {"train.h5", "test.h5"}) {
    const PoseFile poses(folder_ / file);
    for (int part = 0; part < 14; ++part) {
      const auto joint = poses.people()[1].joint_in_image(part);
      EXPECT_NEAR(joint[0], 10 + part, 1e-4);
      EXPECT_NEAR(joint[1], 20 + 5 * part, 1e-4);
    }
    // Right hip (12, 30), left shoulder (19, 65).
    EXPECT_NEAR(poses.people()[1].reference_length, std::hypot(7, 35), 1e-4);
  }
}

TEST_F(Lsp, TrainingBoxesFollowTheBodyAndTestBoxesThePhotographAlone) {
  prepare_photographs(options_);
  const PoseFile train(folder_ / "train.h5"), test(folder_ / "test.h5");
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

TEST_F(Lsp, PhotographsMayBePngOrHaveCapitalsButNotTwoOfOneNumber) {
  const auto images = lsp_ / "images";
  fs::rename(images / "im0001.jpg", images / "im0001.JPG");
  fs::rename(images / "im0002.jpg", images / "im0002.jpeg");
  fs::remove(images / "im0003.jpg");
  write_atomically(images / "im0003.PNG", encode_png({60, 100, std::vector<std::uint8_t>(60 * 100 * 3, 200)}));
  prepare_photographs(options_);
  const PoseFile train(folder_ / "train.h5");
  EXPECT_EQ(train.people()[0].image_name, "im0001.JPG");
  EXPECT_EQ(train.people()[1].image_name, "im0002.jpeg");
  EXPECT_EQ(train.people()[2].image_name, "im0003.PNG");
  options_.how.force = true;
  write_atomically(images / "im0003.jpg", photograph_of_60_by_100());
  expect_refusal(Blame::data, "is a photograph of the same number; keep the one that belongs to joints.mat");
}

TEST_F(Lsp, JointsOutsideThePhotographAreCountedAndReported) {
  std::vector<double> joints = lsp_joints(6);
  joints[0] = 61;         // right ankle of person 1, a pixel beyond the right edge
  joints[3 + 1] = -4;     // right knee, above
  joints[2 * 42] = 60.5;  // of person 3: the last pixel's right edge is at 60.5 in MATLAB's count
  fs::remove(lsp_ / "joints.mat");
  add_matlab_array(lsp_ / "joints.mat", "joints", {3, 14, 6}, joints);
  const PrepareSummary summary = prepare_photographs(options_);
  EXPECT_EQ(summary.files[0].photographs.joints_outside, 3);
  EXPECT_EQ(summary.files[0].photographs.people_outside.count, 2);
  EXPECT_EQ(summary.files[1].photographs.joints_outside, 0);
  EXPECT_THAT(summary.text(),
              HasSubstr("train.h5: 3 labelled joints lie outside the photograph, of 2 people (the first: "
                        "im0001.jpg person 0)"));
  EXPECT_EQ(summary.json()["files"][0]["photographs"]["joints_outside"], 3);
}

TEST_F(Lsp, AnInvalidLocationIsReported) {
  std::vector<double> joints = lsp_joints(6);
  joints[3] = std::nan("");
  fs::remove(lsp_ / "joints.mat");
  add_matlab_array(lsp_ / "joints.mat", "joints", {3, 14, 6}, joints);
  expect_refusal(Blame::data, "person 1, r-knee: (nan, 25, 0) is not a location in a photograph");
}

TEST_F(Lsp, AMissingFolderIsAUsageError) {
  options_.place.input = folder_ / "elsewhere";
  expect_refusal(Blame::usage, "elsewhere: there is no such folder");
}

TEST_F(Lsp, AFolderWithoutJointsOrImagesIsADataError) {
  fs::remove(lsp_ / "joints.mat");
  expect_refusal(Blame::data, "joints.mat: there is no such file");
  write_joints({3, 14, 6}, 6);
  fs::remove(lsp_ / "images/im0002.jpg");
  expect_refusal(Blame::data, "im0002.jpg");
  fs::remove_all(lsp_ / "images");
  expect_refusal(Blame::data, "images: there are no images");
}

TEST_F(Lsp, JointsOfAnotherShapeAreShownWithTheExpectedOne) {
  write_joints({3, 14}, 1);
  expect_refusal(Blame::data, "joints.mat: variable \"joints\" has shape (3, 14); expected (3, 14, people)");
  write_joints({14, 3, 6}, 6);
  expect_refusal(Blame::data, "has shape (14, 3, 6); expected (3, 14, people)");
  write_joints({3, 14, 6}, 6, "poses");
  expect_refusal(Blame::data, "joints: there is no such variable");
  write_atomically(lsp_ / "joints.mat", "not MATLAB");
  expect_refusal(Blame::data, "joints.mat: is not a MATLAB file");
}

TEST(Lspet, TheThirdColumnIsAnnotationAndOcclusionIsUnknown) {
  const TemporaryFolder folder;
  write_photographs(folder / "lspet", 2, 5);
  std::vector<double> joints(2 * 3 * 14, 0);
  for (int part = 0; part < 14; ++part) {
    joints[part] = 10 + part;
    joints[14 + part] = 20 + 5 * part;
    joints[28 + part] = part == 9 ? 0 : 1;  // left shoulder
  }
  joints[9] = -4000;  // as in the original files for joints that were not annotated
  add_matlab_array(folder / "lspet" / "joints.mat", "joints", {14, 3, 2}, joints);

  PhotographOptions options = options_for("lspet", folder / "lspet");
  options.files = {{"train", folder / "a.h5"}};
  const PrepareSummary summary = prepare_photographs(options);
  EXPECT_EQ(summary.files[0].labelled, 13);
  EXPECT_EQ(summary.files[0].unknown_occlusion, 13);
  const PoseFile file(folder / "a.h5");
  const Person &first = file.people()[0], &nobody = file.people()[1];
  EXPECT_FALSE(first.labelled[9]);
  EXPECT_TRUE(first.labelled[8]);
  EXPECT_EQ(first.occluded, std::vector<Occlusion>(14, Occlusion::unknown));
  EXPECT_EQ(first.reference_length, 0);  // the torso needs the left shoulder
  EXPECT_NEAR(first.joint_in_image(0)[0], 10, 1e-4);
  EXPECT_NEAR(first.crop_to_image[0], 65 * 410.0 / 256 / 64, 1e-9) << "unlabelled joints must not affect the box";
  EXPECT_NEAR(nobody.crop_to_image[0], 1.25 * 100 / 64, 1e-9) << "without joints: the photograph's box";
}

}  // namespace
}  // namespace pbn::data
