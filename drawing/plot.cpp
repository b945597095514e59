#include "drawing/plot.h"

#include <fmt/format.h>

#include <sstream>

#include "base/text.h"

namespace pbn::drawing {
namespace {

enum class Direction { left, right, up, down };

// An arrow head with its tip at (x, y), where the frame cuts off an interval.
std::string cut_mark(const std::string& x, const std::string& y, Direction direction) {
  const char* const head = direction == Direction::left    ? "M0 0l7 -4v8z"
                           : direction == Direction::right ? "M0 0l-7 -4v8z"
                           : direction == Direction::up    ? "M0 0l-4 7h8z"
                                                           : "M0 0l-4 -7h8z";
  return fmt::format("<svg x=\"{}\" y=\"{}\" overflow=\"visible\"><path class=\"cut\" d=\"{}\"/></svg>", x, y, head);
}

std::string single_result(const std::string& x, const std::string& y) {
  return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"2.2\" class=\"seed\"/>", x, y);
}

constexpr double heading_letters = 38, legend_letters = 44;  // letters of mean width that fit a phone
constexpr std::size_t title_columns = 44;

// The width of a text in letters of mean width. The font is unknown, so wide letters count as in the widest usual font.
double letters_in(std::string_view text) {
  double letters = 0;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, first_character(text).bytes);
    const char first = character[0];
    const bool is_wide = columns_of(character) > 1 || std::string_view("mwMW@%").find(first) != std::string_view::npos;
    letters += is_wide ? 1.7 : first >= 'A' && first <= 'Z' ? 1.2 : 1;
    text.remove_prefix(character.size());
  }
  return letters;
}

// Breaks a text at spaces; a word longer than a line is split.
std::vector<std::string> lines_that_fit(const std::string& text, double most_letters) {
  std::vector<std::string> lines{""};
  std::istringstream words(one_line(text));
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && letters_in(lines.back() + " " + word) <= most_letters) {
      lines.back() += " " + word;
      continue;
    }
    if (!lines.back().empty()) lines.emplace_back();
    for (std::string_view rest = word; !rest.empty();) {
      const std::string_view character = rest.substr(0, first_character(rest).bytes);
      if (letters_in(lines.back()) + letters_in(character) > most_letters) lines.emplace_back();
      lines.back() += character;
      rest.remove_prefix(character.size());
    }
  }
  return lines;
}

TextBlock text_block(double x, double first_baseline, double line_height, const char* style,
                     const std::vector<std::string>& lines) {
  TextBlock block{"", line_height * static_cast<double>(lines.size())};
  for (const std::string& line : lines) {
    block.svg += text_element({svg_length(x), svg_length(first_baseline), style, line});
    first_baseline += line_height;
  }
  return block;
}

}  // namespace

std::string HorizontalAxis::numbers(double bottom, const std::string& title, Sign sign) const {
  std::string content;
  const std::vector<double> ticks = round_ticks(range.from, range.to);
  for (const double tick : ticks) {
    const std::string text = tick_text_across(tick, ticks);
    const bool is_signed = sign == Sign::always && tick > 0 && !text.empty();
    const char* anchor = percent(tick) < 1 ? "text-anchor=\"start\"" : "text-anchor=\"middle\"";
    content += text_element({x(tick), svg_length(bottom + 17), "tick", is_signed ? "+" + text : text, anchor});
  }
  return content + axis_title(left + width, bottom, title);
}

std::string HorizontalAxis::grid(double top, double bottom) const {
  std::string content;
  for (const double tick : round_ticks(range.from, range.to)) {
    content += line_element(x(tick), svg_length(top), x(tick), svg_length(bottom), "grid");
  }
  return content;
}

std::string HorizontalAxis::interval(const evaluation::Interval& interval, double y, const char* style) const {
  const std::string height = svg_length(y);
  return line_element(x(interval.low), height, x(interval.high), height, style) +
         (interval.low < range.from ? cut_mark(x(interval.low), height, Direction::left) : "") +
         (interval.high > range.to ? cut_mark(x(interval.high), height, Direction::right) : "");
}

std::string HorizontalAxis::singles(const Estimate& estimate, double y) const {
  std::string content;
  for (const double single : estimate.singles) content += single_result(x(single), svg_length(y));
  return content;
}

std::string VerticalAxis::numbers_and_grid() const {
  std::string content;
  const std::vector<double> ticks = round_ticks(range.from, range.to);
  for (const double tick : ticks) {
    content +=
        line_element(svg_length(frame_left, "%"), y(tick), svg_length(frame_left + frame_width, "%"), y(tick), "grid") +
        text_element({"0", svg_length(pixels(tick) + 4), "tick", tick_text(tick, ticks)});
  }
  return content;
}

std::string VerticalAxis::interval(const evaluation::Interval& interval, const std::string& x,
                                   const char* style) const {
  return line_element(x, y(interval.low), x, y(interval.high), style) +
         (interval.low < range.from ? cut_mark(x, y(interval.low), Direction::down) : "") +
         (interval.high > range.to ? cut_mark(x, y(interval.high), Direction::up) : "");
}

std::string VerticalAxis::singles(const Estimate& estimate, const std::string& x) const {
  std::string content;
  for (const double single : estimate.singles) content += single_result(x, y(single));
  return content;
}

std::string axis_title(double right_percent, double bottom, const std::string& title) {
  return text_element({svg_length(right_percent, "%"), svg_length(bottom + 34), "tick",
                       cut_in_the_middle(title, title_columns), "text-anchor=\"end\""});
}

TextBlock heading(double y, const std::string& words) {
  TextBlock block = text_block(0, y + 15, 16, "label", lines_that_fit(words, heading_letters));
  block.height += 6;
  return block;
}

TextBlock legend_entry(double y, double x, const std::string& words) {
  TextBlock block = text_block(x, y + 4, 15, "value", lines_that_fit(words, legend_letters));
  block.height += 4;
  return block;
}

TextBlock line_legend(double y, const Stroke& stroke, const std::string& words) {
  TextBlock block = legend_entry(y, 42, words);
  block.svg += fmt::format(
      "<line x1=\"0\" x2=\"34\" y1=\"{0}\" y2=\"{0}\" class=\"curve\" stroke=\"{1}\" stroke-dasharray=\"{2}\"/>",
      svg_length(y), stroke.colour, stroke.dashes);
  return block;
}

std::string title_element(const std::string& words) { return "<title>" + escape_markup(words) + "</title>"; }

}  // namespace pbn::drawing
