// PCKh, PCK and AUC on cases small enough to be counted by hand.
#include "evaluation/metrics.h"

#include <cmath>
#include <limits>

#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;

TEST(Metrics, AJointExactlyAtTheThresholdIsFound) {
  const GroundTruth truth = example_truth(config::mpii16(), 1);  // head size 10: PCKh@0.5 reaches 5 pixels
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 0, "r-wrist"), 5.0F);
  miss_by(predictions, joint_of(truth, 0, "l-wrist"), 5.01F);
  miss_by(predictions, joint_of(truth, 0, "r-knee"), 1.0F);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_EQ(figures.at("pckh50.r-wrist"), 100);
  EXPECT_EQ(figures.at("pckh50.l-wrist"), 0);
  EXPECT_EQ(figures.at("pckh10.r-knee"), 100);
  EXPECT_EQ(figures.at("pckh10.r-wrist"), 0);
}

TEST(Metrics, LeftAndRightAreAveragedWhilePooledFiguresCountJoints) {
  GroundTruth truth = example_truth(config::mpii16(), 2);
  truth.labelled[joint_of(truth, 1, "l-elbow")] = false;
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 0, "l-elbow"), 50);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_EQ(figures.at("pckh50.elbow"), 50);  // right 2 of 2, left 0 of 1
  EXPECT_DOUBLE_EQ(figures.at("pckh50.un14"), 100 * 13.0 / 14);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.un16"), 100 * 15.0 / 16);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.hard10"), 90);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.upper"), 100 * 7.0 / 8);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.lower"), 100);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.w14"), 100 * 26.0 / 27);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.all16"), 100 * 30.0 / 31);
}

TEST(Metrics, AnUnlabelledJointDoesNotCount) {
  GroundTruth truth = example_truth(config::mpii16(), 1);
  const std::size_t ankle = joint_of(truth, 0, "r-ankle");
  truth.labelled[ankle] = false;
  Predictions predictions = perfect(truth);
  miss_by(predictions, ankle, 1000);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_EQ(figures.at("pckh50.all16"), 100);
  EXPECT_THAT(figures, Not(Contains(Key("pckh50.r-ankle"))));
  EXPECT_EQ(figures.at("pckh50.ankle"), 100);  // the left one alone
  EXPECT_EQ(count_joints(truth).at("ankle"), 1);
}

TEST(Metrics, VisibleAndOccludedJointsAreSplitAndUnknownOnesAreInNeither) {
  GroundTruth truth = example_truth(config::mpii16(), 3);
  truth.occluded[joint_of(truth, 1, "r-hip")] = data::Occlusion::occluded;
  truth.occluded[joint_of(truth, 2, "r-hip")] = data::Occlusion::unknown;
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 1, "r-hip"), 50);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_DOUBLE_EQ(figures.at("pckh50.r-hip"), 100 * 2.0 / 3);
  EXPECT_EQ(figures.at("pckh50.r-hip@visible"), 100);
  EXPECT_EQ(figures.at("pckh50.r-hip@occluded"), 0);
  EXPECT_EQ(figures.at("pckh50.un16@occluded"), 0);  // the right hip is the only part with an occluded joint
  EXPECT_THAT(figures, Not(Contains(Key("pckh50.elbow@occluded"))));
  EXPECT_EQ(count_joints(truth).at("r-hip@visible"), 1);
  EXPECT_EQ(count_joints(truth).at("elbow@occluded"), 0);
}

TEST(Metrics, HeadIsTheHeadTopOnMpiiAndItsMeanWithTheNeckOnLsp) {
  const auto figures_without_neck = [](const config::Skeleton& skeleton) {
    const GroundTruth truth = example_truth(skeleton, 1);
    Predictions predictions = perfect(truth);
    miss_by(predictions, joint_of(truth, 0, "neck"), 50);
    return evaluate(predictions, truth);
  };
  EXPECT_EQ(figures_without_neck(config::mpii16()).at("pckh50.head"), 100);
  EXPECT_EQ(figures_without_neck(config::lsp14()).at("pck20.head"), 50);
}

TEST(Metrics, PckOfLspIsMeasuredInTorsoLengthsAndPoolsFourteenParts) {
  const GroundTruth truth = example_truth(config::lsp14(), 1);  // torso 10: PCK@0.2 reaches 2 pixels
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 0, "l-knee"), 2.0F);
  miss_by(predictions, joint_of(truth, 0, "r-knee"), 2.01F);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_EQ(figures.at("pck20.knee"), 50);
  EXPECT_DOUBLE_EQ(figures.at("pck20.all14"), 100 * 13.0 / 14);
  EXPECT_THAT(figures, Not(Contains(Key("pck20.un16"))));
  EXPECT_THAT(figures, Not(Contains(Key("pckh50.knee"))));
}

TEST(Metrics, AucIsTheAreaUnderTheCurveOfThresholdsUpToOneHalf) {
  const GroundTruth truth = example_truth(config::mpii16(), 1);
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 0, "neck"), 2.5F);  // found at 0.25, 0.26, ... 0.50: 26 of 51, the last one half
  miss_by(predictions, joint_of(truth, 0, "thorax"), 5.1F);
  const Figures figures = evaluate(predictions, truth);
  EXPECT_DOUBLE_EQ(figures.at("auc.pelvis"), 100);
  EXPECT_DOUBLE_EQ(figures.at("auc.neck"), 100 * 25.5 / 50);
  EXPECT_EQ(figures.at("auc.thorax"), 0);
}

TEST(Metrics, ANanPredictionFindsNothing) {
  const GroundTruth truth = example_truth(config::mpii16(), 1);
  Predictions predictions = perfect(truth);
  predictions.joints[joint_of(truth, 0, "neck")][1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(evaluate(predictions, truth).at("pckh50.neck"), 0);
}

TEST(Metrics, DifferentNumbersOfPeopleOrPartsAreRefused) {
  const GroundTruth truth = example_truth(config::mpii16(), 2);
  expect_data_error([&] { evaluate(perfect(example_truth(config::mpii16(), 3)), truth); }, {"3 people", "2"});
  expect_data_error([&] { evaluate(perfect(example_truth(config::lsp14(), 2)), truth); }, {"14 parts", "16"});
}

}  // namespace
}  // namespace pbn::evaluation
