#include "data/people_doubts.h"

#include <fmt/format.h>

namespace pbn {
namespace {

// PCK measures in the distance from the right shoulder to the left hip.
bool has_torso_of_nothing(const Person& person, const Skeleton& skeleton) {
  const auto shoulder = static_cast<std::size_t>(skeleton.index_of("r-shoulder"));
  const auto hip = static_cast<std::size_t>(skeleton.index_of("l-hip"));
  return person.labelled[shoulder] && person.labelled[hip] && person.joints[shoulder] == person.joints[hip];
}

void add_joints(PeopleDoubts& doubts, const Person& person, double side) {
  std::int64_t labelled = 0, in_first_place = 0;
  std::array<float, 2> first{};
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (!person.labelled[part]) continue;
    const auto [x, y] = person.joints[part];
    if (labelled++ == 0) first = person.joints[part];
    in_first_place += person.joints[part] == first;
    doubts.outside += !(x >= 0 && y >= 0 && x < side && y < side);
    doubts.far_outside += !(x >= -side && y >= -side && x < 2 * side && y < 2 * side);
  }
  doubts.labelled += labelled;
  doubts.without_joints += labelled == 0;
  doubts.in_one_place += labelled > 1 && in_first_place == labelled;
}

std::string counted(std::int64_t count, const char* one, const char* many, const std::string& what) {
  return fmt::format("{} {} {}", count, count == 1 ? one : many, what);
}

}  // namespace

std::vector<std::string> PeopleDoubts::sentences(const std::string& reference) const {
  std::vector<std::string> all;
  if (without_joints > 0) all.push_back(counted(without_joints, "person has", "people have", "no labelled joint"));
  if (in_one_place > 0) {
    all.push_back(counted(in_one_place, "person has", "people have", "all labelled joints in one place"));
  }
  if (without_torso > 0) {
    all.push_back(
        counted(without_torso, "person has", "people have", "a torso of length 0: right shoulder on left hip"));
  }
  if (without_reference_length > 0) {
    all.push_back(
        counted(without_reference_length, "person has", "people have", fmt::format("a {} size of 0", reference)));
  }
  if (far_outside > 0) {
    all.push_back(counted(far_outside, "joint lies", "joints lie",
                          fmt::format("further outside the crop than it is wide ({} of {} outside at all): are they in "
                                      "pixels of the crop?",
                                      outside, labelled)));
  }
  return all;
}

PeopleDoubts doubts_about(const PoseFile& file) {
  PeopleDoubts doubts;
  for (const Person& person : file.people()) {
    ++doubts.people;
    doubts.without_torso += has_torso_of_nothing(person, file.skeleton());
    doubts.without_reference_length += !(person.reference_length > 0);
    add_joints(doubts, person, file.info().crop_pixels());
  }
  return doubts;
}

}  // namespace pbn
