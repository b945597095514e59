#include "base/json.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/files.h"
#include "base/json_mistake.h"
#include "base/path_text.h"
#include "base/text.h"

namespace pbn {
namespace {

// Copying and writing a value recurse: a megabyte of brackets would overflow the stack.
constexpr int deepest = 500;

bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[i] == '[' || text[i] == '{')) {
      if (++depth > deepest) return true;
    } else if (!quoted && (text[i] == ']' || text[i] == '}')) {
      --depth;
    }
  }
  return false;
}

// The first string or key that is not UTF-8; empty if there is none.
std::string string_not_in_utf8(const Json& value) {
  if (value.is_string()) return is_utf8(value.get_ref<const std::string&>()) ? "" : value.get<std::string>();
  if (!value.is_structured()) return "";
  for (const auto& [key, inner] : value.items()) {
    if (!is_utf8(key)) return key;
    if (std::string text = string_not_in_utf8(inner); !text.empty()) return text;
  }
  return "";
}

std::string in_utf8(const Json& value, int indent) {
  try {
    return value.dump(indent, ' ', false, Json::error_handler_t::strict);
  } catch (const Json::type_error&) {
    throw usage_error(path_text(string_not_in_utf8(value)), "give files and folders names in UTF-8",
                      "is not UTF-8 and cannot be written as JSON");
  }
}

// Builds the same value as Json::parse, and finds the first key that an object contains twice.
class RepeatedKeyParser final : public nlohmann::json_sax<Json> {
 public:
  RepeatedKeyParser(Json& root, std::optional<std::string>& repeated) : root_(root), repeated_(repeated) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // not in texts
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto [place, is_new] = open_.back()->get_ref<Json::object_t&>().try_emplace(name);
    if (!is_new && !repeated_) repeated_ = name;
    member_ = &place->second;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    if (const auto* mistake = dynamic_cast<const Json::parse_error*>(&error)) throw *mistake;
    throw dynamic_cast<const Json::out_of_range&>(error);
  }

 private:
  Json& place_of(Json&& value) {
    if (open_.empty()) return root_ = std::move(value);
    if (open_.back()->is_object()) return *member_ = std::move(value);
    return open_.back()->get_ref<Json::array_t&>().emplace_back(std::move(value));
  }
  bool add(Json value) {
    place_of(std::move(value));
    return true;
  }
  bool open(Json&& value) {
    open_.push_back(&place_of(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  std::optional<std::string>& repeated_;
  std::vector<Json*> open_;  // the arrays and objects that have not ended, outermost first
  Json* member_ = nullptr;   // the place of the next value, if the innermost is an object
};

template <typename Parse>
Json parsed(std::string_view text, const std::string& where, const Parse& parse) {
  if (nests_too_deep(text)) throw data_error(where, "", "nests lists or objects more than {} deep", deepest);
  try {
    return parse();
  } catch (const Json::parse_error& error) {
    throw json_syntax_error(text, where, error);
  } catch (const Json::out_of_range& error) {  // 1e999
    throw json_number_error(text, where, error);
  }
}

}  // namespace

std::string canonical(const Json& value) { return in_utf8(value, -1); }

Json parse_json(std::string_view text, const std::string& where) {
  return parsed(text, where, [&] { return Json::parse(text); });
}

Json parse_json(std::string_view text, const std::string& where, std::optional<std::string>& repeated) {
  return parsed(text, where, [&] {
    Json value;
    RepeatedKeyParser parser(value, repeated);
    Json::sax_parse(text, &parser);
    return value;
  });
}

Json read_json(const std::filesystem::path& file) { return parse_json(read_file(file), file.string()); }

void write_json(const std::filesystem::path& file, const Json& value, Durability durability) {
  write_atomically(file, in_utf8(value, 1) + "\n", durability);
}

void append_json_line(const std::filesystem::path& file, const Json& value) {
  const std::string line = canonical(value) + "\n";
  const Descriptor log(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  const ssize_t bytes = log.is_open() ? ::write(log.number(), line.data(), line.size()) : -1;
  if (bytes == static_cast<ssize_t>(line.size())) return;
  throw environment_error(file.string(), "", "cannot append: {}", std::strerror(bytes < 0 ? errno : ENOSPC));
}

std::vector<Json> read_json_lines(const std::filesystem::path& file) {
  std::vector<Json> values;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    Json value = Json::parse(line, nullptr, false);
    if (!value.is_discarded()) values.push_back(std::move(value));
  }
  return values;
}

void set_path(Json& object, const std::string& dotted, Json value) {
  Json* place = &object;
  std::istringstream names(dotted);
  for (std::string name; std::getline(names, name, '.');) place = &(*place)[name];
  *place = std::move(value);
}

const Json& at_path(const Json& object, const std::string& dotted) {
  static const Json null;
  const Json* place = &object;
  for (std::size_t begin = 0; begin < dotted.size();) {
    const std::size_t end = std::min(dotted.find('.', begin), dotted.size());
    const auto found = place->is_object() ? place->find(dotted.substr(begin, end - begin)) : place->end();
    if (found == place->end()) return null;
    place = &*found;
    begin = end + 1;
  }
  return *place;
}

}  // namespace pbn
