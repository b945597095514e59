#include "orchestrator/grid/strict_yaml.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <charconv>
#include <sstream>

#include "base/error.h"

namespace pbn {
namespace {

std::string place(const std::string& file, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

// std::from_chars, because it knows neither octal numbers nor locales.
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
  using Decoder = boost::locale::utf::utf_traits<char>;
  int line = 1, column = 1;
  for (auto next = text.begin(); next != text.end(); ++column) {
    const auto letter = Decoder::decode(next, text.end());
    if (letter == boost::locale::utf::illegal || letter == boost::locale::utf::incomplete) {
      throw usage_error(fmt::format("{}:{}:{}", file, line, column), "save the file as UTF-8", "is not UTF-8 text");
    }
    if (letter != '\n') continue;
    ++line;
    column = 0;
  }
}

class NothingDone : public YAML::EventHandler {
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

// No further than two: yaml-cpp 0.7 takes a comma between documents for empty documents without end.
int count_documents(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NothingDone handler;
  int documents = 0;
  while (documents < 2 && parser.HandleNextDocument(handler)) ++documents;
  return documents;
}

}  // namespace

StrictYaml::StrictYaml(const std::string& text, std::string file) : file_(std::move(file)) {
  require_utf8(text, file_);
  try {
    const int documents = count_documents(text);
    if (documents > 1) throw usage_error(file_, "", "has more than one YAML document");
    if (documents == 1) root_ = YAML::Load(text);
    if (root_.IsNull()) throw usage_error(file_, "", "is empty");
  } catch (const YAML::Exception& error) {
    throw usage_error(place(file_, error.mark), "", "is not valid YAML: {}", error.msg);
  }
}

std::vector<YamlEntry> StrictYaml::entries(const YAML::Node& map, const std::string& where) const {
  if (!map.IsMap()) throw usage_error(place_of(map, where), "", "expected settings, such as \"key: value\"");
  std::vector<YamlEntry> entries;
  for (const auto& pair : map) {
    const std::string key_where = place_of(pair.first, where);
    if (!pair.first.IsScalar()) throw usage_error(key_where, "", "a key must be a word");
    const std::string key = pair.first.Scalar();
    if (key == "<<") throw usage_error(key_where, "write the settings out", "merge keys are not supported");
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
    if (same != entries.end()) throw usage_error(key_where, "", "\"{}\" was already given at {}", key, same->where);
    if (pair.second.IsNull()) throw usage_error(key_where, "", "\"{}\" has no value", key);
    entries.push_back({key, key_where, pair.second, place_of(pair.second, key_where)});
  }
  return entries;
}

Json StrictYaml::value(const YAML::Node& node, const std::string& where) const {
  if (node.IsScalar()) return node.Tag() == "?" ? plain_scalar(node.Scalar()) : Json(node.Scalar());
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& element : node) list.push_back(value(element, where));
    return list;
  }
  if (!node.IsMap()) throw usage_error(place_of(node, where), "", "a value is missing");
  Json object = Json::object();
  for (const auto& entry : entries(node, where)) object[entry.key] = value(entry.value, entry.value_where);
  return object;
}

std::string StrictYaml::place_of(const YAML::Node& node, const std::string& otherwise) const {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? otherwise : place(file_, mark);
}

}  // namespace pbn
