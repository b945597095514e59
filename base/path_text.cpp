#include "base/path_text.h"

#include <fmt/format.h>

#include <boost/locale/utf.hpp>
#include <charconv>

namespace pbn {
namespace {

// How many bytes the character at the text's beginning has; 0 where there is none.
std::size_t character_bytes(std::string_view text) {
  namespace utf = boost::locale::utf;
  const char* next = text.data();
  const utf::code_point letter = utf::utf_traits<char>::decode(next, text.data() + text.size());
  const bool is_letter = letter != utf::illegal && letter != utf::incomplete;
  return is_letter ? static_cast<std::size_t>(next - text.data()) : 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string path_text(const std::filesystem::path& path) {
  std::string text;
  const std::string name = path.string();
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t bytes = character_bytes(rest);
    if (bytes == 0 || rest.starts_with("\\x")) {
      text += fmt::format("\\x{:02X}", static_cast<unsigned char>(rest[0]));
      rest.remove_prefix(1);
    } else {
      text += rest.substr(0, bytes);
      rest.remove_prefix(bytes);
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
