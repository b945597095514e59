#include "orchestrator/grid/script_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/error.h"

namespace pbn::grid {
namespace {

constexpr const char* brace_hint = "write {{ and }} for braces, and {name} for the value of a setting";

// Calls text(character) for what stays, and name(name) for each name in braces.
void scan_word(const std::string& word, const std::string& where, const auto& text, const auto& name) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if ((c == '{' || c == '}') && i + 1 < word.size() && word[i + 1] == c) {
      text(c);
      ++i;
    } else if (c == '{') {
      const auto end = word.find_first_of("{}", i + 1);
      if (end == std::string::npos || word[end] == '{' || end == i + 1)
        throw usage_error(where, brace_hint, "worker.script: \"{}\" has a brace without a name or a partner", word);
      name(word.substr(i + 1, end - i - 1));
      i = end;
    } else if (c == '}') {
      throw usage_error(where, brace_hint, "worker.script: \"{}\" has a brace without a name or a partner", word);
    } else {
      text(c);
    }
  }
}

std::string spelled(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::vector<std::string> elements_of(const Json& value) {
  std::vector<std::string> elements;
  for (const Json& element : value) elements.push_back(spelled(element));
  return elements;
}

}  // namespace

std::vector<std::string> split_script(const std::string& text, const std::string& where) {
  std::vector<std::string> words;
  bool is_word = false;
  char quote = 0;
  for (const char c : text) {
    if (quote == 0 && std::isspace(static_cast<unsigned char>(c)) != 0) {
      is_word = false;
      continue;
    }
    if (!is_word) words.emplace_back();
    is_word = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) throw usage_error(where, "give the words as a list", "worker.script: a {} is not closed", quote);
  return words;
}

std::vector<std::string> names_in_script(const std::vector<std::string>& words, const std::string& where) {
  std::vector<std::string> names;
  for (const std::string& word : words) {
    scan_word(
        word, where, [](char) {},
        [&](const std::string& name) {
          if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        });
  }
  return names;
}

Json value_for_script(const std::string& name, const Json& settings, const Json& seed, const std::string& run_folder) {
  if (name == "seed") return seed;
  if (name == "run") return run_folder;
  const std::string prefix = "settings.";
  const Json& setting = at_path(settings, name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  return setting.is_null() && name == "here" ? Json(std::filesystem::current_path().string()) : setting;
}

std::vector<std::string> filled_script(const std::vector<std::string>& words,
                                       const std::function<Json(const std::string& name)>& value) {
  std::vector<std::string> command;
  for (const std::string& word : words) {
    std::string filled;
    Json last;
    scan_word(
        word, "worker.script", [&](char c) { filled += c; },
        [&](const std::string& name) {
          last = value(name);
          filled += last.is_array() ? fmt::format("{}", fmt::join(elements_of(last), ",")) : spelled(last);
          if (last.is_array() && word == "{" + name + "}") return;
          last = nullptr;
        });
    if (last.is_array()) {
      for (std::string& element : elements_of(last)) command.push_back(std::move(element));
    } else {
      command.push_back(std::move(filled));
    }
  }
  return command;
}

}  // namespace pbn::grid
