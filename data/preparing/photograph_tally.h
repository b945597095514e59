// What there is to tell of the photographs that a pose file was cut from, beside the people in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/sources/photographs.h"

namespace pbn {

struct Tally {
  std::int64_t count = 0;
  std::string first{};  // "train/im0007.jpg", or "im0007.jpg person 0"
};

struct PhotographFacts {
  Tally turned, undecided, unstated;  // photographs, by how they were taken (sources/taken_photograph.h)
  Tally people_outside;               // with labelled joints beyond the photograph's edges
  std::int64_t joints_outside = 0;    // such joints

  std::string text(const std::string& file) const;  // a line for each that there is; empty when all is as usual
  Json json() const;
};

// Collects it while people are cut out.
class PhotographTally {
 public:
  explicit PhotographTally(const PhotographSet& set)
      : set_(set), taken_(set.people.size()), outside_(set.people.size()) {}

  void note(std::size_t person, const CutOut& cut);  // from any thread, once for each person
  PhotographFacts facts() const;                     // of all, in their order, whoever made them

 private:
  const PhotographSet& set_;
  std::vector<Taken> taken_;  // of each person's photograph
  std::vector<int> outside_;  // joints of each person
};

}  // namespace pbn
