#include "base/path_text.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace pbn {

std::string path_text(const std::filesystem::path& path) {
  std::string text;
  const std::string name = path.string();
  for (std::string_view rest = name; !rest.empty();) {
    const Character character = first_character(rest);
    if (!character.is_valid() || rest.starts_with("\\x")) {
      text += fmt::format("\\x{:02X}", static_cast<unsigned char>(rest[0]));
      rest.remove_prefix(1);
    } else {
      text += rest.substr(0, character.bytes);
      rest.remove_prefix(character.bytes);
    }
  }
  return text;
}

std::filesystem::path path_of_text(const std::string& text) {
  std::string name;
  for (std::size_t at = 0; at < text.size();) {
    unsigned char byte = 0;
    const char* const digits = text.data() + at + 2;
    const bool is_byte = text.compare(at, 2, "\\x") == 0 && text.size() - at >= 4 &&
                         std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    name += is_byte ? static_cast<char>(byte) : text[at];
    at += is_byte ? 4 : 1;
  }
  return name;
}

}  // namespace pbn
