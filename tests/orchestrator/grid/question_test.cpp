#include "orchestrator/grid/question.h"

#include <gmock/gmock.h>

#include "grid_text.h"

namespace pbn::grid {
namespace {

using ::testing::HasSubstr;

const std::string worker_text = "worker: {command: [train]}\ncells: [{settings.head: [plain, deep]}]\n";
const std::string baseline_text = worker_text + "baseline: {settings.head: plain}\n";

TEST(Question, IsAFigureWithADirectionAndAMargin) {
  const Sweep sweep =
      sweep_of(worker_text + "metric: {name: error, better: lower, margin: 0.5, also: {name: seconds, margin: 10}}\n");
  const Question& question = sweep.grid.question;
  EXPECT_TRUE(question.is_stated);
  EXPECT_EQ(sweep.metric, "error");
  EXPECT_EQ(question.figure.better, Better::lower);
  EXPECT_EQ(question.figure.margin, 0.5);
  EXPECT_EQ(sweep.also, "seconds");
  EXPECT_EQ(question.also->better, Better::lower) << "as the first";
  EXPECT_EQ(question.also->margin, 10);
  EXPECT_EQ(question.alpha, 0.05);
  EXPECT_EQ(sweep_of(worker_text + "metric: {name: error, alpha: 0.025}\n").grid.question.alpha, 0.025);
}

TEST(Question, MayBeANameAlone) {
  const Sweep sweep = sweep_of(worker_text + "metric: error\n");
  EXPECT_FALSE(sweep.grid.question.is_stated);
  EXPECT_EQ(sweep.metric, "error");
  EXPECT_EQ(sweep.folder_name(), sweep_of(worker_text + "metric: {name: error, margin: 1}\n").folder_name());
}

TEST(Question, IsRefusedWithItsPlace) {
  EXPECT_THAT(refusal(worker_text + "metric: {name: error, better: less}\n"),
              HasSubstr("grid.yaml:3:31: metric.better: \"less\" is not allowed"));
  EXPECT_THAT(refusal(worker_text + "metric: {name: error, margin: -1}\n"),
              HasSubstr("metric.margin: -1 is not allowed"));
  EXPECT_THAT(refusal(worker_text + "metric: {name: error, alpha: 5}\n"), HasSubstr("metric.alpha: 5 is not allowed"));
  EXPECT_THAT(refusal(worker_text + "metric: {name: error, bettr: lower}\n"), HasSubstr("metric.bettr"));
  EXPECT_THAT(refusal(worker_text + "metric: {name: error, also: error}\n"), HasSubstr("is the metric itself"));
  EXPECT_THAT(refusal(worker_text + "metric: [a, b]\n"), HasSubstr("metric: expected text"));
}

TEST(SeedRuleOfAGrid, StandsInPlaceOfTheSeeds) {
  const Sweep sweep = sweep_of(baseline_text + "seeds: {until: decided, least: 4, most: 30}\n");
  EXPECT_EQ(sweep.grid.rule, (evaluation::SeedRule{4, 30}));
  EXPECT_EQ(sweep.cells[0].runs.size(), 30u);
  EXPECT_EQ(sweep.cells[0].runs[3].id, sweep_of(baseline_text + "seeds: [4]\n").cells[0].runs[0].id);
  const auto folder = [](const std::string& text) { return sweep_of(text).folder_name(); };
  const std::string rule = "seeds: {until: decided, least: 4, most: 30}\n";
  EXPECT_NE(folder(baseline_text + rule), folder(baseline_text + "seeds: 1..30\n"));
  EXPECT_NE(folder(baseline_text + rule), folder(baseline_text + "seeds: {until: decided, least: 5, most: 30}\n"));
  EXPECT_NE(folder(baseline_text + rule), folder(baseline_text + rule + "metric: {name: error, margin: 1}\n"));
  EXPECT_NE(folder(baseline_text + rule + "metric: {name: error, alpha: 0.025}\n"),
            folder(baseline_text + rule + "metric: {name: error}\n"));
}

TEST(SeedRuleOfAGrid, GivesWayToSeedsOnTheCommandLine) {
  const Sweep sweep = sweep_of(baseline_text + "seeds: {until: decided}\n", {.seeds = "1..3"});
  EXPECT_FALSE(sweep.grid.rule);
  EXPECT_EQ(sweep.folder_name(), sweep_of(baseline_text + "seeds: 1..3\n").folder_name());
}

TEST(SeedRuleOfAGrid, IsRefusedWithItsPlace) {
  EXPECT_THAT(refusal(worker_text + "seeds: {until: decided}\n"), HasSubstr("the grid has no baseline"));
  EXPECT_THAT(refusal(baseline_text + "seeds: {until: bored}\n"), HasSubstr("seeds.until: \"bored\" is not allowed; "));
  EXPECT_THAT(refusal(baseline_text + "seeds: {least: 5}\n"), HasSubstr("a rule begins with until: decided"));
  EXPECT_THAT(refusal(baseline_text + "seeds: {until: decided, least: 1}\n"),
              HasSubstr("seeds.least: 1 is not allowed"));
  EXPECT_THAT(refusal(baseline_text + "seeds: {until: decided, least: 9, most: 8}\n"),
              HasSubstr("most is smaller than least"));
}

}  // namespace
}  // namespace pbn::grid
