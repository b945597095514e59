#include "orchestrator/photographs/disagreement.h"

#include <fmt/format.h>

#include <cmath>

#include "base/counted.h"
#include "base/path_text.h"

namespace pbn::photographs {
namespace {

using Point = std::array<double, 2>;

double distance_between(const Point& a, const Point& b) { return std::hypot(a[0] - b[0], a[1] - b[1]); }

// The person's number within the photograph, from 0; `people` are ordered by photograph.
std::size_t number_in_photograph(const std::vector<PersonToFind>& people, std::size_t person) {
  std::size_t first = person;
  while (first > 0 && people[first - 1].photograph == people[person].photograph) --first;
  return person - first;
}

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

Json to_json(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
             const std::vector<PersonToFind>& people) {
  Json facts = Json::array();
  for (const Disagreement& one : disagreements) {
    const data::Box& box = people[one.person].box;
    facts.push_back({{"photograph", path_text(photographs[people[one.person].photograph].file)},
                     {"person", number_in_photograph(people, one.person)},
                     {"annotation_id", one.person + 1},
                     {"box", {box.centre_x - box.side / 2, box.centre_y - box.side / 2, box.side, box.side}},
                     {"part", one.part},
                     {"first_finds", one.first_finds},
                     {"second_finds", one.second_finds}});
  }
  return facts;
}

std::string disagreements_text(const std::vector<Disagreement>& disagreements,
                               const std::vector<Photograph>& photographs, const std::vector<PersonToFind>& people,
                               const std::string& first, const std::string& second) {
  std::string text;
  std::size_t only_first = 0, only_second = 0;
  for (const Disagreement& one : disagreements) {
    only_first += one.first_finds;
    only_second += one.second_finds;
    const std::string finder = "found by " + (one.first_finds ? first : second);
    text += fmt::format("{} person {}: {} {}\n", path_text(photographs[people[one.person].photograph].file.filename()),
                        number_in_photograph(people, one.person), one.part,
                        one.first_finds || one.second_finds ? finder : "differs");
  }
  return text + fmt::format("{} found only by {} (left), {} only by {} (right), {} that differ without a known truth\n",
                            counted(only_first, "part"), first, only_second, second,
                            disagreements.size() - only_first - only_second);
}

}  // namespace pbn::photographs
