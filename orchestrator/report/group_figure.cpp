#include "orchestrator/report/group_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "evaluation/drawing.h"

namespace pbn {
namespace {

using Place = std::array<int, 2>;

// Where each part stands in a picture of 100 x 150.
const std::map<std::string, Place>& places() {
  static const std::map<std::string, Place> places{
      {"head-top", {50, 8}},    {"neck", {50, 27}},       {"thorax", {50, 38}},   {"pelvis", {50, 80}},
      {"r-shoulder", {33, 38}}, {"l-shoulder", {67, 38}}, {"r-elbow", {23, 59}},  {"l-elbow", {77, 59}},
      {"r-wrist", {17, 80}},    {"l-wrist", {83, 80}},    {"r-hip", {40, 82}},    {"l-hip", {60, 82}},
      {"r-knee", {37, 112}},    {"l-knee", {63, 112}},    {"r-ankle", {35, 142}}, {"l-ankle", {65, 142}}};
  return places;
}

bool share_a_group(const Groups& groups, int a, int b) {
  const auto has = [](const std::vector<int>& group, int part) {
    return std::count(group.begin(), group.end(), part) > 0;
  };
  return std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return has(group, a) && has(group, b); });
}

}  // namespace

std::string group_figure(const Groups& groups, const Skeleton& skeleton) {
  const PartColours colours = colours_by_group(skeleton, groups);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 100 150\" class=\"body\" "
      "aria-label=\"{0} groups of related parts on a body\"><title>{0} groups of related parts</title>",
      groups.size());
  for (const auto& [a, b] : skeleton.limbs) {
    const Place from = places().at(skeleton.parts[a]), to = places().at(skeleton.parts[b]);
    const bool together = share_a_group(groups, a, b);
    svg += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>", from[0], from[1], to[0], to[1],
                       together ? fmt::format("stroke=\"{}\" class=\"together\"", colours[a]) : "class=\"apart\"");
  }
  for (int part = 0; part < skeleton.size(); ++part) {
    const Place at = places().at(skeleton.parts[part]);
    svg += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{}\"><title>{}</title></circle>", at[0], at[1],
                       colours[part], skeleton.parts[part]);
  }
  return svg + "</svg>";
}

}  // namespace pbn
