// Holding out people of the training split for validation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/sources/photographs.h"

namespace pbn::data {

// One person, or all people in a photograph.
struct SplitEntry {
  std::string image;          // path relative to the folder of the photographs
  std::optional<int> person;  // within the photograph, from 0: people/person_index of a pose file

  bool operator==(const SplitEntry&) const = default;
};

// Parses a text with one entry per line: the path of the image relative to the folder of the photographs and,
// optionally, the person's number after a space. Skips empty lines and lines that begin with #. Throws data errors at
// "WHERE:LINE"; `where` names the file.
std::vector<SplitEntry> parse_split_list(std::string_view text, const std::string& where);

// Reads such a text, or an HDF5 file with imgname and person, such as Newell's valid.h5, recognised by content.
std::vector<SplitEntry> read_split_list(const std::filesystem::path& file);

// People `first` to `last` in the order of the source, counted from 1.
struct PersonRange {
  std::int64_t first = 1;
  std::int64_t last = 1;
};

// A share of the photographs, drawn with the seed. All people of a photograph are on the same side.
struct PhotographFraction {
  double fraction = 0.1;
  std::uint64_t seed = 1;
};

struct HoldOut {
  std::variant<std::vector<SplitEntry>, PersonRange, PhotographFraction> people;
  std::string description;  // "list valid.h5", "people 1 to 100", "0.1 of the photographs, seed 1"
};

// Parses "list:FILE", "range:A-B" or "fraction:F" and reads the list. `seed` is for the fraction. Throws a usage error
// for other texts, and the errors of read_split_list.
HoldOut parse_hold_out(const std::string& text, std::uint64_t seed);

// Divides a set into the people who are held out and the rest, in the order of the set. Throws a data error that names
// the first entries of a list without a match, and a usage error if either part is empty.
struct DividedSet {
  PhotographSet rest, held_out;
};
DividedSet divide(const PhotographSet& set, const HoldOut& hold_out);

}  // namespace pbn::data
