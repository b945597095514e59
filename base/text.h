// Text that others wrote (settings, labels, host names, what a worker printed) for tables, terminals and documents, and
// how much room a text takes on a terminal.
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

// The first character of a UTF-8 text that is not empty; one byte that is not valid, U+FFFD, where it begins none.
Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

// As many whole characters from its beginning as so many bytes hold.
std::string_view cut_to_bytes(std::string_view text, std::size_t bytes);

enum class Colours { replaced, kept };  // those of base/colour.h

// Valid UTF-8 that XML, HTML and a terminal take as nothing but text: U+FFFD stands for every byte that is no UTF-8,
// every control character but tab, line feed and carriage return, and every code that is no character (U+FFFE).
std::string printable_text(std::string_view text, Colours colours = Colours::replaced);

// The same on one line: a space stands for each tab and each break of a line.
std::string one_line(std::string_view text, Colours colours = Colours::replaced);

// Columns of a terminal: two for each Chinese, Japanese or Korean character and picture, none for accents that stand on
// the letter before, and for colours.
std::size_t columns_of(std::string_view text);

// The text where it fits into so many columns; else its beginning with "…" for the rest.
std::string cut_to_columns(std::string_view text, std::size_t columns);

// The same with "…" in the middle: names that begin alike are told apart by their ends.
std::string cut_in_the_middle(std::string_view text, std::size_t columns);

// Lines of at most so many columns, broken between words; 0: as it is.
std::string wrapped(std::string_view text, std::size_t columns);

// How wide the terminal behind a file descriptor is; 0 where it is none, or does not say.
std::size_t terminal_columns(int descriptor);

}  // namespace pbn
