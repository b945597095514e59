#include "evaluation/report.h"

#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

using testing::HasSubstr;

TEST(EvaluationReport, ShowsEachPartAndMeanWithItsCounts) {
  GroundTruth truth = example_truth(config::mpii16(), 2);
  truth.occluded[joint_of(truth, 0, "r-knee")] = data::Occlusion::occluded;
  Predictions predictions = perfect(truth);
  miss_by(predictions, joint_of(truth, 0, "r-knee"), 50);
  const std::string text = evaluation_text(predictions, truth);
  EXPECT_THAT(text, HasSubstr("part        pckh50  visible  occluded  pckh10     auc  n  n visible  n occluded\n"));
  EXPECT_THAT(text, HasSubstr("knee         75.00   100.00      0.00   75.00   75.00  4          3           1\n"));
  EXPECT_THAT(text, HasSubstr("r-knee       50.00   100.00      0.00   50.00   50.00  2          1           1\n"));
  EXPECT_THAT(text, HasSubstr("l-knee      100.00   100.00         -  100.00  100.00  2          2           0\n"));
  EXPECT_THAT(text, HasSubstr("hard10   95.00"));
}

TEST(EvaluationReport, ListsPartsThatWereNotLearnedAndLeavesThemOut) {
  const GroundTruth truth = example_truth(config::mpii16(), 2);
  Predictions predictions = perfect(truth);
  constexpr float nowhere = std::numeric_limits<float>::quiet_NaN();
  for (const int person : {0, 1}) {
    for (const char* part : {"r-ankle", "l-ankle"})
      predictions.joints[joint_of(truth, person, part)] = {nowhere, nowhere};
  }
  const Json report = evaluation_json(predictions, truth);
  EXPECT_EQ(report.at("not_predicted"), Json({"r-ankle", "l-ankle"}));
  EXPECT_FALSE(report.at("figures").contains("pckh50.ankle"));
  EXPECT_EQ(report.at("figures").at("pckh50.hard10"), 100.0);
  EXPECT_EQ(report.at("joints").at("hard10"), 16);
  EXPECT_THAT(evaluation_text(predictions, truth),
              HasSubstr("Not predicted, so not in these figures: r-ankle, l-ankle\n"));
}

TEST(EvaluationReport, JsonHasTheSameFiguresByName) {
  const GroundTruth truth = example_truth(config::lsp14(), 5);
  const Json report = evaluation_json(perfect(truth), truth);
  EXPECT_EQ(report.at("skeleton"), "lsp14");
  EXPECT_EQ(report.at("reference"), "torso");
  EXPECT_EQ(report.at("people"), 5);
  EXPECT_EQ(report.at("figures").at("pck20.all14"), 100.0);
  EXPECT_EQ(report.at("joints").at("all14@visible"), 70);
  EXPECT_FALSE(report.at("figures").contains("pck20.all14@occluded"));
}

}  // namespace
}  // namespace pbn::evaluation
