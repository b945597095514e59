// The published predictions of a one-block, two-stack hourglass on MPII's validation set, compared with figures from
// the established evaluators.
#include <filesystem>
#include <map>

#include "evaluation/metrics.h"
#include "tests/evaluation/example_data.h"
#include "tests/places.h"

namespace pbn::evaluation {
namespace {

const std::filesystem::path mpii = shared_data() / "mpii";

class ReleasedPredictions : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(mpii / "bearpaw-hg_s2_b1.mat")) GTEST_SKIP() << "needs real data at " << mpii;
  }

  static void expect_figures(const Figures& figures, const std::map<std::string, double>& expected) {
    for (const auto& [name, percent] : expected) EXPECT_NEAR(figures.at(name), percent, 0.005 + 1e-9) << name;
  }
};

TEST_F(ReleasedPredictions, AgainstMpiisOwnGroundTruthGiveThePublishedFigures) {
  const Figures figures =
      evaluate(read_predictions(mpii / "bearpaw-hg_s2_b1.mat"), read_ground_truth(mpii / "detections_our_format.mat"));
  expect_figures(figures, {{"pckh50.head", 95.80},
                           {"pckh50.shoulder", 94.57},
                           {"pckh50.elbow", 88.12},
                           {"pckh50.wrist", 83.31},
                           {"pckh50.hip", 86.24},
                           {"pckh50.knee", 80.88},
                           {"pckh50.ankle", 77.44},
                           {"pckh50.un14", 86.76},
                           {"pckh50.w14", 87.30},
                           {"pckh50.un16", 87.67}});
  EXPECT_FALSE(figures.contains("pckh50.un16@occluded"));  // that file does not annotate occlusion
}

TEST_F(ReleasedPredictions, WithNewellsVisibilityGiveTheFiguresOfInvisibleParts) {
  const GroundTruth truth = read_ground_truth(mpii / "detections_our_format.mat", mpii / "valid.h5");
  expect_figures(evaluate(read_predictions(mpii / "bearpaw-hg_s2_b1.mat"), truth),
                 {{"pckh50.un16@occluded", 69.56}, {"pckh50.hard10@occluded", 61.38}});
  const auto joints = count_joints(truth);
  EXPECT_EQ(joints.at("shoulder@occluded"), 1288);
  EXPECT_EQ(joints.at("elbow@occluded"), 1277);
  EXPECT_EQ(joints.at("wrist@occluded"), 1442);
  EXPECT_EQ(joints.at("hip@occluded"), 1571);
  EXPECT_EQ(joints.at("knee@occluded"), 1109);
  EXPECT_EQ(joints.at("ankle@occluded"), 1057);
  EXPECT_EQ(joints.at("pelvis@occluded"), 1258);
  EXPECT_EQ(joints.at("thorax@occluded"), 1241);
  EXPECT_EQ(joints.at("head@occluded") + joints.at("neck@occluded"), 0);
}

TEST_F(ReleasedPredictions, AgainstNewellsFileAgreeToATenthOfAPercent) {
  const Figures figures =
      evaluate(read_predictions(mpii / "bearpaw-hg_s2_b1.mat"), read_ground_truth(mpii / "valid.h5"));
  EXPECT_NEAR(figures.at("pckh50.un16"), 87.67, 0.1);
}

TEST_F(ReleasedPredictions, GroundTruthAndPredictionsAreNotConfused) {
  expect_data_error([] { read_predictions(mpii / "detections_our_format.mat"); }, {"detections_our_format.mat: preds"});
  expect_data_error([] { read_predictions(mpii / "valid.h5"); }, {"valid.h5: preds"});
  expect_data_error([] { read_ground_truth(mpii / "bearpaw-hg_s2_b1.mat"); }, {"bearpaw-hg_s2_b1.mat: pos_gt_src"});
}

}  // namespace
}  // namespace pbn::evaluation
