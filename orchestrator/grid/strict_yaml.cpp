#include "orchestrator/grid/strict_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <sstream>

#include "base/error.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "orchestrator/grid/foreign_scalar.h"

namespace pbn::grid {
namespace {

std::string line_in(const Json& value, const YamlEntry& entry) {
  std::string line = value.is_string() ? value.get<std::string>() : "";
  if (!line.empty() && line.find_first_of("\n\r") == std::string::npos) return line;
  throw usage_error(entry.value_where, value.is_string() ? "" : "put it in quotes", "{}: {} is not a line of text",
                    entry.key, value.dump());
}

std::string place(const std::string& file, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The tags that yaml-cpp gives to scalars without a tag, and the tag of text.
const std::string plain = "?", quoted = "!", text_tag = "tag:yaml.org,2002:str";

// Shortens "tag:yaml.org,2002:float" to "!!float".
std::string short_tag(const std::string& tag) {
  constexpr std::string_view usual = "tag:yaml.org,2002:";
  return tag.starts_with(usual) ? "!!" + tag.substr(usual.size()) : tag;
}

bool is_whole_number(std::string_view text) {
  return text.find_first_not_of("0123456789", text.starts_with('-') || text.starts_with('+') ? 1 : 0) ==
         std::string_view::npos;
}

// Uses std::from_chars because it ignores octal prefixes and locales.
Json plain_scalar(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const char* const end = digits.data() + digits.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(digits.data(), end, whole); error == std::errc() && stop == end) {
    return whole;
  }
  const bool is_numeric = digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos;  // not inf or nan
  double real = 0;
  if (const auto [stop, error] = std::from_chars(digits.data(), end, real);
      is_numeric && error == std::errc() && stop == end) {
    return real;
  }
  return std::string(text);
}

void require_utf8(const std::string& text, const std::string& file) {
  int line = 1, column = 1;
  for (std::string_view rest = text; !rest.empty(); ++column) {
    const Character letter = first_character(rest);
    if (!letter.is_valid()) {
      throw usage_error(fmt::format("{}:{}:{}", file, line, column), "save the file as UTF-8", "is not UTF-8 text");
    }
    rest.remove_prefix(letter.bytes);
    if (letter.code != '\n') continue;
    ++line;
    column = 0;
  }
}

class IgnoreEvents : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Stops at two, because yaml-cpp 0.7 reads a comma between documents as an endless row of empty documents.
int count_documents(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  IgnoreEvents handler;
  int documents = 0;
  while (documents < 2 && parser.HandleNextDocument(handler)) ++documents;
  return documents;
}

}  // namespace

StrictYaml::StrictYaml(const std::string& text, std::string file) : text_(text), file_(std::move(file)) {
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  require_utf8(text, file_);
  try {
    const int documents = count_documents(text);
    if (documents > 1) throw usage_error(file_, "", "has more than one YAML document");
    if (documents == 1) root_ = YAML::Load(text);
    if (root_.IsNull() && !is_written_null(root_)) throw usage_error(file_, "", "is empty");
  } catch (const YAML::Exception& error) {
    throw usage_error(place(file_, error.mark), "", "is not valid YAML: {}", error.msg);
  }
}

std::vector<YamlEntry> StrictYaml::entries(const YAML::Node& map, const std::string& where, Ambiguous ambiguous) const {
  const bool takes_null = ambiguous == Ambiguous::refused;
  if (!map.IsMap()) throw usage_error(place_of(map, where), "", "expected settings, such as \"key: value\"");
  if (takes_null) require_no_tag(map, place_of(map, where));
  std::vector<YamlEntry> entries;
  for (const auto& pair : map) {
    const std::string key_where = place_of(pair.first, where);
    if (!pair.first.IsScalar()) throw usage_error(key_where, "", "a key must be a word");
    const std::string key = pair.first.Scalar();
    if (key == "<<") throw usage_error(key_where, "write the settings out", "merge keys are not supported");
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
    if (same != entries.end()) throw usage_error(key_where, "", "\"{}\" was already given at {}", key, same->where);
    if (pair.second.IsNull() && !(takes_null && is_written_null(pair.second))) {
      throw usage_error(key_where, takes_null ? "write null for none, or \"\" for an empty text" : "",
                        "\"{}\" has no value", key);
    }
    entries.push_back({key, key_where, pair.second, place_of(pair.second, key_where)});
  }
  return entries;
}

void StrictYaml::read_map(const YAML::Node& map, const std::string& where, const std::string& prefix,
                          const YamlReaders& readers) const {
  for (const YamlEntry& entry : entries(map, where)) {
    const auto reader = readers.find(entry.key);
    if (reader == readers.end()) {
      std::vector<std::string> known;
      for (const auto& [key, ignored] : readers) known.push_back(key);
      throw usage_error(entry.where, suggestion(entry.key, known), "unknown key \"{}{}\"", prefix, entry.key);
    }
    reader->second.read(entry);
  }
}

Json StrictYaml::value(const YAML::Node& node, const std::string& where, Ambiguous ambiguous) const {
  if (node.IsScalar()) return scalar(node, place_of(node, where), ambiguous);
  if (ambiguous == Ambiguous::refused) {
    if (node.IsNull() && is_written_null(node)) return nullptr;
    require_no_tag(node, place_of(node, where));
  }
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& element : node) list.push_back(value(element, where, ambiguous));
    return list;
  }
  if (!node.IsMap()) throw usage_error(place_of(node, where), "", "a value is missing");
  Json object = Json::object();
  for (const auto& entry : entries(node, where, ambiguous)) {
    object[entry.key] = value(entry.value, entry.value_where, ambiguous);
  }
  return object;
}

