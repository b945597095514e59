#include "data/preparing/photograph_tally.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/counted.h"

namespace pbn {
namespace {

void count(Tally& tally, const std::string& name) {
  if (tally.count++ == 0) tally.first = name;
}

Json json_of(const Tally& tally) { return {{"count", tally.count}, {"first", tally.first}}; }

std::string line(const std::string& file, const Tally& tally, const std::string& what) {
  if (tally.count == 0) return "";
  return fmt::format("{}: {} {} (the first: {})\n", file, counted(tally.count, "photograph"), what, tally.first);
}

}  // namespace

std::string PhotographFacts::text(const std::string& file) const {
  std::string text =
      line(file, turned, "turned by the camera's note (EXIF), as the stated width and height want it") +
      line(file, undecided,
           "taken as stored: the camera's note (EXIF) would turn them, and no stated width and height tell") +
      line(file, unstated, "taken as stored and unchecked: the annotations do not state their width and height");
  if (joints_outside > 0) {
    text += fmt::format("{}: {} outside the photograph, of {} (the first: {})\n", file,
                        counted(joints_outside, "labelled joint lies", "labelled joints lie"),
                        counted(people_outside.count, "person", "people"), people_outside.first);
  }
  return text;
}

Json PhotographFacts::json() const {
  return {{"turned", json_of(turned)},
          {"undecided", json_of(undecided)},
          {"unstated", json_of(unstated)},
          {"joints_outside", joints_outside},
          {"people_outside", json_of(people_outside)}};
}

void PhotographTally::note(std::size_t person, const CutOut& cut) {
  taken_[person] = cut.taken;
  outside_[person] = cut.joints_outside;
}

PhotographFacts PhotographTally::facts() const {
  PhotographFacts facts;
  std::set<std::string> told;
  for (std::size_t n = 0; n < set_.people.size(); ++n) {
    const PersonInPhotograph& person = set_.people[n];
    if (outside_[n] > 0) count(facts.people_outside, person.name());
    facts.joints_outside += outside_[n];
    if (taken_[n] == Taken::as_stored || !told.insert(person.image_name).second) continue;
    const std::array tallies{&facts.turned, &facts.undecided, &facts.unstated};
    count(*tallies[static_cast<std::size_t>(taken_[n]) - 1], person.image_name);
  }
  return facts;
}

}  // namespace pbn
