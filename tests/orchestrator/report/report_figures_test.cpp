#include "orchestrator/report/figures/figures.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/report/figures/charts.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/statistics/comparison.h"
#include "tests/orchestrator/study.h"

namespace pbn::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class ReportFigures : public ::testing::Test {
 protected:
  ReportFigures() {
    float error = 0;
    for (const grid::Cell& cell : sweep_.cells) {
      for (const auto& run : cell.runs) {
        finish(store_, cell, run, error += 1.5F);
        const auto metrics = store_.folder(run.id) / "metrics.jsonl";
        for (const int epoch : {1, 2, 2}) {  // the second is repeated after an interruption
          append_json_line(metrics,
                           {{"kind", "epoch"}, {"epoch", epoch}, {"training_loss", 0.01 / epoch + 0.001 * error}});
          if (epoch == 2) continue;  // the result has the figures after the last epoch
          append_json_line(metrics, {{"kind", "validation"}, {"epoch", 1}, {"figures", {{sweep_.metric, 41.0}}}});
        }
      }
    }
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path()};
  grid::Sweep sweep_ =
      small_sweep("name: study\nseeds: [1, 2]\nbaseline: {model.head: plain}\ncells: [{model.head: [plain, deep]}]\n");
};

TEST_F(ReportFigures, AreBarsDotsAndCurves) {
  std::vector<std::string> names;
  for (const ReportFigure& figure : report_figures(make_report(sweep_, store_))) {
    names.push_back(figure.name);
    EXPECT_THAT(figure.svg, HasSubstr("aria-label=")) << figure.name;  // for screen readers
  }
  EXPECT_THAT(names, ElementsAre("results", "differences", "accuracy-parameters", "accuracy-operations",
                                 "training-loss", "validation", "thresholds"));
}

TEST_F(ReportFigures, CurvesCountAnEpochOnceAndEndWithTheResult) {
  const Report report = make_report(sweep_, store_);
  const RunTrace& run = report.curves[0].runs[0];
  const auto& figures = report.cells[0].figures;
  EXPECT_EQ(run.curves[0].size(), 2u);
  EXPECT_EQ(run.curves[1], (drawing::CurvePoints{{1.0, 41.0}, {2.0, *figures.at(sweep_.metric)[0]}}));
  ASSERT_EQ(run.thresholds.size(), 51u);
  EXPECT_DOUBLE_EQ(run.thresholds[50], *figures.at("pckh50.all16")[0]);
  EXPECT_DOUBLE_EQ(run.thresholds[10], *figures.at("pckh10.all16")[0]);
}

TEST_F(ReportFigures, AreWrittenAsFiles) {
  write_report(sweep_, store_, folder_.path() / "report",
               {.protocol = "", .photographs = false, .runs = true, .pdf = true});
  const std::string svg = read_file(folder_.path() / "report" / "figures" / "accuracy-parameters.svg");
  EXPECT_THAT(svg, HasSubstr("width=\"760\""));
  if (find_program("rsvg-convert").empty()) GTEST_SKIP() << "needs rsvg-convert (Debian: librsvg2-bin)";
  EXPECT_THAT(read_file(folder_.path() / "report" / "figures" / "training-loss.pdf"), StartsWith("%PDF"));
}

TEST_F(ReportFigures, LeaveRoomForRunsWithoutAResult) {
  const grid::Sweep other = small_sweep("name: other\ncells: [{model.head: [plain, deep], model.stacks: 2}]\n");
  const std::vector<ReportFigure> figures = report_figures(make_report(other, store_));
  ASSERT_EQ(figures.size(), 1u);  // the bars, drawn as missing
  EXPECT_THAT(figures[0].svg, HasSubstr("missing</text>"));
}

// As in Fig. 5a: a line over the widths for each depth, and a horizontal one for the plain baseline.
TEST_F(ReportFigures, DrawTheMetricOverTheSettingWithMostValues) {
  const grid::Sweep sweep = small_sweep(
      "name: widths\nseeds: [1, 2]\ncells: [{model.head: plain}, {model.head: pbn, model.width: [16, 32, 64], "
      "model.depth: [1, 2]}]\n");
  float error = 0;
  for (const grid::Cell& cell : sweep.cells) {
    for (const auto& run : cell.runs) finish(store_, cell, run, error += 0.5F);
  }
  const Report results = make_report(sweep, store_);
  EXPECT_EQ(charted_setting(results), "model.width");
  const std::string svg = drawing::setting_chart(setting_chart_of(results));
  for (const char* word : {">16<", ">32<", ">64<", ">model.width<", ">plain<", ">pbn D1<", ">pbn D2<"}) {
    EXPECT_THAT(svg, HasSubstr(word));
  }
  EXPECT_EQ(occurrences(svg, "r=\"4.5\""), 6u);
}

TEST_F(ReportFigures, MarkWhereAnIntervalIsCutOff) {
  Report results = make_report(sweep_, store_);
  const auto cuts = [&] {
    return std::vector{
        occurrences(drawing::bar_chart(bar_chart_of(results)), "class=\"cut\""),
        occurrences(drawing::difference_chart(difference_chart_of(results)), "class=\"cut\""),
        occurrences(drawing::scatter_chart(scatter_chart_of(results, Cost::parameters)), "class=\"cut\"")};
  };
  const auto set_interval = [&](double low, double high) {
    for (ReportedCell& cell : results.cells) {
      std::erase_if(cell.spreads, [&](const auto& entry) { return entry.first != sweep_.metric; });
      SeedSpread& spread = cell.spreads.at(sweep_.metric);
      spread.interval = evaluation::Interval{*spread.mean + low, *spread.mean + high};
      spread.two.clear();
      if (!cell.against) continue;
      std::erase_if(cell.against->figures, [&](const auto& entry) { return entry.first != sweep_.metric; });
      Comparison& difference = cell.against->figures.at(sweep_.metric);
      difference.interval = evaluation::Interval{*difference.mean + low, *difference.mean + high};
      difference.two.clear();
    }
  };
  set_interval(0, 1e-3);
  EXPECT_THAT(cuts(), ElementsAre(0u, 0u, 0u));
  set_interval(-1e6, 1e6);
  EXPECT_THAT(cuts(), ElementsAre(4u, 2u, 4u));  // both ends, of two cells or their one difference
  set_interval(0, 1e6);
  EXPECT_THAT(cuts(), ElementsAre(2u, 1u, 2u));
}

