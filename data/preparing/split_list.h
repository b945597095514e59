// Lists of the people that a split consists of, such as MPII's validation split.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pbn {

// A person, or everyone in a photograph.
struct SplitEntry {
  std::string image;          // its path below the folder of the photographs
  std::optional<int> person;  // within the photograph, from 0: people/person_index of a pose file

  bool operator==(const SplitEntry&) const = default;
};

// A text with a line for each entry: the image's path below the folder of the photographs and, after a space, the
// person's number where one is meant. Empty lines and lines that begin with # are passed over. Throws data errors
// "WHERE:LINE"; `where` names the file.
std::vector<SplitEntry> parse_split_list(std::string_view text, const std::string& where);

// Such a text, or an HDF5 file with imgname and person, such as Newell's valid.h5: recognised by content.
std::vector<SplitEntry> read_split_list(const std::filesystem::path& file);

}  // namespace pbn