Json StrictYaml::scalar(const YAML::Node& node, const std::string& where, Ambiguous ambiguous) const {
  const std::string &text = node.Scalar(), &tag = node.Tag();
  if (ambiguous == Ambiguous::text) return tag == plain ? plain_scalar(text) : Json(text);
  if (tag == quoted || tag == text_tag) return text;
  const std::string as_text = Json(text).dump();
  if (tag != plain) {
    throw usage_error(where, fmt::format("write {} for the value or {} for the text", without_tag(tag, text), as_text),
                      "the tag {} is not supported", short_tag(tag));
  }
  Json value = plain_scalar(text);
  if (value.is_number_float() && is_whole_number(text)) {
    throw usage_error(where, fmt::format("write {} for the nearest number or {} for the text", value.dump(), as_text),
                      "{} has more digits than a 64-bit number can hold", text);
  }
  const auto foreign = value.is_string() ? foreign_value(text) : std::nullopt;
  if (!foreign) return value;
  throw usage_error(
      where,
      foreign->spelling.empty()
          ? fmt::format("write {} for the text; the worker gets its settings as JSON, which has no such number",
                        as_text)
          : fmt::format("write {} for the value or {} for the text", foreign->spelling, as_text),
      "{} is text here, but other YAML readers take it for {}", text, foreign->meaning);
}

void StrictYaml::require_no_tag(const YAML::Node& node, const std::string& where) const {
  const std::string& tag = node.Tag();
  const bool is_usual = tag.empty() || tag == plain || tag == "tag:yaml.org,2002:seq" || tag == "tag:yaml.org,2002:map";
  if (!is_usual) throw usage_error(where, "remove the tag", "the tag {} is not supported", short_tag(tag));
}

// yaml-cpp does not distinguish "a: ~" from "a:".
bool StrictYaml::is_written_null(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null() || mark.pos < 0) return false;
  const std::string_view rest =
      std::string_view(text_).substr(std::min(text_.size(), static_cast<std::size_t>(mark.pos)));
  for (const std::string_view null : {"~", "null", "Null", "NULL"}) {
    if (rest.starts_with(null)) return rest.size() == null.size() || std::strchr(" \t\r\n,]}", rest[null.size()]);
  }
  return false;
}

bool StrictYaml::yes_or_no(const YamlEntry& entry, const std::string& prefix) const {
  const Json given = value(entry.value, entry.value_where);
  if (given.is_boolean()) return given;
  throw usage_error(entry.value_where, "", "\"{}{}\" is true or false, not {}", prefix, entry.key, given.dump());
}

int StrictYaml::whole_number(const YamlEntry& entry, int least, int most, const std::string& prefix) const {
  const Json given = value(entry.value, entry.value_where);
  if (given.is_number_integer() && given >= least && given <= most) return given;
  throw usage_error(entry.value_where, fmt::format("a whole number from {} to {}", least, most),
                    "{}{}: {} is not allowed", prefix, entry.key, given.dump());
}

std::string StrictYaml::choice(const YamlEntry& entry, const std::vector<std::string>& words,
                               const std::string& prefix) const {
  const Json given = value(entry.value, entry.value_where);
  std::string word = given.is_string() ? given.get<std::string>() : given.dump();
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  throw usage_error(entry.value_where, suggestion(word, words), "{}{}: {} is not allowed", prefix, entry.key,
                    given.dump());
}

std::string StrictYaml::text(const YamlEntry& entry) {
  if (entry.value.IsScalar() && !entry.value.Scalar().empty()) return entry.value.Scalar();
  throw usage_error(entry.value_where, "", "{}: expected text", entry.key);
}

std::string StrictYaml::line(const YamlEntry& entry) const {
  return line_in(value(entry.value, entry.value_where), entry);
}

std::vector<std::string> StrictYaml::lines(const YamlEntry& entry) const {
  const Json list = value(entry.value, entry.value_where);
  if (!list.is_array()) throw usage_error(entry.value_where, "[...]", "\"{}\" must be a list", entry.key);
  std::vector<std::string> lines;
  for (const Json& element : list) lines.push_back(line_in(element, entry));
  return lines;
}

std::string StrictYaml::place_of(const YAML::Node& node, const std::string& otherwise) const {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? otherwise : place(file_, mark);
}

}  // namespace pbn::grid