TEST_F(ReportFigures, DrawBothResultsOfTwoSeedsAndNoInterval) {
  const auto drawn = [](const Report& results) {
    std::vector<std::string> charts{drawing::bar_chart(bar_chart_of(results)),
                                    drawing::difference_chart(difference_chart_of(results)),
                                    drawing::scatter_chart(scatter_chart_of(results, Cost::parameters))};
    std::vector<std::pair<std::size_t, std::size_t>> counts;
    for (const std::string& svg : charts) {
      counts.push_back({occurrences(svg, "class=\"seed\""),
                        occurrences(svg, "class=\"error\"") + occurrences(svg, "class=\"difference\"")});
    }
    return counts;
  };
  using Counts = std::pair<std::size_t, std::size_t>;
  Report two = make_report(sweep_, store_);  // three bars for each of two cells, three differences, two dots
  EXPECT_THAT(drawn(two), ElementsAre(Counts{12, 0}, Counts{6, 0}, Counts{4, 0}));
  EXPECT_THAT(report_figures(two)[1].caption, HasSubstr("Small circles are the results of two seeds."));
  grid::Sweep three_seeds = small_sweep(
      "name: study\nseeds: [1, 2, 3]\nbaseline: {model.head: plain}\ncells: [{model.head: [plain, deep]}]\n");
  for (const grid::Cell& cell : three_seeds.cells) finish(store_, cell, cell.runs[2], 2);
  const Report three = make_report(three_seeds, store_);
  for (const auto& [seeds, intervals] : drawn(three)) EXPECT_GT(intervals, 0u);
  EXPECT_THAT(report_figures(three)[1].caption, Not(HasSubstr("two seeds")));
}

// A report of an external worker, whose figures have no bounds.
Report external_report(double baseline, double cell) {
  const auto entry = [](const char* label, bool is_baseline, double value) {
    ReportedCell made;
    made.label = made.cell = label;
    made.is_baseline = is_baseline;
    made.settings = {{"settings.rate", value}};
    made.gflop_per_image = value;
    made.figures["f"] = {value, value};
    made.spreads["f"] = {2, value, 0.0, evaluation::Interval{value, value}};
    made.runs = {{1, "", "completed", {}}, {2, "", "completed", {}}};
    return made;
  };
  Report report;
  report.metric = "f";
  report.is_percent = false;
  report.words = plain_words("f");
  report.columns.splits = {{"f", "f"}};
  report.cells = {entry("base", true, baseline), entry("other", false, cell)};
  compare_with_baseline(report.cells, {"f"});
  return report;
}

TEST(Charts, KeepSmallNumbers) {
  const Report results = external_report(0.0002, 0.0003);
  EXPECT_THAT(drawing::difference_chart(difference_chart_of(results)), HasSubstr(">+0.0001<"));
  EXPECT_THAT(drawing::bar_chart(bar_chart_of(results)), HasSubstr(">0.0003 ± 0<"));
  EXPECT_THAT(drawing::setting_chart(setting_chart_of(results)), HasSubstr(">0.0003<"));
}

TEST(Figures, SayWhatTheIntervalsOfDifferencesAre) {
  Report report = external_report(1, 2);
  const auto caption = [&] { return report_figures(report)[1].caption; };
  EXPECT_THAT(caption(), HasSubstr("paired 95% t-intervals over the seeds"));
  report.question.rule = evaluation::SeedRule{5, 40};
  report.question.alpha = 0.025;
  EXPECT_THAT(caption(), HasSubstr("paired 97.5% intervals of the sequential test over the seeds"));
}

// Runs of any program need not report at the same steps: between its points a run's curve is a line.
TEST(Charts, CurvesAreMeansOverTheRunsThatHaveAValue) {
  Report report = external_report(1, 2);
  report.curve_kinds = {{"progress/loss", "loss", "loss", "step", "curve-loss"}};
  report.curves = {{"base", "base", {{1, {{{0, 10}, {4, 2}}}, {}}, {2, {{{0, 6}, {2, 4}}}, {}}, {3, {{}}, {}}}}};
  const drawing::LineChart chart = curve_chart_of(report, 0);
  EXPECT_EQ(chart.title, "loss over the steps");
  EXPECT_EQ(chart.axis_title, "step");
  EXPECT_EQ(chart.curves[0].label, "base (2 seeds)");
  EXPECT_EQ(chart.curves[0].points, (drawing::CurvePoints{{0, 8}, {2, 5}, {4, 2}}));
}

TEST_F(ReportFigures, ShowHowRelatedThePartsAreWhereACellHasGroups) {
  const grid::Sweep sweep = small_sweep("name: groups\ncells: [{model.head: pbn, model.groups: related-5}]\n");
  const Report results = make_report(sweep, store_);
  EXPECT_EQ(results.pose->relatedness->cut.minimum.groups.size(), 5u);
  EXPECT_EQ(report_figures(results).back().name, "related-groups");
  EXPECT_FALSE(make_report(sweep_, store_).pose->relatedness);  // plain and deep have none
}

}  // namespace
}  // namespace pbn::report
