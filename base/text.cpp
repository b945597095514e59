#include "base/text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>
#include <boost/locale/utf.hpp>

namespace pbn {
namespace {

constexpr const char* replacement = "\uFFFD";

struct Range {
  char32_t from, to;
};

template <std::size_t count>
bool is_in(const std::array<Range, count>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) { return code >= r.from && code <= r.to; });
}

// The Unicode blocks of East Asian Width W and F; they include a few narrow letters.
constexpr std::array<Range, 12> wide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xA960, 0xA97F},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1F64F},
                                      {0x1F680, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 8> without_width{{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05BD},
                                              {0x064B, 0x065F},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};

// "\033[31m" at the beginning of the text, or empty.
std::string_view colour_at_front(std::string_view text) {
  if (!text.starts_with("\033[")) return {};
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? text.substr(0, end + 1) : std::string_view{};
}

bool is_plain(std::string_view text) {  // most texts are
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_shown(char32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  const bool is_control = code >= 0x7F && code < 0xA0;
  const bool is_no_character = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
  return !is_control && !is_no_character;
}

}  // namespace

Character first_character(std::string_view text) {
  namespace utf = boost::locale::utf;
  const char* next = text.data();
  const utf::code_point code = utf::utf_traits<char>::decode(next, text.data() + text.size());
  if (code == utf::illegal || code == utf::incomplete) return {0xFFFD, 1};
  return {code, static_cast<std::size_t>(next - text.data())};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.is_valid()) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

std::string_view cut_to_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  while (bytes > 0 && continues(bytes)) --bytes;
  return text.substr(0, bytes);
}

std::string printable_text(std::string_view text, Colours colours) {
  if (is_plain(text)) return std::string(text);
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    std::string_view taken = colours == Colours::kept ? colour_at_front(text) : std::string_view{};
    if (taken.empty()) {
      const Character character = first_character(text);
      taken = text.substr(0, character.bytes);
      shown += is_shown(character.code) && character.code != 0xFFFD ? taken : replacement;
    } else {
      shown += taken;
    }
    text.remove_prefix(taken.size());
  }
  return shown;
}

std::string one_line(std::string_view text, Colours colours) {
  std::string line = printable_text(text, colours);
  for (char& c : line) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  }
  for (const char* separator : {"\u2028", "\u2029"}) boost::replace_all(line, separator, " ");  // lines, paragraphs
  return line;
}

std::size_t columns_of(std::string_view text) {
  if (is_plain(text)) return text.size();
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::string_view colour = colour_at_front(text);
    const Character character = first_character(text);
    if (colour.empty()) columns += is_in(without_width, character.code) ? 0 : is_in(wide, character.code) ? 2 : 1;
    text.remove_prefix(colour.empty() ? character.bytes : colour.size());
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string cut;
  std::size_t room = columns > 0 ? columns - 1 : 0;  // one column is for the ellipsis
  bool is_full = false;
  while (!text.empty()) {
    const std::string_view colour = colour_at_front(text);
    const std::string_view taken = colour.empty() ? text.substr(0, first_character(text).bytes) : colour;
    const std::size_t width = columns_of(taken);
    if (colour.empty() && width > room && !is_full) {
      is_full = true;
      if (columns > 0) cut += "…";
    }
    if (!colour.empty() || !is_full) cut += taken;  // colours are kept, so that the last one ends
    if (!is_full) room -= width;
    text.remove_prefix(taken.size());
  }
  return cut;
}

std::string cut_in_the_middle(std::string_view text, std::size_t columns) {
  std::size_t left = columns_of(text);
  if (left <= columns || columns < 3) return cut_to_columns(text, columns);
  const std::size_t end = (columns - 1) / 2;
  const std::string beginning = cut_to_columns(text, columns - end);
  while (left > end) {
    const std::size_t bytes = first_character(text).bytes;
    left -= columns_of(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return beginning + std::string(text);
}

std::string wrapped(std::string_view text, std::size_t columns) {
  if (columns == 0) return std::string(text);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string rest = end < text.size() ? "\n" + wrapped(text.substr(end + 1), columns) : "";
  text = text.substr(0, end);
  if (columns_of(text) <= columns) return std::string(text) + rest;
  std::string lines;
  for (std::size_t used = 0; !text.empty();) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    const std::size_t width = columns_of(word);
    const bool is_full = used > 0 && used + 1 + width > columns;
    if (used > 0) lines += is_full ? '\n' : ' ';
    lines += word;
    used = width + (used > 0 && !is_full ? used + 1 : 0);
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return lines + rest;
}

std::size_t terminal_columns(int descriptor) {
  winsize window{};
  return ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &window) == 0 ? window.ws_col : 0;
}

}  // namespace pbn
