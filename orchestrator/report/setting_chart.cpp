#include "orchestrator/report/setting_chart.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "base/number_text.h"
#include "drawing/svg.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/strokes.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double plot_top = 12, plot_height = 260, axis_height = 44, legend_line = 19;
constexpr double left = 13, width = 84;  // percent

// Lists of groups stand for their number.
std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_array() && !value.empty() && value[0].is_array()) return static_cast<double>(value.size());
  return std::nullopt;
}

struct Point {
  double at;  // the setting
  const Json* cell;
};

struct Line {
  std::string label;
  std::vector<Point> points;     // of the setting, ascending
  const Json* across = nullptr;  // a cell without the setting
};

// What all labels of a line's cells have in common.
std::string common_words(const std::vector<const Json*>& cells) {
  std::vector<std::string> common;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::istringstream text((*cells[i])["label"].get<std::string>());
    std::vector<std::string> words;
    for (std::string word; text >> word;) words.push_back(word);
    if (i == 0) common = words;
    std::erase_if(common, [&](const auto& word) { return std::find(words.begin(), words.end(), word) == words.end(); });
  }
  return fmt::format("{}", fmt::join(common, " "));
}

std::vector<Line> lines_of(const Json& aggregate, const std::string& setting) {
  std::map<std::string, Line> by_others;  // the other settings
  std::vector<std::string> order;
  const std::string metric = aggregate["metric"];
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    const auto spread = cell["spreads"].find(metric);
    if (spread == cell["spreads"].end() || (*spread)["n"] == 0) continue;
    Json others = cell["settings"];
    const std::optional<double> at = number_of(others.value(setting, Json()));
    others.erase(setting);
    const std::string key = (at ? "" : "across ") + others.dump();
    const auto [line, is_new] = by_others.try_emplace(key);
    if (is_new) order.push_back(key);
    if (at) {
      line->second.points.push_back({*at, &cell});
    } else {
      line->second.across = &cell;
    }
  }
  std::vector<Line> lines;
  for (const std::string& key : order) {
    Line& line = by_others[key];
    if (lines.size() == strokes.size()) break;
    std::sort(line.points.begin(), line.points.end(), [](const Point& a, const Point& b) { return a.at < b.at; });
    std::vector<const Json*> cells;
    for (const Point& point : line.points) cells.push_back(point.cell);
    if (line.across) cells.push_back(line.across);
    line.label = common_words(cells);
    if (line.label.empty()) line.label = "all cells";
    lines.push_back(std::move(line));
  }
  return lines;
}

class SettingChart {
 public:
  explicit SettingChart(const Json& aggregate, const std::string& setting)
      : aggregate_(aggregate),
        metric_(aggregate["metric"]),
        setting_(setting == "model.groups" ? "number of groups" : setting),
        lines_(lines_of(aggregate, setting)) {
    std::set<double> values;
    for (const Line& line : lines_) {
      for (const Point& point : line.points) values.insert(point.at);
      for (const Point& point : line.points) widen(*point.cell);
      if (line.across) widen(*line.across);
    }
    values_.assign(values.begin(), values.end());
    up_ = with_air(low_, high_, 0.25, 0.005);
  }

