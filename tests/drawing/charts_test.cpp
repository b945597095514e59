#include <gmock/gmock.h>

#include <cmath>
#include <regex>
#include <set>

#include "base/text.h"
#include "drawing/bar_chart.h"
#include "drawing/chart_style.h"
#include "drawing/difference_chart.h"
#include "drawing/line_chart.h"
#include "drawing/scatter_chart.h"
#include "drawing/setting_chart.h"
#include "tests/drawing/count.h"

namespace pbn::drawing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

// One chart of each kind, with a baseline and another cell.
struct ChartsOfTwoCells {
  Estimate baseline, cell, difference;
  std::string label = "other", axis_title = "f";
  bool percent = false;

  std::string bars() const {
    BarChart chart{"f of each cell", axis_title, percent, {{"f", "first"}}};
    chart.groups = {{"base", "", false, {{true, baseline}}}, {label, "", false, {{true, cell}}}};
    return bar_chart(chart);
  }
  std::string differences() const {
    return difference_chart({axis_title, {{"f", "first"}}, {{label + " against base", {{0, difference, {}}}}}});
  }
  std::string scatter() const {
    return scatter_chart(
        {"f against cost", axis_title, percent, {{"base", baseline.mean, baseline, true}, {label, cell.mean, cell}}});
  }
  std::string setting() const {
    return setting_chart(
        {"f over rate", axis_title, {{label, {{baseline.mean, "base", baseline}, {cell.mean, label, cell}}}}});
  }
  std::string lines() const {
    return line_chart({"f over the epochs", axis_title, {{label, {{1, baseline.mean}, {2, cell.mean}}}}});
  }
  std::vector<std::string> all() const { return {bars(), differences(), scatter(), setting(), lines()}; }
};

ChartsOfTwoCells charts_of(double baseline, double cell) {
  return {{baseline, evaluation::Interval{baseline, baseline}, "base"},
          {cell, evaluation::Interval{cell, cell}, "cell"},
          {cell - baseline, evaluation::Interval{cell - baseline, cell - baseline}, "difference"}};
}

TEST(Charts, AcceptNumbersOfAnyMagnitude) {
  for (const double value : {-1e308, 1e308, 1.7e308, -1.7e308, 5e-324, 0.0}) {
    for (const double other : {0.5, 1.7e308, -1.7e308}) {
      ChartsOfTwoCells charts = charts_of(other, value);
      if (!std::isfinite(charts.difference.mean)) charts.difference = {};  // as comparison.h leaves it out
      for (const std::string& svg : charts.all()) {
        EXPECT_EQ(svg.find("nan"), std::string::npos) << value << " " << other;
        EXPECT_EQ(svg.find("\"inf"), std::string::npos) << value << " " << other;
        EXPECT_LT(svg.size(), 20000u);
      }
    }
  }
}

TEST(Charts, SeparateSmallNumbers) {
  for (const double unit : {1e-12, 1e-300}) {
    const std::string svg = charts_of(2 * unit, 3 * unit).setting();
    std::set<std::string> heights;  // of the dots
    for (auto at = svg.find(" cy=\""); at != std::string::npos; at = svg.find(" cy=\"", at + 1)) {
      heights.insert(svg.substr(at, 12));
    }
    EXPECT_EQ(heights.size(), 2u) << unit;
  }
}

