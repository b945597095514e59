#include "orchestrator/report/statistics/comparison.h"

#include <gtest/gtest.h>

namespace pbn::report {
namespace {

using Values = std::vector<std::optional<double>>;
constexpr std::nullopt_t absent = std::nullopt;

ReportedCell cell_with(const char* label, bool is_baseline, Json settings, Values values) {
  ReportedCell cell;
  cell.label = cell.cell = label;
  cell.is_baseline = is_baseline;
  cell.settings = std::move(settings);
  cell.figures["f"] = std::move(values);
  return cell;
}

const Comparison& figure_of(const ReportedCell& cell) { return cell.against->figures.at("f"); }

TEST(Comparison, PairsTheSeedsThatBothHave) {
  std::vector<ReportedCell> cells{cell_with("plain", true, {{"head", "plain"}}, {80.0, 81.0, absent, 83.0}),
                                  cell_with("pbn", false, {{"head", "pbn"}}, {81.0, absent, 90.0, 84.5})};
  compare_with_baseline(cells, {"f"});
  const Comparison& pairs = figure_of(cells[1]);
  EXPECT_EQ(pairs.n, 2);
  EXPECT_DOUBLE_EQ(*pairs.mean, 1.25);                            // +1 and +1.5
  EXPECT_NEAR(pairs.interval->low, 1.25 - 12.7062 * 0.25, 1e-3);  // t of one degree of freedom
  EXPECT_EQ(pairs.p, 0.5);
}

TEST(Comparison, TakesTheBaselineThatDiffersLeast) {
  std::vector<ReportedCell> cells{
      cell_with("plain at 1 stack", true, {{"head", "plain"}, {"stacks", 1}}, {80.0}),
      cell_with("plain at 3 stacks", true, {{"head", "plain"}, {"stacks", 3}}, {85.0}),
      cell_with("pbn at 3 stacks", false, {{"head", "pbn"}, {"stacks", 3}, {"depth", 1}}, {86.0})};
  compare_with_baseline(cells, {"f"});
  EXPECT_EQ(cells[2].against->label, "plain at 3 stacks");
  EXPECT_EQ(figure_of(cells[2]).mean, 1);
}

TEST(Comparison, CorrectsForAllPlannedComparisons) {
  std::vector<ReportedCell> cells{
      cell_with("base", true, {}, Values(6, 0.0)), cell_with("a", false, {}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}),
      cell_with("b", false, {}, {1.0, -2.0, 3.0, -4.0, 5.0, -6.0}), cell_with("none", false, {}, {})};
  compare_with_baseline(cells, {"f"});
  EXPECT_EQ(figure_of(cells[1]).p, 2.0 / 64);
  EXPECT_EQ(figure_of(cells[1]).holm, 3 * 2.0 / 64);  // the planned one without results counts
  EXPECT_EQ(figure_of(cells[1]).least_p, 2.0 / 64);
  EXPECT_GT(figure_of(cells[2]).holm, 0.5);
  EXPECT_TRUE(cells[3].against->figures.empty());
}

TEST(Comparison, BeyondFortySeedsIsEstimatedAndStillCorrected) {
  const Values zeros(50, 0.0), ones(50, 1.0);
  Values some = ones;
  for (std::size_t i = 20; i < 50; ++i) some[i] = absent;
  std::vector<ReportedCell> cells{cell_with("base", true, {}, zeros), cell_with("all", false, {}, ones),
                                  cell_with("some", false, {}, some)};
  compare_with_baseline(cells, {"f"});
  const Comparison& all = figure_of(cells[1]);
  EXPECT_EQ(all.p, 1e-5);
  EXPECT_EQ(all.least_p, 1e-5);
  EXPECT_EQ(all.draws, evaluation::sign_flip_draws);
  const Comparison& twenty = figure_of(cells[2]);
  EXPECT_FALSE(twenty.draws);
  EXPECT_DOUBLE_EQ(*twenty.holm, 2 * *twenty.p);
}

TEST(Comparison, HasAPForFiguresOfAnySize) {
  const auto compared = [](const Values& values, const Values& baseline) {
    std::vector<ReportedCell> cells{cell_with("base", true, {}, baseline), cell_with("a", false, {}, values)};
    compare_with_baseline(cells, {"f"});
    return figure_of(cells[1]);
  };
  const Comparison far = compared({-1e308, -1e308, -1e308}, {0.5, 0.5, 0.5});
  EXPECT_EQ(far.mean, -1e308);
  EXPECT_EQ(far.interval->low, -1e308);
  EXPECT_EQ(far.p, 0.25);
  const Comparison beyond = compared({-1e308, -1e308, -1e308}, {1e308, 1e308, 1e308});
  EXPECT_FALSE(beyond.mean);  // no double can hold it
  EXPECT_EQ(beyond.p, 0.25);
}

Values seeds_around(double centre, std::size_t seeds) {
  Values values;
  for (std::size_t i = 0; i < seeds; ++i) values.emplace_back(centre + (i % 2 ? 0.4 : -0.4) + 0.01 * (i % 5));
  return values;
}

TEST(Comparison, AnswersWhatTheStudyAsks) {
  std::vector<ReportedCell> cells{
      cell_with("base", true, {}, Values(12, 0.0)), cell_with("lower", false, {}, seeds_around(-3, 12)),
      cell_with("same", false, {}, seeds_around(0, 12)), cell_with("none", false, {}, Values(12))};
  const Question question{.figures = {{"f", grid::Better::lower, 1.0}}, .is_stated = true};
  compare_with_baseline(cells, {"f"}, evaluation::unbounded, same_parts(nullptr), question);
  answer_question(cells, question, same_parts(nullptr));
  EXPECT_EQ(figure_of(cells[1]).finding, evaluation::Finding::lower);
  EXPECT_EQ(figure_of(cells[1]).holm, 3 * *figure_of(cells[1]).p) << "the planned one without results counts";
  EXPECT_LT(*figure_of(cells[1]).effect(), -5);
  EXPECT_EQ(figure_of(cells[2]).finding, evaluation::Finding::equivalent);
  EXPECT_TRUE(cells[3].against->figures.empty());
}

TEST(Comparison, IsSequentialUnderARule) {
  Values late = seeds_around(3, 12);
  late[8] = absent;  // the seeds after it do not count
  std::vector<ReportedCell> cells{cell_with("base", true, {}, Values(12, 0.0)), cell_with("late", false, {}, late)};
  const Question question{
      .figures = {{"f", grid::Better::higher, {}}}, .is_stated = true, .rule = evaluation::SeedRule{5, 12}};
  compare_with_baseline(cells, {"f"}, evaluation::unbounded, same_parts(nullptr), question);
  answer_question(cells, question, same_parts(nullptr));
  const Comparison& comparison = figure_of(cells[1]);
  EXPECT_EQ(comparison.n, 8);
  EXPECT_EQ(comparison.finding, evaluation::Finding::higher);
  EXPECT_GT(*comparison.p, comparison.least_p);
  EXPECT_GT(comparison.least_p, evaluation::smallest_sign_flip_p(8));
  EXPECT_GT(comparison.interval->low, 0);
}

TEST(Comparison, MakesNoClaimFromASingleSeed) {
  std::vector<ReportedCell> cells{cell_with("base", true, {}, {80.0}), cell_with("a", false, {}, {90.0})};
  compare_with_baseline(cells, {"f"});
  EXPECT_FALSE(figure_of(cells[1]).interval);
  EXPECT_EQ(figure_of(cells[1]).p, 1);
}

}  // namespace
}  // namespace pbn::report
