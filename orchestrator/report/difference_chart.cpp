#include "orchestrator/report/difference_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "drawing/svg.h"
#include "orchestrator/report/bar_chart.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double row_height = 18, label_height = 22, group_gap = 10, axis_height = 34, legend_height = 24, top = 4;
constexpr double left = 1, right = 80;  // percent of the width; the numbers stand beside the frame
constexpr std::size_t most_cells = 40;

struct Difference {
  Column column;
  const Json* value;  // as comparison.h has it

  double mean() const { return (*value)["mean"]; }
};

struct Row {
  std::string label;
  std::vector<Difference> differences;
};

std::vector<Row> rows_of(const Json& aggregate) {
  std::vector<Row> rows;
  const std::vector<Column> splits = columns(aggregate).splits;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (!cell.contains("against") || rows.size() == most_cells) continue;
    const Json& against = cell["against"];
    Row row{fmt::format("{} against {}", cell["label"].get<std::string>(), against["label"].get<std::string>()), {}};
    for (const Column& column : splits) {
      const auto found = against["figures"].find(column.figure);
      if (found != against["figures"].end() && (*found)["mean"].is_number()) {
        row.differences.push_back({column, &*found});
      }
    }
    if (!row.differences.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

// Room for all means and the intervals over photographs; those over two seeds are ten times as long.
double extent_of(const std::vector<Row>& rows) {
  double extent = 0;
  for (const Row& row : rows) {
    for (const Difference& difference : row.differences) {
      extent = std::max(extent, 2 * std::abs(difference.mean()));
      if (!difference.value->contains("images")) continue;
      const Json& images = (*difference.value)["images"];
      extent =
          std::max({extent, 1.2 * std::abs(images["low"].get<double>()), 1.2 * std::abs(images["high"].get<double>())});
    }
  }
  return extent > 0 ? std::min(extent, std::numeric_limits<double>::max()) : 1;
}

std::string signed_text(const std::string& text, double value) {
  return value > 0 && !text.empty() ? "+" + text : text;
}

class DifferenceChart {
 public:
  explicit DifferenceChart(const Json& aggregate)
      : aggregate_(aggregate), rows_(rows_of(aggregate)), extent_(extent_of(rows_)) {}

  std::string draw() const {
    if (rows_.empty()) return "";
    double y = top;
    std::string content, description;
    for (const Row& row : rows_) {
      content += text_element({"0", svg_length(y + 15), "label", row.label});
      y += label_height;
      description += row.label + ": ";
      for (const Difference& difference : row.differences) {
        content += draw_difference(row, difference, y + row_height / 2);
        description += fmt::format("{} {}, ", difference.column.title, text_of(difference));
        y += row_height;
      }
      y += group_gap;
    }
    return svg_figure(y + axis_height + legend_height, "Differences to the baseline", description,
                      axis(y) + content + legend(y + axis_height + legend_height / 2));
  }

 private:
  std::string x(double value) const {
    return svg_length(left + (right - left) * ChartRange{-extent_, extent_}.share(value), "%");
  }

  std::string text_of(const Difference& difference) const {
    return report_difference(difference.mean(), aggregate_["percent"]);
  }

  std::string axis(double bottom) const {
    std::string content;
    const std::vector<double> ticks = round_ticks(-extent_, extent_);
    for (const double value : ticks) {
      content += line_element(x(value), svg_length(top), x(value), svg_length(bottom), value == 0 ? "zero" : "grid");
      content += text_element({x(value), svg_length(bottom + 16), "tick",
                               signed_text(tick_text_across(value, ticks), value), "text-anchor=\"middle\""});
    }
    return content +
           text_element({"100%", svg_length(bottom + 31), "tick",
                         metric_title(aggregate_["metric"]) + ", cell minus baseline", "text-anchor=\"end\""});
  }

  std::string interval(const Json& of, double y, const char* style) const {
    const double low = of["low"], high = of["high"];
    return line_element(x(low), svg_length(y), x(high), svg_length(y), style) +
           (low < -extent_ ? cut_mark(x(low), svg_length(y), Direction::left) : "") +
           (high > extent_ ? cut_mark(x(high), svg_length(y), Direction::right) : "");
  }

  std::string draw_difference(const Row& row, const Difference& difference, double y) const {
    const Json& value = *difference.value;
    std::string content;
    if (value.contains("low")) content += interval(value, y, "difference");
    if (value.contains("images")) content += interval(value["images"], y + 6, "images");
    content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" class=\"bar {}\"><title>{}, {}: {}</title></circle>",
                           x(difference.mean()), svg_length(y), split_class(difference.column),
                           escape_markup(row.label), escape_markup(difference.column.title), text_of(difference));
    return content + text_element({"100%", svg_length(y + 4), "value", text_of(difference), "text-anchor=\"end\""});
  }

  std::string legend(double y) const {
    std::string content;
    double at = 1;
    for (const Column& split : columns(aggregate_).splits) {
      content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" class=\"bar {}\"/>", svg_length(at, "%"),
                             svg_length(y), split_class(split));
      content += text_element({svg_length(at, "%"), svg_length(y + 4), "value", split.title, "dx=\"10\""});
      at += 30;
    }
    return content;
  }

  const Json& aggregate_;
  std::vector<Row> rows_;
  double extent_;
};

}  // namespace

std::string difference_chart(const Json& aggregate) { return DifferenceChart(aggregate).draw(); }

}  // namespace pbn
