#include "drawing/chart_style.h"

#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <utility>

#include "drawing/svg.h"

namespace pbn::drawing {
namespace {

constexpr const char* rules = R"(
.chart text { fill: var(--ink); font-size: 12.5px; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.chart .label { font-weight: 600; font-size: 13.5px; }
.chart .tick { fill: var(--soft); font-size: 11.5px; }
.chart .value { fill: var(--soft); font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--line); } .chart .axis { stroke: var(--soft); } .chart .zero { stroke: var(--ink); }
.chart .bar.first { fill: var(--first); } .chart .bar.second { fill: var(--second); }
.chart .bar.third { fill: var(--third); } .chart .bar.floor { fill: var(--floor); }
.chart .bar.second.floor { opacity: .75; } .chart .bar.third.floor { opacity: .5; }
.chart .absent { fill: none; stroke: var(--soft); stroke-dasharray: 4 4; }
.chart .error { stroke: var(--ink); stroke-width: 1.5; } .chart .difference { stroke: var(--ink); stroke-width: 2; }
.chart .images { stroke: var(--soft); stroke-dasharray: 3 3; stroke-width: 1.5; }
.chart .cut { fill: var(--ink); }
.chart .seed { fill: var(--card); stroke: var(--ink); stroke-width: 1; }
.chart .dot { fill: var(--first); stroke: var(--card); } .chart .dot.baseline { fill: #d55e00; }
.chart .named { stroke: var(--card); }
.chart .curve { fill: none; stroke-width: 2; }
@media (max-width: 40rem) { .chart .label { font-size: 12px; } .chart .value { font-size: 10px; } }
)";

// The values of the page's variables in its light theme: rsvg-convert does not support variables.
constexpr std::pair<const char*, const char*> light_colours[] = {
    {"var(--card)", "#ffffff"},  {"var(--ink)", "#1d2327"},   {"var(--soft)", "#5d676e"},
    {"var(--line)", "#e3e0d9"},  {"var(--first)", "#0072b2"}, {"var(--second)", "#56b4e9"},
    {"var(--third)", "#e69f00"}, {"var(--floor)", "#b9bcbd"}};

std::string light_style() {
  std::string style = rules;
  style.erase(style.find("@media"));  // the width is fixed
  for (const auto& [variable, colour] : light_colours) boost::replace_all(style, variable, colour);
  return "<style>svg { font-family: \"DejaVu Sans\", sans-serif; }" + style +
         "</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>";
}

}  // namespace

std::string chart_style() { return rules; }

std::string standalone_figure(const std::string& figure) {
  constexpr double width = 760, margin = 12;
  const std::string full_width = "width=\"100%\"", height = "height=\"";
  const double figure_height = std::stod(figure.substr(figure.find(height) + height.size()));
  std::string inner = figure;
  inner.replace(inner.find(full_width), full_width.size(),
                fmt::format("x=\"{0}\" y=\"{0}\" width=\"{1}\" overflow=\"visible\"", margin, width - 2 * margin));
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"{}\" height=\"{}\">{}{}</svg>",
                     width, svg_length(figure_height + 2 * margin), light_style(), inner);
}

}  // namespace pbn::drawing
