#include "base/json_mistake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/file_kind.h"

namespace pbn {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* copy_again = "copy or write the whole file again";

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// "line 3, column 17", both counted from 1; columns are characters.
std::string place_of(std::string_view text, std::size_t index) {
  const std::string_view before = text.substr(0, index);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_break = before.rfind('\n');
  const std::string_view on_line = before.substr(line_break == std::string_view::npos ? 0 : line_break + 1);
  const auto column =
      1 + std::count_if(on_line.begin(), on_line.end(), [](char c) { return !continues_a_character(c); });
  return fmt::format("line {}, column {}", line, column);
}

// The text around a place, for files whose single line is too long for an editor.
std::string excerpt(std::string_view text, std::size_t index) {
  constexpr std::size_t before = 24, after = 16;
  const std::size_t start = index > before ? index - before : 0;
  std::string shown(text.substr(start, index - start + after));
  for (char& c : shown) {
    if (!std::isprint(static_cast<unsigned char>(c))) c = ' ';
  }
  return shown;
}

// The whole word or number at `index`, such as -Infinity for its "I"; `index` is moved to its beginning.
std::string_view token_at(std::string_view text, std::size_t& index) {
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.' || c == '_';
  };
  while (index > 0 && belongs(text[index - 1])) --index;
  std::size_t end = index;
  while (end < text.size() && end < index + 40 && belongs(text[end])) ++end;
  return text.substr(index, end - index);
}

struct Explanation {
  std::string problem, hint;
};

FileKind other_kind(std::string_view text) {
  if (FileKind kind = kind_by_first_bytes(text); !kind.name.empty()) return kind;
  if (text.size() >= 2 && ((text[0] == '\0') != (text[1] == '\0'))) {
    return {"UTF-16 text", "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8"};
  }
  return {};
}

bool is_one_of(std::string_view token, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), token) != words.end();
}

Explanation explain_token(std::string_view token) {
  std::string lower(token);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (is_one_of(lower, {"nan", "-nan", "infinity", "-infinity", "+infinity", "inf", "-inf", "+inf"})) {
    return {fmt::format("{} is not a JSON number", token),
            "write null or leave the entry out; Python's json.dump(..., allow_nan=False) shows where it comes from"};
  }
  if (is_one_of(token, {"True", "False", "None"})) {
    return {fmt::format("{} is Python, not JSON", token), "write the file with json.dump, not with print or str"};
  }
  return {};
}

// The mistake at the character `index`, which is inside the text; empty if unknown.
Explanation explain_character(std::string_view text, std::size_t index, std::string_view parser_message) {
  if (parser_message.find("UTF-8") != std::string_view::npos) {
    return {"a string contains bytes that are not UTF-8", "save the file as UTF-8"};
  }
  if (parser_message.find("control character") != std::string_view::npos) {
    return {"a string contains a line break or another control character", "write it as \\n, \\t or \\u0001"};
  }
  const char found = text[index];
  const std::size_t last = index == 0 ? std::string_view::npos : text.find_last_not_of(blanks, index - 1);
  const char before = last == std::string_view::npos ? '\0' : text[last];
  if ((found == ']' || found == '}') && before == ',') return {"a comma follows the last value", "remove it"};
  if (found == '\'') return {"a string is in ' instead of \"", "write the file with json.dump, not with print or str"};
  if (found == '#' || found == '/') return {"comments are not JSON", "remove them"};
  if (parser_message.find("expected end of input") != std::string_view::npos) {
    return {"more text follows the end of the value", "is it one value per line (JSON lines), or two files in one?"};
  }
  return {};
}

}  // namespace

Error json_syntax_error(std::string_view text, const std::string& where, const nlohmann::json::parse_error& mistake) {
  const auto refused = [&](const std::string& problem, const std::string& hint) {
    return data_error(where, hint, "is not valid JSON{}", problem);
  };
  if (text.find_first_not_of(blanks) == std::string_view::npos) return refused(": it is empty", copy_again);
  const auto [kind, how] = other_kind(text);
  if (!kind.empty()) return refused(fmt::format(": it is {}", kind), how);
  std::size_t index = mistake.byte == 0 ? 0 : mistake.byte - 1;  // `byte` counts the bytes read
  if (index >= text.size()) {
    return refused(fmt::format(": it ends in the middle, at {}", place_of(text, text.size())), copy_again);
  }
  Explanation why = explain_character(text, index, mistake.what());
  if (why.problem.empty()) why = explain_token(token_at(text, index));
  const std::string problem = why.problem.empty() ? "" : ": " + why.problem;
  return refused(fmt::format(" at {}{} (near {})", place_of(text, index), problem, excerpt(text, index)), why.hint);
}

Error json_number_error(std::string_view text, const std::string& where, const nlohmann::json::out_of_range& mistake) {
  const std::string_view words = mistake.what();  // "number overflow parsing '1e999'"
  const std::size_t first = words.find('\''), last = words.rfind('\'');
  const std::string_view number = first < last ? words.substr(first + 1, last - first - 1) : std::string_view();
  const std::size_t index = number.empty() ? std::string_view::npos : text.find(number);
  if (index == std::string_view::npos) return data_error(where, "", "contains a number that is too large");
  return data_error(where, "the limit is 1.8e308", "contains a number that is too large, {} at {}",
                    number.substr(0, 40), place_of(text, index));
}

}  // namespace pbn
