#include "drawing/group_figure.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "drawing/drawing.h"
#include "drawing/part_layout.h"
#include "drawing/svg.h"

namespace pbn::drawing {
namespace {

std::vector<std::size_t> groups_with(const config::Groups& groups, int part) {
  std::vector<std::size_t> found;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    if (std::count(groups[group].begin(), groups[group].end(), part) > 0) found.push_back(group);
  }
  return found;
}

std::vector<std::size_t> groups_with(const config::Groups& groups, int part, int other) {
  std::vector<std::size_t> found = groups_with(groups, part);
  std::erase_if(found,
                [&](std::size_t group) { return std::count(groups[group].begin(), groups[group].end(), other) == 0; });
  return found;
}

// The point on a circle around (0, 0) after `turns` clockwise from the top.
std::array<double, 2> on_circle(double radius, double turns) {
  const double angle = 2 * std::numbers::pi * turns;
  return {radius * std::sin(angle), -radius * std::cos(angle)};
}

// A disc around (0, 0) with equal sectors in the groups' colours.
std::string disc(const std::vector<std::size_t>& groups) {
  constexpr double radius = 4;
  if (groups.size() == 1) return fmt::format("<circle r=\"{}\" fill=\"{}\"/>", radius, group_colour(groups[0]));
  std::string sectors;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto share = 1 / static_cast<double>(groups.size()), start = share * static_cast<double>(i);
    const auto from = on_circle(radius, start), to = on_circle(radius, start + share);
    sectors += fmt::format("<path d=\"M0 0L{:.2f} {:.2f}A{} {} 0 0 1 {:.2f} {:.2f}Z\" fill=\"{}\"/>", from[0], from[1],
                           radius, radius, to[0], to[1], group_colour(groups[i]));
  }
  return sectors + fmt::format("<circle r=\"{}\" fill=\"none\"/>", radius);
}

// The groups' numbers, each in its sector.
std::string numbers(const std::vector<std::size_t>& groups) {
  std::string texts;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double turns = (static_cast<double>(i) + 0.5) / static_cast<double>(groups.size());
    const auto at = on_circle(groups.size() == 1 ? 0 : 2.1, turns);
    texts += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" class=\"number\" font-size=\"{}\">{}</text>", at[0],
                         at[1] + 1.4, groups.size() == 1 ? 4.4 : 3.6, groups[i] + 1);
  }
  return texts;
}

std::string limbs(const config::Groups& groups, const config::Skeleton& skeleton) {
  std::string lines;
  const auto places = places_of_parts(skeleton);
  for (const auto& [a, b] : skeleton.limbs) {
    const auto &from = places[static_cast<std::size_t>(a)], &to = places[static_cast<std::size_t>(b)];
    const auto shared = groups_with(groups, a, b);
    lines += fmt::format("<line x1=\"{:.4g}\" y1=\"{:.4g}\" x2=\"{:.4g}\" y2=\"{:.4g}\" {}/>", from[0], from[1], to[0],
                         to[1],
                         shared.empty() ? "class=\"apart line\""
                                        : fmt::format("stroke=\"{}\" class=\"together\"", group_colour(shared[0])));
  }
  return lines;
}

// A disc for each joint. `mark` gives the SVG to draw on a joint of these groups.
template <typename Mark>
std::string joints(const config::Groups& groups, const config::Skeleton& skeleton, const Mark& mark) {
  std::string discs;
  const auto places = places_of_parts(skeleton);
  for (int part = 0; part < skeleton.size(); ++part) {
    const auto& at = places[static_cast<std::size_t>(part)];
    const auto in = groups_with(groups, part);
    if (in.empty()) continue;
    discs += fmt::format("<g transform=\"translate({:.4g} {:.4g})\">{}{}<title>{}</title></g>", at[0], at[1], disc(in),
                         mark(in), skeleton.parts[part]);
  }
  return discs;
}

// The part names of a group, in lines of about `letters` letters.
std::vector<std::string> wrapped_names(const std::vector<int>& group, const config::Skeleton& skeleton,
                                       std::size_t letters) {
  std::vector<std::string> lines;
  for (const int part : group) {
    const std::string& name = skeleton.parts[part];
    if (lines.empty() || lines.back().size() + name.size() > letters) {
      lines.push_back(name);
    } else {
      lines.back() += ", " + name;
    }
  }
  return lines;
}

struct Legend {
  std::string svg;
  double bottom;
};

Legend legend(const config::Groups& groups, const config::Skeleton& skeleton, double x, double y) {
  std::string rows;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    rows += fmt::format("<g transform=\"translate({} {}) scale(2.4)\">{}{}</g>", x, y - 4.5, disc({group}),
                        numbers({group}));
    for (const std::string& names : wrapped_names(groups[group], skeleton, 30)) {
      rows += text_element({svg_length(x + 20), svg_length(y), "ink", names});
      y += 18;
    }
    y += 12;
  }
  return {rows, y};
}

}  // namespace

std::string group_figure(const config::Groups& groups, const config::Skeleton& skeleton) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 100 150\" class=\"body\" "
      "aria-label=\"{0} groups of related parts on a body\"><title>{0} groups of related parts</title>{1}{2}</svg>",
      groups.size(), limbs(groups, skeleton), joints(groups, skeleton, [](const auto&) { return ""; }));
}

std::string group_picture(const config::Groups& groups, const config::Skeleton& skeleton, const std::string& note) {
  constexpr double width = 640, top = 74, scale = 3.4, left = 12;
  const Legend right = legend(groups, skeleton, 372, top + 24);
  const std::string title =
      groups.size() == 1 ? "One group of all parts" : fmt::format("{} groups of related parts", groups.size());
  const std::string body = fmt::format(
      "<style>.apart {{ stroke-width: 1.6; }} .together {{ stroke-width: 4; stroke-linecap: round; }} "
      ".number {{ font-weight: 600; text-anchor: middle; fill: #111111; stroke: none; }}</style>"
      "<g transform=\"translate({} {}) scale({})\">{}<g "
      "class=\"rim\">{}</g></g>",
      left, top, scale, limbs(groups, skeleton), joints(groups, skeleton, numbers));
  return svg_picture(
      width, std::max(top + scale * 150 + 16, right.bottom), title, note,
      text_element({"24", "36", "ink title", title}) + text_element({"24", "58", "soft", note}) + body + right.svg);
}

}  // namespace pbn::drawing
