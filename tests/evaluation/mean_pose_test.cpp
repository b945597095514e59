#include "evaluation/metrics.h"
#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

// A person whose parts are all at one point of the crop, with `scale` image pixels per crop pixel.
data::Person person_at(float x, float y, double scale) {
  data::Person person;
  person.joints.assign(16, {x, y});
  person.labelled.assign(16, true);
  person.occluded.assign(16, data::Occlusion::visible);
  person.crop_to_image = {scale, 0, 0, 0, scale, 0};
  person.reference_length = 10;
  return person;
}

TEST(MeanPose, IsTheMeanOfLabelledJointsPlacedInEachPersonsBox) {
  const TemporaryFolder folder;
  data::Person first = person_at(40, 20, 1), second = person_at(60, 30, 1);
  second.labelled[9] = false;
  first.labelled[7] = second.labelled[7] = false;
  const data::PoseSet training(example_pose_file(folder / "train.h5", "mpii16", {first, second}));
  const data::PoseFile validation =
      example_pose_file(folder / "validation.h5", "mpii16", {person_at(0, 0, 1), person_at(0, 0, 3)});
  const Predictions mean = mean_pose_predictions(training, validation);
  ASSERT_EQ(mean.people(), 2);
  EXPECT_EQ(mean.joints[0], (std::array{50.F, 25.F}));
  EXPECT_EQ(mean.joints[16], (std::array{150.F, 75.F}));
  EXPECT_EQ(mean.joints[9], (std::array{40.F, 20.F}));  // labelled for the first person only
  EXPECT_EQ(mean.joints[7], (std::array{56.F, 56.F}));  // never labelled: the middle of the 112-pixel crop
}

TEST(MeanPose, IsThatOfAllTrainingFilesWithTheirPartsMatchedByName) {
  const TemporaryFolder folder;
  data::Person sixteen = person_at(40, 20, 1), fourteen = person_at(60, 30, 1);
  sixteen.labelled[10] = false;  // r-wrist
  fourteen.joints.resize(14);
  fourteen.labelled.resize(14);
  fourteen.occluded.resize(14);
  std::vector<data::PoseFile> files;
  files.push_back(example_pose_file(folder / "mpii.h5", "mpii16", {sixteen}));
  files.push_back(example_pose_file(folder / "lsp.h5", "lsp14", {fourteen, fourteen, fourteen}));
  const data::PoseFile validation = example_pose_file(folder / "validation.h5", "lsp14", {fourteen});
  const Predictions mean = mean_pose_predictions(data::PoseSet(std::move(files), &config::lsp14()), validation);
  EXPECT_EQ(mean.joints[0], (std::array{55.F, 27.5F}));
  EXPECT_EQ(mean.joints[6], (std::array{60.F, 30.F})) << "the wrist that is labelled in one file only";
}

}  // namespace
}  // namespace pbn::evaluation
