// "did you mean": the nearest of the names that would have been understood.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pbn {

// `did you mean "model.depth"?`, or the list of names when none is near (and it is short), or nothing.
std::string suggestion(std::string_view given, std::span<const std::string> known);

}  // namespace pbn
