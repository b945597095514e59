#include "orchestrator/photographs/disagreement.h"

#include <cmath>

namespace pbn {
namespace {

using Point = std::array<double, 2>;

double distance_between(const Point& a, const Point& b) { return std::hypot(a[0] - b[0], a[1] - b[1]); }

}  // namespace

std::vector<Disagreement> compare(const CheckpointPrediction& first, const CheckpointPrediction& second,
                                  const std::vector<PersonToFind>& people, double distance) {
  std::vector<Disagreement> found;
  for (std::size_t person = 0; person < people.size(); ++person) {
    const double limit = distance * people[person].box.side;
    const auto& truth = people[person].truth;
    for (int part = 0; part < first.parts.size(); ++part) {
      const std::string& name = first.parts.parts[static_cast<std::size_t>(part)];
      const int other_part = second.parts.index_of(name);
      if (other_part < 0) continue;
      const Point& one = first.people[person].joints[static_cast<std::size_t>(part)];
      const Point& other = second.people[person].joints[static_cast<std::size_t>(other_part)];
      if (truth.empty()) {
        if (distance_between(one, other) > limit) found.push_back({person, name});
        continue;
      }
      const auto place = truth.find(name);
      if (place == truth.end()) continue;
      const bool first_finds = distance_between(one, place->second) <= limit;
      const bool second_finds = distance_between(other, place->second) <= limit;
      if (first_finds != second_finds) found.push_back({person, name, first_finds, second_finds});
    }
  }
  return found;
}

}  // namespace pbn