  std::string draw() const {
    if (values_.size() < 2) return "";
    std::string content = axes(), description;
    double y = plot_top + plot_height + axis_height + 8;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      content += draw_line(lines_[i], i) + legend(lines_[i], i, y);
      description += described(lines_[i]);
      y += legend_line;
    }
    return svg_figure(y, metric_title(metric_) + " over " + setting_, description, content);
  }

 private:
  const Json& spread(const Json& cell) const { return cell["spreads"][metric_]; }
  double mean(const Json& cell) const { return spread(cell)["mean"]; }

  void widen(const Json& cell) {
    low_ = std::min(low_, mean(cell));
    high_ = std::max(high_, mean(cell));
  }

  std::string x(double value, std::size_t line) const {
    const auto place = static_cast<double>(std::find(values_.begin(), values_.end(), value) - values_.begin());
    const double share = (place + 0.5) / static_cast<double>(values_.size());
    const double beside =
        static_cast<double>(line) - 0.5 * static_cast<double>(lines_.size() - 1);  // no bar on another
    return svg_length(left + width * share + 0.9 * beside, "%");
  }

  std::string y(double value) const { return svg_length(plot_top + plot_height * (1 - up_.share(value))); }

  std::string axes() const {
    std::string content;
    const std::vector<double> ticks = round_ticks(up_.from, up_.to);
    for (const double value : ticks) {
      content += line_element(svg_length(left, "%"), y(value), svg_length(left + width, "%"), y(value), "grid");
      content += text_element({"0", y(value), "tick", tick_text(value, ticks), "dy=\"4\""});
    }
    const double bottom = plot_top + plot_height;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(values_.size());
      content += text_element({svg_length(left + width * share, "%"), svg_length(bottom + 17), "tick",
                               significant_text(values_[i], 6), "text-anchor=\"middle\""});
    }
    return content + text_element({svg_length(left + width, "%"), svg_length(bottom + 35), "tick", setting_,
                                   "text-anchor=\"end\""});
  }

  std::string draw_line(const Line& line, std::size_t number) const {
    const std::string stroke =
        fmt::format("stroke=\"{}\" stroke-dasharray=\"{}\"", strokes[number].colour, strokes[number].dashes);
    std::string content;
    const auto straight = [&](const std::string& x1, double y1, const std::string& x2, double y2) {
      return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"curve\" {}/>", x1, y(y1), x2, y(y2),
                         stroke);
    };
    if (line.across) {
      content += straight(svg_length(left, "%"), mean(*line.across), svg_length(left + width, "%"), mean(*line.across));
    }
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      const Point& point = line.points[i];
      const std::string at = x(point.at, number);
      if (i > 0) {
        content += straight(x(line.points[i - 1].at, number), mean(*line.points[i - 1].cell), at, mean(*point.cell));
      }
      const Json& of = spread(*point.cell);
      if (of.contains("low")) content += interval(of["low"], of["high"], at);
      content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4.5\" fill=\"{}\"><title>{}: {}</title></circle>", at,
                             y(mean(*point.cell)), strokes[number].colour,
                             escape_markup((*point.cell)["label"].get<std::string>()), value_text(*point.cell));
    }
    return content;
  }

  std::string interval(double low, double high, const std::string& at) const {
    return line_element(at, y(low), at, y(high), "error") +
           (low < up_.from ? cut_mark(at, y(low), Direction::down) : "") +
           (high > up_.to ? cut_mark(at, y(high), Direction::up) : "");
  }

  std::string legend(const Line& line, std::size_t number, double at) const {
    return fmt::format(
               "<line x1=\"0\" x2=\"34\" y1=\"{0}\" y2=\"{0}\" class=\"curve\" stroke=\"{1}\" "
               "stroke-dasharray=\"{2}\"/>",
               svg_length(at), strokes[number].colour, strokes[number].dashes) +
           text_element({"42", svg_length(at + 4), "value", line.label});
  }

  std::string value_text(const Json& cell) const {
    return spread_text(spread(cell), cell["runs"].size(), aggregate_["percent"]);
  }

  std::string described(const Line& line) const {
    std::string words = line.label + ": ";
    if (line.across) words += value_text(*line.across);
    for (const Point& point : line.points)
      words += fmt::format("{}: {}, ", significant_text(point.at, 6), value_text(*point.cell));
    return words + ". ";
  }

  const Json& aggregate_;
  std::string metric_, setting_;
  std::vector<Line> lines_;
  std::vector<double> values_;
  double low_ = std::numeric_limits<double>::infinity(), high_ = -low_;  // of the means
  ChartRange up_{0, 1};
};

}  // namespace

std::string charted_setting(const Json& aggregate) {
  std::map<std::string, std::set<double>> values;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const auto& [name, value] : cell["settings"].items()) {
      if (const auto number = number_of(value)) values[name].insert(*number);
    }
  }
  std::string most;
  for (const auto& [name, numbers] : values) {
    if (numbers.size() >= 2 && (most.empty() || numbers.size() > values[most].size())) most = name;
  }
  return most;
}

std::string setting_chart(const Json& aggregate) {
  const std::string setting = charted_setting(aggregate);
  return setting.empty() ? "" : SettingChart(aggregate, setting).draw();
}

}  // namespace pbn
