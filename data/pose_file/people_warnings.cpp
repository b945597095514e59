#include "data/pose_file/people_warnings.h"

#include <fmt/format.h>

#include "base/counted.h"

namespace pbn::data {
namespace {

// The reference length of PCK is the distance from the right shoulder to the left hip.
bool has_torso_of_length_zero(const Person& person, const config::Skeleton& skeleton) {
  const int right = skeleton.index_of("r-shoulder"), left = skeleton.index_of("l-hip");
  if (right < 0 || left < 0) return false;
  const auto shoulder = static_cast<std::size_t>(right), hip = static_cast<std::size_t>(left);
  return person.labelled[shoulder] && person.labelled[hip] && person.joints[shoulder] == person.joints[hip];
}

void add_joints(PeopleWarnings& warnings, const Person& person, double side) {
  std::int64_t labelled = 0, at_first = 0;
  std::array<float, 2> first{};
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (!person.labelled[part]) continue;
    const auto [x, y] = person.joints[part];
    if (labelled++ == 0) first = person.joints[part];
    at_first += person.joints[part] == first;
    warnings.outside += !(x >= 0 && y >= 0 && x < side && y < side);
    warnings.far_outside += !(x >= -side && y >= -side && x < 2 * side && y < 2 * side);
  }
  warnings.labelled += labelled;
  warnings.without_joints += labelled == 0;
  warnings.in_one_place += labelled > 1 && at_first == labelled;
}

std::string people_have(std::int64_t count, const std::string& what) {
  return counted(count, "person has", "people have") + " " + what;
}

}  // namespace

std::vector<std::string> PeopleWarnings::sentences(const std::string& reference) const {
  std::vector<std::string> all;
  if (without_joints > 0) all.push_back(people_have(without_joints, "no labelled joint"));
  if (in_one_place > 0) all.push_back(people_have(in_one_place, "all labelled joints in one place"));
  if (without_torso > 0) {
    all.push_back(people_have(without_torso, "a torso of length 0: right shoulder on left hip"));
  }
  if (without_reference_length > 0) {
    all.push_back(people_have(without_reference_length, reference == "pair"
                                                            ? "no distance of the two reference parts"
                                                            : fmt::format("a {} size of 0", reference)));
  }
  if (far_outside > 0) {
    all.push_back(fmt::format(
        "{} further outside the crop than it is wide ({} of {} outside at all): are they in pixels of the crop?",
        counted(far_outside, "joint lies", "joints lie"), outside, labelled));
  }
  return all;
}

PeopleWarnings warnings_about(const PoseFile& file) {
  PeopleWarnings warnings;
  for (const Person& person : file.people()) {
    ++warnings.people;
    warnings.without_torso += has_torso_of_length_zero(person, file.skeleton());
    warnings.without_reference_length += !(person.reference_length > 0);
    add_joints(warnings, person, file.info().crop_pixels());
  }
  return warnings;
}

}  // namespace pbn::data
