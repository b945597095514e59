#include "drawing/part_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "config/body_groups.h"

namespace pbn::drawing {
namespace {

using PartPlace = std::array<double, 2>;
using PartPlaces = std::vector<PartPlace>;

constexpr double picture_width = 100, picture_height = 150, picture_border = 10;

const std::map<std::string, PartPlace>& standing_person() {
  static const std::map<std::string, PartPlace> places{
      {"head-top", {50, 8}},    {"neck", {50, 27}},       {"thorax", {50, 38}},   {"pelvis", {50, 80}},
      {"r-shoulder", {33, 38}}, {"l-shoulder", {67, 38}}, {"r-elbow", {23, 59}},  {"l-elbow", {77, 59}},
      {"r-wrist", {17, 80}},    {"l-wrist", {83, 80}},    {"r-hip", {40, 82}},    {"l-hip", {60, 82}},
      {"r-knee", {37, 112}},    {"l-knee", {63, 112}},    {"r-ankle", {35, 142}}, {"l-ankle", {65, 142}},
      {"nose", {50, 16}},       {"r-eye", {45.5, 11}},    {"l-eye", {54.5, 11}},  {"r-ear", {40, 15}},
      {"l-ear", {60, 15}}};
  return places;
}

// (K, K) the number of limbs between two parts. Pieces that no limb joins keep some distance from each other.
std::vector<std::vector<double>> wanted_distances(const config::Skeleton& skeleton) {
  const double apart = std::max(3.0, std::sqrt(static_cast<double>(skeleton.size())));
  std::vector<std::vector<double>> wanted;
  for (const std::vector<int>& limbs : config::limbs_between(skeleton)) {
    std::vector<double>& row = wanted.emplace_back(limbs.begin(), limbs.end());
    std::ranges::replace(row, static_cast<double>(skeleton.size()), apart);
  }
  return wanted;
}

// One step of majorisation: each part goes where the others, weighted by 1 / distance^2, would have it.
PartPlaces improved(const PartPlaces& places, const std::vector<std::vector<double>>& wanted) {
  PartPlaces result(places.size());
  for (std::size_t a = 0; a < places.size(); ++a) {
    double x = 0, y = 0, sum = 0;
    for (std::size_t b = 0; b < places.size(); ++b) {
      if (a == b) continue;
      const double dx = places[a][0] - places[b][0], dy = places[a][1] - places[b][1];
      const double now = std::max(1e-9, std::hypot(dx, dy)), weight = 1 / (wanted[a][b] * wanted[a][b]);
      x += weight * (places[b][0] + wanted[a][b] * dx / now);
      y += weight * (places[b][1] + wanted[a][b] * dy / now);
      sum += weight;
    }
    result[a] = sum > 0 ? PartPlace{x / sum, y / sum} : places[a];
  }
  return result;
}

// The first part whose name speaks of a head.
std::size_t top_part(const config::Skeleton& skeleton) {
  for (const char* word : {"head", "nose", "snout", "beak", "eye", "neck"}) {
    for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
      if (skeleton.parts[part].find(word) != std::string::npos) return part;
    }
  }
  return 0;
}

// Right parts on the left, left parts on the right, the others between them, and all below the top part.
PartPlaces first_places(const config::Skeleton& skeleton, const std::vector<double>& from_top) {
  PartPlaces places;
  for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
    places.push_back({0.1 * (static_cast<double>(part % 5) - 2), from_top[part]});
  }
  for (const auto& [right, left] : skeleton.flip_pairs) {
    places[static_cast<std::size_t>(right)][0] -= 1;
    places[static_cast<std::size_t>(left)][0] += 1;
  }
  return places;
}

PartPlaces laid_out(const config::Skeleton& skeleton) {
  const auto wanted = wanted_distances(skeleton);
  PartPlaces places = first_places(skeleton, wanted[top_part(skeleton)]);
  constexpr int steps = 300;
  for (int step = 0; step < steps; ++step) places = improved(places, wanted);
  return places;
}

// Right to left becomes the x axis, or top to middle the y axis where there are no mirror pairs.
void turn_upright(PartPlaces& places, const config::Skeleton& skeleton) {
  const PartPlace top = places[top_part(skeleton)];
  PartPlace middle{0, 0}, across{0, 0};
  for (const auto& [x, y] : places) {
    middle[0] += x / static_cast<double>(places.size());
    middle[1] += y / static_cast<double>(places.size());
  }
  for (const auto& [right, left] : skeleton.flip_pairs) {
    const PartPlace &from = places[static_cast<std::size_t>(right)], &to = places[static_cast<std::size_t>(left)];
    across[0] += to[0] - from[0];
    across[1] += to[1] - from[1];
  }
  if (std::hypot(across[0], across[1]) < 1e-6) across = {middle[1] - top[1], top[0] - middle[0]};
  const double length = std::hypot(across[0], across[1]);
  if (length < 1e-6) return;
  const double c = across[0] / length, s = across[1] / length;
  for (auto& [x, y] : places) {
    const double u = x - middle[0], v = y - middle[1];
    x = c * u + s * v;
    y = c * v - s * u;
  }
  const bool is_below = places[top_part(skeleton)][1] > 0;
  for (auto& place : places) place[1] = is_below ? -place[1] : place[1];
}

void fit_into_picture(PartPlaces& places) {
  PartPlace least = places.front(), most = places.front();
  for (const PartPlace& place : places) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      least[axis] = std::min(least[axis], place[axis]);
      most[axis] = std::max(most[axis], place[axis]);
    }
  }
  const double scale = std::min((picture_width - 2 * picture_border) / std::max(1e-6, most[0] - least[0]),
                                (picture_height - 2 * picture_border) / std::max(1e-6, most[1] - least[1]));
  for (auto& [x, y] : places) {
    x = picture_width / 2 + scale * (x - (least[0] + most[0]) / 2);
    y = picture_height / 2 + scale * (y - (least[1] + most[1]) / 2);
  }
}

}  // namespace

std::vector<std::array<double, 2>> places_of_parts(const config::Skeleton& skeleton) {
  PartPlaces places;
  for (const std::string& part : skeleton.parts) {
    const auto known = standing_person().find(part);
    if (known != standing_person().end()) places.push_back(known->second);
  }
  if (places.size() == skeleton.parts.size()) return places;
  places = laid_out(skeleton);
  turn_upright(places, skeleton);
  fit_into_picture(places);
  return places;
}

}  // namespace pbn::drawing
