// Which people of a training split are held out for validation.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "data/preparing/split_list.h"
#include "data/sources/photographs.h"

namespace pbn {

// People `first` to `last` of the source, in its order, from 1.
struct PersonRange {
  std::int64_t first = 1;
  std::int64_t last = 1;
};

// So many of the photographs, drawn by the seed: never the same photograph on both sides.
struct PhotographFraction {
  double fraction = 0.1;
  std::uint64_t seed = 1;
};

struct HoldOut {
  std::variant<std::vector<SplitEntry>, PersonRange, PhotographFraction> people;
  std::string description;  // "list valid.h5", "people 1 to 100", "0.1 of the photographs, seed 1"
};

// "list:FILE", "range:A-B" or "fraction:F"; reads the list. The seed is for the fraction. Throws usage errors for
// anything else and what read_split_list throws.
HoldOut parse_hold_out(const std::string& text, std::uint64_t seed);

// The set without the people who are held out, and these, both in the set's order. Throws a data error that names the
// first entries of a list that match nobody, and a usage error when either half would be empty.
struct DividedSet {
  PhotographSet rest, held_out;
};
DividedSet divide(const PhotographSet& set, const HoldOut& hold_out);

}  // namespace pbn
