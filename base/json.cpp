#include "base/json.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "base/error.h"
#include "base/files.h"

namespace pbn {
namespace {

// Copying a value and writing it out recurse, so that a megabyte of brackets would end the program.
constexpr int deepest = 500;

bool nests_deeper_than_that(std::string_view text) {
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

}  // namespace

std::string canonical(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::strict); }

Json parse_json(std::string_view text, const std::string& where) {
  if (nests_deeper_than_that(text)) throw data_error(where, "", "nests more than {} lists or objects", deepest);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw data_error(where, "", "is not valid JSON at byte {}", error.byte);
  } catch (const Json::out_of_range&) {  // 1e999
    throw data_error(where, "", "holds a number that is too large");
  }
}

Json read_json(const std::filesystem::path& file) { return parse_json(read_file(file), file.string()); }

void write_json(const std::filesystem::path& file, const Json& value, Durability durability) {
  write_atomically(file, value.dump(1) + "\n", durability);
}

void append_json_line(const std::filesystem::path& file, const Json& value) {
  const std::string line = canonical(value) + "\n";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const ssize_t bytes = descriptor >= 0 ? ::write(descriptor, line.data(), line.size()) : -1;
  const bool written = bytes == static_cast<ssize_t>(line.size());
  const int code = bytes < 0 ? errno : ENOSPC;
  if (descriptor >= 0) ::close(descriptor);
  if (!written) throw environment_error(file.string(), "", "cannot append: {}", std::strerror(code));
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

namespace {

// Calls visit("model"), visit("depth") for "model.depth", until it says false.
template <typename Visit>
void for_each_name(std::string_view dotted, const Visit& visit) {
  while (!dotted.empty()) {
    const auto dot = dotted.find('.');
    if (!visit(std::string(dotted.substr(0, dot))) || dot == std::string_view::npos) return;
    dotted.remove_prefix(dot + 1);
  }
}

}  // namespace

void set_path(Json& object, const std::string& dotted, Json value) {
  Json* place = &object;
  for_each_name(dotted, [&](const std::string& name) {
    place = &(*place)[name];
    return true;
  });
  *place = std::move(value);
}

const Json& at_path(const Json& object, const std::string& dotted) {
  static const Json nothing;
  const Json* place = &object;
  for_each_name(dotted, [&](const std::string& name) {
    const auto found = place->is_object() ? place->find(name) : place->end();
    place = found == place->end() ? nullptr : &*found;
    return place != nullptr;
  });
  return place ? *place : nothing;
}

}  // namespace pbn
