#include "orchestrator/report/figures.h"

#include <gmock/gmock.h>

#include <set>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/report/aggregate.h"
#include "orchestrator/report/bar_chart.h"
#include "orchestrator/report/comparison.h"
#include "orchestrator/report/difference_chart.h"
#include "orchestrator/report/line_chart.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/scatter_chart.h"
#include "orchestrator/report/setting_chart.h"
#include "orchestrator/report/ticks.h"
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

TEST_F(ReportFigures, MarkWhereAnIntervalIsCutOff) {
  Json results = aggregate(sweep_, store_);
  const auto cuts = [&] {
    return std::vector{count(bar_chart(results), "class=\"cut\""), count(difference_chart(results), "class=\"cut\""),
                       count(scatter_chart(results, "parameters"), "class=\"cut\"")};
  };
  const auto set_interval = [&](double low, double high) {
    for (Json& cell : results["outcome"]["cells"]) {
      cell["spreads"] = {{sweep_.metric, cell["spreads"][sweep_.metric]}};
      Json& spread = cell["spreads"][sweep_.metric];
      spread["low"] = spread["mean"].get<double>() + low;
      spread["high"] = spread["mean"].get<double>() + high;
      if (!cell.contains("against")) continue;
      Json& difference = cell["against"]["figures"][sweep_.metric];
      cell["against"]["figures"] = {{sweep_.metric, difference}};
      Json& kept = cell["against"]["figures"][sweep_.metric];
      kept["low"] = kept["mean"].get<double>() + low;
      kept["high"] = kept["mean"].get<double>() + high;
    }
  };
  set_interval(0, 1e-3);
  EXPECT_THAT(cuts(), ElementsAre(0u, 0u, 0u));
  set_interval(-1e6, 1e6);
  EXPECT_THAT(cuts(), ElementsAre(4u, 2u, 4u));  // both ends, of two cells or their one difference
  set_interval(0, 1e6);
  EXPECT_THAT(cuts(), ElementsAre(2u, 1u, 2u));
}

// Of an own worker, whose figures have no bounds.
Json results_of_own(double baseline, double cell) {
  const auto entry = [](const char* label, bool is_baseline, double value) {
    return Json{{"label", label},
                {"cell", label},
                {"baseline", is_baseline},
                {"settings", {{"settings.rate", value}}},
                {"parameters", value},
                {"gflop_per_image", nullptr},
                {"figures", {{"f", {value, value}}}},
                {"spreads", {{"f", {{"n", 2}, {"mean", value}, {"deviation", 0.0}, {"low", value}, {"high", value}}}}},
                {"runs", {{{"state", "completed"}}, {{"state", "completed"}}}}};
  };
  Json results = {{"metric", "f"},
                  {"percent", false},
                  {"columns", {{"splits", {{{"title", "f"}, {"figure", "f"}}}}}},
                  {"outcome", {{"floors", Json::array()}, {"curves", Json::array()}}}};
  for (const char* list : {"parts", "occluded_parts", "others"}) results["columns"][list] = Json::array();
  results["outcome"]["cells"] = {entry("base", true, baseline), entry("other", false, cell)};
  compare_with_baseline(results["outcome"], {"f"});
  return results;
}

TEST(Charts, KeepSmallNumbers) {
  const Json results = results_of_own(0.0002, 0.0003);
  EXPECT_THAT(difference_chart(results), HasSubstr(">+0.0001<"));
  EXPECT_THAT(bar_chart(results), HasSubstr(">0.0003 ± 0<"));
  EXPECT_THAT(setting_chart(results), HasSubstr(">0.0003<"));
  for (const double unit : {1e-12, 1e-300}) {
    const std::string svg = setting_chart(results_of_own(2 * unit, 3 * unit));
    std::set<std::string> heights;  // of the dots: not one line
    for (auto at = svg.find(" cy=\""); at != std::string::npos; at = svg.find(" cy=\"", at + 1)) {
      heights.insert(svg.substr(at, 12));
    }
    EXPECT_EQ(heights.size(), 2u) << unit;
  }
}

TEST(Charts, HoldNumbersOfAnySize) {
  for (const double value : {-1e308, 1e308, 1.7e308, -1.7e308, 5e-324, 0.0}) {
    for (const double other : {0.5, 1.7e308, -1.7e308}) {
      const Json results = results_of_own(other, value);
      for (const std::string& svg : {bar_chart(results), difference_chart(results), setting_chart(results),
                                     scatter_chart(results, "parameters")}) {
        EXPECT_EQ(svg.find("nan"), std::string::npos) << value << " " << other;
        EXPECT_EQ(svg.find("\"inf"), std::string::npos) << value << " " << other;
        EXPECT_LT(svg.size(), 20000u);
      }
    }
  }
}

TEST(Charts, DrawNegativeFiguresToTheLeftOfZero) {
  const std::string svg = bar_chart(results_of_own(-2, 1));
  EXPECT_THAT(svg, HasSubstr("<rect x=\"0.00%\" y=\"26.00\" width=\"45.33%\""));  // from -2 to 0 of -2..1
  EXPECT_THAT(svg, HasSubstr(">-2<"));
}

TEST(Charts, TicksTellTheirNeighbours) {
  EXPECT_EQ(tick_text(1e-4, {0, 1e-4, 2e-4}), "0.0001");
  EXPECT_EQ(tick_text(87.5, {87, 87.5, 88}), "87.5");
  EXPECT_EQ(tick_text(1000002, {1000000, 1000001, 1000002}), "1000002");
  EXPECT_EQ(tick_text(0, {-1, 0, 1}), "0");
  const std::vector<double> many{-1e-4, 0, 1e-4, 2e-4, 3e-4, 4e-4};
  EXPECT_EQ(tick_text_across(1e-4, many), "");  // no room for all of them
  EXPECT_EQ(tick_text_across(2e-4, many), "0.0002");
  EXPECT_EQ(tick_text_across(10, {0, 10, 20, 30, 40, 50}), "10");
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
