// "did you mean": suggests the known name that is nearest to an unknown one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pbn {

// `did you mean "model.depth"?`, else the list of names if it is short, else nothing.
std::string suggestion(std::string_view given, std::span<const std::string> known);

// The Levenshtein distance.
std::size_t edits_between(std::string_view from, std::string_view to);

}  // namespace pbn
