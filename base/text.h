// Makes text from outside (settings, labels, host names, a worker's output) safe for tables, terminals and documents,
// and measures the width of text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pbn {

struct Character {
  char32_t code;
  std::size_t bytes;
  bool is_valid() const { return code != 0xFFFD || bytes > 1; }  // U+FFFD itself has three bytes
};

// The first character of a text that is not empty; U+FFFD of one byte if that byte is not UTF-8.
Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

// The beginning of a text in at most this many bytes, cut between characters.
std::string_view cut_to_bytes(std::string_view text, std::size_t bytes);

enum class Colours { replaced, kept };  // the escape sequences of base/colour.h

// Valid UTF-8 without effects in XML, HTML or a terminal: U+FFFD replaces every byte that is not UTF-8, every control
// character except tab, line feed and carriage return, and every code that is no character (U+FFFE).
std::string printable_text(std::string_view text, Colours colours = Colours::replaced);

// The same on one line: tabs and line breaks become spaces.
std::string one_line(std::string_view text, Colours colours = Colours::replaced);

// The width in columns of a terminal: two for Chinese, Japanese and Korean characters and pictographs, none for
// combining accents and colours.
std::size_t columns_of(std::string_view text);

// The text if it fits into this many columns, else its beginning and "…".
std::string cut_to_columns(std::string_view text, std::size_t columns);

// The same with "…" in the middle, for names that differ only at the end.
std::string cut_in_the_middle(std::string_view text, std::size_t columns);

// The text broken between words into lines of at most this many columns; 0: unchanged.
std::string wrapped(std::string_view text, std::size_t columns);

// The width of the terminal behind a file descriptor; 0 if it is no terminal or its width is unknown.
std::size_t terminal_columns(int descriptor);

}  // namespace pbn
