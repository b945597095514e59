#include "base/colour.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace pbn {
namespace {

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

bool may_be_coloured(int descriptor) {
  return isatty(descriptor) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace

std::string coloured(std::string_view text, Colour colour, int descriptor) {
  return may_be_coloured(descriptor) ? fmt::format("\033[{}m{}\033[0m", static_cast<int>(colour), text)
                                     : std::string(text);
}

}  // namespace pbn