TEST(Charts, MarkWhereAnIntervalIsCutOff) {
  const auto cuts = [](double low, double high) {
    ChartsOfTwoCells charts = charts_of(50, 60);
    for (Estimate* estimate : {&charts.baseline, &charts.cell, &charts.difference}) {
      estimate->interval = evaluation::Interval{estimate->mean + low, estimate->mean + high};
    }
    std::vector<int> marks;
    for (const std::string& svg : charts.all()) marks.push_back(count(svg, "class=\"cut\""));
    return marks;
  };
  EXPECT_THAT(cuts(0, 1e-3), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(cuts(-1e6, 1e6), ElementsAre(4, 2, 4, 4, 0));  // both ends, of two cells or of one difference
  EXPECT_THAT(cuts(0, 1e6), ElementsAre(2, 1, 2, 2, 0));
}

TEST(Charts, DrawSingleResultsInsideTheFrame) {
  ChartsOfTwoCells charts = charts_of(50, 60);
  for (Estimate* estimate : {&charts.baseline, &charts.cell, &charts.difference}) {
    estimate->interval.reset();
    estimate->singles = {estimate->mean - 40, estimate->mean + 40};
  }
  EXPECT_EQ(count(charts.differences(), "class=\"seed\""), 2);
  for (const std::string& svg : {charts.bars(), charts.scatter(), charts.setting()}) {
    EXPECT_EQ(count(svg, "class=\"seed\""), 4);
    EXPECT_EQ(count(svg, "class=\"error\""), 0);
  }
  std::set<std::string> heights;
  const std::string svg = charts.scatter();
  for (auto at = svg.find("class=\"seed\""); at != std::string::npos; at = svg.find("class=\"seed\"", at + 1)) {
    heights.insert(svg.substr(svg.rfind("cy=", at), 10));
  }
  EXPECT_EQ(heights.size(), 4u) << "none is moved to the frame";
}

TEST(Charts, DrawNegativeFiguresToTheLeftOfZero) {
  const std::string svg = charts_of(-2, 1).bars();
  EXPECT_THAT(svg, HasSubstr("<rect x=\"0.00%\" y=\"26.00\" width=\"45.33%\""));  // from -2 to 0 of -2..1
  EXPECT_THAT(svg, HasSubstr(">-2<"));
}

// The number of letters in each visible line of text.
std::vector<std::size_t> lengths_of_lines(const std::string& svg) {
  const std::regex text("<text[^>]*>([^<]*)</text>");
  std::vector<std::size_t> lengths;
  for (std::sregex_iterator at(svg.begin(), svg.end(), text), end; at != end; ++at) {
    lengths.push_back(columns_of((*at)[1].str()));
  }
  return lengths;
}

// 44 letters of 10 px beside a mark fit into 330 px, the width of a phone's page without margins.
TEST(Charts, LongNamesFitAPhone) {
  for (const std::string& name :
       {std::string("pbn related-5 D2 W64 stacks 4 with every augmentation and a longer schedule than all others"),
        std::string(200, 'm')}) {
    ChartsOfTwoCells charts = charts_of(50, 60);
    charts.label = charts.axis_title = name;
    for (const std::string& svg : charts.all()) {
      EXPECT_THAT(lengths_of_lines(svg), Each(Le(44u))) << svg;
      EXPECT_THAT(svg, HasSubstr("aria-label="));
    }
  }
}

TEST(Charts, ALongNameMakesTheChartTaller) {
  ChartsOfTwoCells charts = charts_of(50, 60);
  const auto height_of = [](const std::string& svg) { return std::stod(svg.substr(svg.find("height=\"") + 8)); };
  const double short_height = height_of(charts.bars());
  charts.label = std::string(80, 'm');  // two lines
  EXPECT_GT(height_of(charts.bars()), short_height);
}

TEST(Charts, TicksDifferFromTheirNeighbours) {
  EXPECT_EQ(tick_text(1e-4, {0, 1e-4, 2e-4}), "0.0001");
  EXPECT_EQ(tick_text(87.5, {87, 87.5, 88}), "87.5");
  EXPECT_EQ(tick_text(1000002, {1000000, 1000001, 1000002}), "1000002");
  EXPECT_EQ(tick_text(0, {-1, 0, 1}), "0");
  const std::vector<double> many{-1e-4, 0, 1e-4, 2e-4, 3e-4, 4e-4};
  EXPECT_EQ(tick_text_across(1e-4, many), "");  // no room for all of them
  EXPECT_EQ(tick_text_across(2e-4, many), "0.0002");
  EXPECT_EQ(tick_text_across(10, {0, 10, 20, 30, 40, 50}), "10");
}

TEST(Charts, AreCompleteAsSeparateFiles) {
  const std::string svg = standalone_figure(charts_of(50, 60).bars());
  EXPECT_THAT(svg, HasSubstr("width=\"760\""));
  EXPECT_THAT(svg, HasSubstr(".chart .grid { stroke: #e3e0d9; }"));
  EXPECT_THAT(svg, Not(HasSubstr("var(")));  // rsvg-convert does not support variables
}

TEST(LineCharts, DrawEightCurvesAtMostAndEscapeTheirNames) {
  LineChart chart{"title", "epoch", {}};
  for (int i = 0; i < 12; ++i) chart.curves.push_back({"<b>" + std::to_string(i), {{1, 2.0 + i}, {2, 1}}});
  const std::string svg = line_chart(chart);
  EXPECT_EQ(count(svg, "<polyline"), 8);
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;0"));
}

TEST(LineCharts, AreThinnedSoThatAPageStaysSmall) {
  LineChart chart{"title", "epoch", {{"long", {}}}};
  for (int i = 0; i < 100000; ++i) chart.curves[0].points.push_back({i * 1.0, i % 7 * 1.0});
  EXPECT_LT(line_chart(chart).size(), 6000u);
}

TEST(LineCharts, WithoutCurvesAreEmpty) { EXPECT_EQ(line_chart({"title", "epoch", {{"one point", {{1, 1}}}}}), ""); }

}  // namespace
}  // namespace pbn::drawing
