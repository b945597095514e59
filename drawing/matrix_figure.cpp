#include "drawing/matrix_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number_text.h"
#include "drawing/svg.h"

namespace pbn::drawing {
namespace {

constexpr double cell = 36, left = 110, top = 170;  // of the matrix, pixels

// Cividis (Nunez, Anderton and Renslow 2018) at equal distances.
constexpr std::array<std::array<double, 3>, 9> cividis{{{0, 34, 78},
                                                        {35, 62, 108},
                                                        {79, 90, 109},
                                                        {103, 104, 112},
                                                        {124, 123, 120},
                                                        {148, 142, 119},
                                                        {180, 167, 111},
                                                        {217, 197, 92},
                                                        {254, 232, 56}}};

std::string colour_of(double value) {
  const double place = std::clamp(value, 0.0, 1.0) * (cividis.size() - 1);
  const auto before = std::min(static_cast<std::size_t>(place), cividis.size() - 2);
  const double share = place - static_cast<double>(before);
  std::string colour = "#";
  for (int channel = 0; channel < 3; ++channel) {
    const double level = (1 - share) * cividis[before][channel] + share * cividis[before + 1][channel];
    colour += fmt::format("{:02x}", static_cast<int>(std::lround(level)));
  }
  return colour;
}

std::string square(double x, double y, double side, const std::string& attributes) {
  return fmt::format("<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" {3}/>", svg_length(x), svg_length(y),
                     svg_length(side), attributes);
}

// ".07", ".004"
std::string value_text(double value) {
  if (value >= 0.995) return "1";
  const std::string text = fixed_text(value, 2);
  return text.starts_with("0.") ? text.substr(1) : text;
}

std::string value_cell(double x, double y, double value) {
  return square(x, y, cell, fmt::format("fill=\"{}\"", colour_of(value))) +
         text_element({svg_length(x + cell / 2), svg_length(y + cell / 2 + 4), "small", value_text(value),
                       fmt::format("text-anchor=\"middle\" fill=\"{}\"", value < 0.6 ? "#ffffff" : "#000000")});
}

std::string cells(const data::RelatedParts& related, const std::vector<int>& order) {
  const std::vector<double> normalised = related.relatedness.normalised();
  std::string svg;
  for (std::size_t row = 0; row < order.size(); ++row) {
    for (std::size_t column = 0; column < order.size(); ++column) {
      const double x = left + cell * static_cast<double>(column), y = top + cell * static_cast<double>(row);
      const auto pair = static_cast<std::size_t>(order[row]) * order.size() + static_cast<std::size_t>(order[column]);
      svg += row == column ? square(x, y, cell, "class=\"faint\"") : value_cell(x, y, normalised[pair]);
    }
  }
  return svg;
}

std::string part_names(const config::Skeleton& skeleton, const std::vector<int>& order) {
  std::string svg;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string& name = skeleton.parts[static_cast<std::size_t>(order[i])];
    const double middle = cell * (static_cast<double>(i) + 0.5);
    svg += text_element({svg_length(left - 8), svg_length(top + middle + 4), "ink", name, "text-anchor=\"end\""});
    const double x = left + middle + 4, y = top - 8;
    svg += text_element(
        {svg_length(x), svg_length(y), "ink", name, fmt::format("transform=\"rotate(-60 {:.2f} {:.2f})\"", x, y)});
  }
  return svg;
}

std::string frames(const config::Groups& groups) {
  std::string svg;
  double start = 0;
  for (const auto& group : groups) {
    const double side = cell * static_cast<double>(group.size());
    svg += square(left + start, top + start, side, "fill=\"none\" stroke=\"#ffffff\" stroke-width=\"5\"") +
           square(left + start, top + start, side, "fill=\"none\" stroke=\"#d55e00\" stroke-width=\"2.5\"");
    start += side;
  }
  return svg;
}

std::string colour_key(double x, double height) {
  constexpr int steps = 64;
  std::string svg;
  for (int step = 0; step < steps; ++step) {
    svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"16\" height=\"{}\" fill=\"{}\"/>", svg_length(x),
                       svg_length(top + height * (steps - 1 - step) / steps), svg_length(height / steps + 0.5),
                       colour_of((step + 0.5) / steps));
  }
  for (const double value : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    svg += text_element(
        {svg_length(x + 22), svg_length(top + height * (1 - value) + 4), "soft small", fmt::format("{}", value)});
  }
  return svg;
}

}  // namespace

std::string matrix_picture(const data::RelatedParts& related) {
  const config::Skeleton& skeleton = *related.relatedness.skeleton;
  const config::Groups& groups = related.cut.minimum.groups;
  std::vector<int> order;
  for (const auto& group : groups) order.insert(order.end(), group.begin(), group.end());
  const double side = cell * skeleton.size();
  const auto& nats = related.relatedness.nats;
  const std::string title = "Mutual information of each pair of parts";
  const std::string note =
      fmt::format("scaled to 0..1 (1: {} nats); {} people; frames: the {} groups of least normalised cut, {}",
                  fixed_text(*std::max_element(nats.begin(), nats.end()), 3), related.relatedness.people, groups.size(),
                  fixed_text(related.cut.minimum.ncut, 4));
  return svg_picture(left + side + 80, top + side + 24, title, note,
                     text_element({"24", "36", "ink title", title}) + text_element({"24", "58", "soft", note}) +
                         cells(related, order) + frames(groups) + part_names(skeleton, order) +
                         colour_key(left + side + 18, side));
}

}  // namespace pbn::drawing
