#include "base/foreign_text.h"

#include <algorithm>

#include "base/text.h"

namespace pbn {
namespace {

constexpr char escape = '\033', bell = '\a';

bool is_within(char letter, int first, int last) {
  const int code = static_cast<unsigned char>(letter);
  return first <= code && code <= last;
}

// The length in bytes of the control sequence (ECMA-48) at the beginning of the text.
std::size_t length_of_sequence(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {  // parameters and one final letter
    const auto end = std::find_if_not(text.begin() + 2, text.end(), [](char c) { return is_within(c, 0x20, 0x3f); });
    const bool is_whole = end != text.end() && is_within(*end, 0x40, 0x7e);
    return static_cast<std::size_t>(end - text.begin()) + is_whole;
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == 'X' || text[1] == '^' ||
      text[1] == '_') {  // a text and its terminator
    const auto end = text.find_first_of("\a\033", 2);
    if (end == std::string_view::npos) return text.size();
    return end + (text[end] == bell ? 1 : text.substr(end).starts_with("\033\\") ? 2 : 0);
  }
  const auto end = std::find_if_not(text.begin() + 1, text.end(), [](char c) { return is_within(c, 0x20, 0x2f); });
  return static_cast<std::size_t>(end - text.begin()) + (end != text.end() && is_within(*end, 0x30, 0x7e));
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

std::string end_of(const std::string& text, std::size_t most) {
  std::size_t begin = text.size() - std::min(text.size(), most);
  while (begin > 0 && begin < text.size() && is_within(text[begin], 0x80, 0xbf)) ++begin;
  return text.substr(begin);
}

}  // namespace

std::string printable_line(std::string_view line, std::size_t most) {
  const std::size_t scanned = 4 * most;  // most of a line may be control sequences
  const bool is_cut = line.size() > scanned;
  std::string shown;
  if (is_cut) line.remove_prefix(line.size() - scanned);
  while (!line.empty()) {
    const Character character = first_character(line);
    std::size_t length = character.bytes;
    if (line.front() == escape) {
      length = length_of_sequence(line);
    } else if (character.code == '\t') {
      shown += ' ';
    } else if (!is_control(character.code)) {
      shown += printable_text(line.substr(0, length));
    }
    line.remove_prefix(length);
  }
  return is_cut || shown.size() > most ? "…" + end_of(shown, most) : shown;
}

}  // namespace pbn
