#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {

Json object_in(const std::filesystem::path& file) {
  Json value = Json::parse(read_file_if_there(file).value_or(""), nullptr, false);
  return value.is_object() ? value : Json::object();
}

std::string text_at(const Json& object, const std::string& path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

std::optional<double> number_at(const Json& object, const std::string& path) {
  const Json& value = at_path(object, path);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::optional<std::time_t> time_from(const std::string& utc) {
  std::tm parts{};
  if (!::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts)) return {};
  return ::timegm(&parts);
}

}  // namespace pbn::runs
