#include "orchestrator/report/figures.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/report/aggregate.h"
#include "orchestrator/report/line_chart.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/scatter_chart.h"
#include "orchestrator/report/setting_chart.h"
#include "tests/orchestrator/study.h"

namespace pbn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class ReportFigures : public ::testing::Test {
 protected:
  ReportFigures() {
    float error = 0;
    for (const Cell& cell : sweep_.cells) {
      for (const auto& run : cell.runs) {
        finish(store_, cell, run, error += 1.5F);
        const auto metrics = store_.folder(run.id) / "metrics.jsonl";
        for (const int epoch : {1, 2, 2}) {  // the second was done again after an interruption
          append_json_line(metrics,
                           {{"kind", "epoch"}, {"epoch", epoch}, {"training_loss", 0.01 / epoch + 0.001 * error}});
          if (epoch == 2) continue;  // what the network finds after the last epoch is its result
          append_json_line(metrics, {{"kind", "validation"}, {"epoch", 1}, {"figures", {{sweep_.metric, 41.0}}}});
        }
      }
    }
  }

  TemporaryFolder folder_;
  RunStore store_{folder_.path()};
  Sweep sweep_ =
      small_sweep("name: study\nseeds: [1, 2]\nbaseline: {model.head: plain}\ncells: [{model.head: [plain, deep]}]\n");
};

TEST_F(ReportFigures, AreBarsDotsAndCurves) {
  std::vector<std::string> names;
  for (const ReportFigure& figure : report_figures(aggregate(sweep_, store_))) {
    names.push_back(figure.name);
    EXPECT_THAT(figure.svg, HasSubstr("aria-label=")) << figure.name;  // for those who cannot see
  }
  EXPECT_THAT(names, ElementsAre("results", "differences", "accuracy-parameters", "accuracy-operations", "thresholds",
                                 "training-loss", "validation"));
}

TEST_F(ReportFigures, CurvesCountAnEpochOnceAndEndWhereTheFigureIs) {
  const Json run = aggregate(sweep_, store_)["outcome"]["curves"][0]["runs"][0];
  EXPECT_EQ(run["training_loss"].size(), 2u);
  const Json cells = aggregate(sweep_, store_)["outcome"]["cells"];
  EXPECT_EQ(run["validation"], Json({{1.0, 41.0}, {2.0, cells[0]["figures"][sweep_.metric][0]}}));
  ASSERT_EQ(run["thresholds"].size(), 51u);
  EXPECT_DOUBLE_EQ(run["thresholds"][50], cells[0]["figures"]["pckh50.all16"][0]);
  EXPECT_DOUBLE_EQ(run["thresholds"][10], cells[0]["figures"]["pckh10.all16"][0]);
}

TEST_F(ReportFigures, AreFilesOfTheirOwn) {
  write_report(sweep_, store_, folder_.path() / "report",
               {.protocol = "", .photographs = false, .runs = true, .pdf = true});
  const std::string svg = read_file(folder_.path() / "report" / "figures" / "accuracy-parameters.svg");
  EXPECT_THAT(svg, HasSubstr("width=\"760\""));
  if (find_program("rsvg-convert").empty()) GTEST_SKIP() << "needs rsvg-convert (Debian: librsvg2-bin)";
  EXPECT_THAT(read_file(folder_.path() / "report" / "figures" / "training-loss.pdf"), StartsWith("%PDF"));
}

TEST_F(ReportFigures, LeaveRoomForRunsThatHaveNothingYet) {
  const Sweep other = small_sweep("name: other\ncells: [{model.head: [plain, deep], model.stacks: 2}]\n");
  const std::vector<ReportFigure> figures = report_figures(aggregate(other, store_));
  ASSERT_EQ(figures.size(), 1u);  // the bars, drawn as missing
  EXPECT_THAT(figures[0].svg, HasSubstr("missing</text>"));
}

// As Fig. 5a: a line for each depth over the widths, and the plain baseline across.
TEST_F(ReportFigures, DrawTheMetricOverTheSettingWithMostValues) {
  const Sweep sweep = small_sweep(
      "name: widths\nseeds: [1, 2]\ncells: [{model.head: plain}, {model.head: pbn, model.width: [16, 32, 64], "
      "model.depth: [1, 2]}]\n");
  float error = 0;
  for (const Cell& cell : sweep.cells) {
    for (const auto& run : cell.runs) finish(store_, cell, run, error += 0.5F);
  }
  const Json results = aggregate(sweep, store_);
  EXPECT_EQ(charted_setting(results), "model.width");
  const std::string svg = setting_chart(results);
  for (const char* word : {">16<", ">32<", ">64<", ">model.width<", ">plain<", ">pbn D1<", ">pbn D2<"}) {
    EXPECT_THAT(svg, HasSubstr(word));
  }
  EXPECT_EQ(count(svg, "<circle"), 6u);
}

TEST_F(ReportFigures, ShowHowRelatedThePartsAreWhereACellHasGroups) {
  const Sweep sweep = small_sweep("name: groups\ncells: [{model.head: pbn, model.groups: related-5}]\n");
  const Json results = aggregate(sweep, store_);
  EXPECT_EQ(results["outcome"]["relatedness"]["groups"].size(), 5u);
  EXPECT_EQ(report_figures(results).back().name, "related-groups");
  EXPECT_TRUE(aggregate(sweep_, store_)["outcome"]["relatedness"].is_null());  // plain and deep have none
}

TEST(LineCharts, DrawEightCurvesAtMostAndEscapeTheirNames) {
  LineChart chart{"title", "epoch", {}};
  for (int i = 0; i < 12; ++i) chart.curves.push_back({"<b>" + std::to_string(i), {{1, 2.0 + i}, {2, 1}}});
  const std::string svg = line_chart(chart);
  EXPECT_EQ(count(svg, "<polyline"), 8u);
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;0"));
}

TEST(LineCharts, AreThinnedSoThatAPageStaysSmall) {
  LineChart chart{"title", "epoch", {{"long", {}}}};
  for (int i = 0; i < 100000; ++i) chart.curves[0].points.push_back({i * 1.0, i % 7 * 1.0});
  EXPECT_LT(line_chart(chart).size(), 6000u);
}

TEST(LineCharts, OfNothingAreNothing) { EXPECT_EQ(line_chart({"title", "epoch", {{"one point", {{1, 1}}}}}), ""); }

}  // namespace
}  // namespace pbn
