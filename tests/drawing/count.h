#pragma once

#include <iterator>
#include <regex>
#include <string>

namespace pbn::drawing {

// The number of matches of a regular expression in a text.
inline int count(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return static_cast<int>(std::distance(std::sregex_iterator(text.begin(), text.end(), expression), {}));
}

}  // namespace pbn::drawing
