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
  const data::PoseFile training = example_pose_file(folder / "train.h5", "mpii16", {first, second});
  const data::PoseFile validation =
      example_pose_file(folder / "validation.h5", "mpii16", {person_at(0, 0, 1), person_at(0, 0, 3)});
  const Predictions mean = mean_pose_predictions(training, validation);
  ASSERT_EQ(mean.people(), 2);
  EXPECT_EQ(mean.joints[0], (std::array{50.F, 25.F}));
  EXPECT_EQ(mean.joints[16], (std::array{150.F, 75.F}));
  EXPECT_EQ(mean.joints[9], (std::array{40.F, 20.F}));  // labelled for the first person only
  EXPECT_EQ(mean.joints[7], (std::array{56.F, 56.F}));  // never labelled: the middle of the 112-pixel crop
}

TEST(MeanPose, NeedsTheSameSkeleton) {
  const TemporaryFolder folder;
  data::Person person = person_at(1, 1, 1);
  const data::PoseFile mpii = example_pose_file(folder / "mpii.h5", "mpii16", {person});
  person.joints.resize(14);
  person.labelled.resize(14);
  person.occluded.resize(14);
  const data::PoseFile lsp = example_pose_file(folder / "lsp.h5", "lsp14", {person});
  expect_data_error([&] { mean_pose_predictions(mpii, lsp); }, {"mpii16", "lsp14"});
}

}  // namespace
}  // namespace pbn::evaluation
