// "did you mean": the nearest of the names that would have been understood.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pbn {

// `did you mean "model.depth"?`, or the list of names when none is near (and it is short), or nothing.
std::string suggestion(std::string_view given, std::span<const std::string> known);

// Insertions, deletions and substitutions that make one of the other (Levenshtein).
std::size_t edits_between(std::string_view from, std::string_view to);

}  // namespace pbn
