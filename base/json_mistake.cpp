#include "base/json_mistake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/file_kind.h"

namespace pbn {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* copy_again = "copy it again, or write it again to its end";

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// "line 3, column 17", which count from 1; columns are characters.
std::string place_of(std::string_view text, std::size_t index) {
  const std::string_view before = text.substr(0, index);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_break = before.rfind('\n');
  const std::string_view on_line = before.substr(line_break == std::string_view::npos ? 0 : line_break + 1);
  const auto column =
      1 + std::count_if(on_line.begin(), on_line.end(), [](char c) { return !continues_a_character(c); });
  return fmt::format("line {}, column {}", line, column);
}

// What stands around a place, for files whose one line is too long for any editor.
std::string excerpt(std::string_view text, std::size_t index) {
  constexpr std::size_t before = 24, after = 16;
  const std::size_t start = index > before ? index - before : 0;
  std::string shown(text.substr(start, index - start + after));
  for (char& c : shown) {
    if (!std::isprint(static_cast<unsigned char>(c))) c = ' ';
  }
  return shown;
}

// Of a word or number: where it begins, so that the "I" of -Infinity shows the whole.
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
    return {"UTF-16 text", "save it as UTF-8, for example by iconv -f UTF-16 -t UTF-8"};
  }
  return {};
}

bool is_one_of(std::string_view token, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), token) != words.end();
}

Explanation of_token(std::string_view token) {
  std::string lower(token);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (is_one_of(lower, {"nan", "-nan", "infinity", "-infinity", "+infinity", "inf", "-inf", "+inf"})) {
    return {fmt::format("{} is not a number of JSON", token),
            "write null or leave the entry out; Python's json.dump(..., allow_nan=False) shows where it comes from"};
  }
  if (is_one_of(token, {"True", "False", "None"})) {
    return {fmt::format("{} is Python's, not JSON's", token), "write it by json.dump, not by print or str"};
  }
  return {};
}

// What is wrong with the character at `index`, which is within the text; empty when nobody can say better than where.
Explanation of_character(std::string_view text, std::size_t index, std::string_view parsers_words) {
  if (parsers_words.find("UTF-8") != std::string_view::npos) {
    return {"a text holds bytes that are not UTF-8", "save it as UTF-8"};
  }
  if (parsers_words.find("control character") != std::string_view::npos) {
    return {"a text holds a line break or another control character", "write them as \\n, \\t or \\u0001"};
  }
  const char found = text[index];
  const std::size_t last = index == 0 ? std::string_view::npos : text.find_last_not_of(blanks, index - 1);
  const char before = last == std::string_view::npos ? '\0' : text[last];
  if ((found == ']' || found == '}') && before == ',') return {"a comma stands behind the last value", "take it out"};
  if (found == '\'') return {"texts stand in ', not in \"", "write it by json.dump, not by print or str"};
  if (found == '#' || found == '/') return {"comments are not JSON", "take them out"};
  if (parsers_words.find("expected end of input") != std::string_view::npos) {
    return {"it goes on behind its end", "is it one value in each line (JSON lines), or two files in one?"};
  }
  return {};
}

}  // namespace

Error not_json(std::string_view text, const std::string& where, const nlohmann::json::parse_error& mistake) {
  const auto refused = [&](const std::string& problem, const std::string& hint) {
    return data_error(where, hint, "is not valid JSON{}", problem);
  };
  if (text.find_first_not_of(blanks) == std::string_view::npos) return refused(": it is empty", copy_again);
  const auto [kind, how] = other_kind(text);
  if (!kind.empty()) return refused(fmt::format(": it is {}", kind), how);
  std::size_t index = mistake.byte == 0 ? 0 : mistake.byte - 1;  // `byte` counts what was read
  if (index >= text.size()) {
    return refused(fmt::format(": it ends in the middle, at {}", place_of(text, text.size())), copy_again);
  }
  Explanation why = of_character(text, index, mistake.what());
  if (why.problem.empty()) why = of_token(token_at(text, index));
  const std::string problem = why.problem.empty() ? "" : ": " + why.problem;
  return refused(fmt::format(" at {}{} (near {})", place_of(text, index), problem, excerpt(text, index)), why.hint);
}

Error too_large_for_json(std::string_view text, const std::string& where, const nlohmann::json::out_of_range& mistake) {
  const std::string_view words = mistake.what();  // "number overflow parsing '1e999'"
  const std::size_t first = words.find('\''), last = words.rfind('\'');
  const std::string_view number = first < last ? words.substr(first + 1, last - first - 1) : std::string_view();
  const std::size_t index = number.empty() ? std::string_view::npos : text.find(number);
  if (index == std::string_view::npos) return data_error(where, "", "holds a number that is too large");
  return data_error(where, "numbers go up to 1.8e308", "holds a number that is too large, {} at {}",
                    number.substr(0, 40), place_of(text, index));
}

}  // namespace pbn
