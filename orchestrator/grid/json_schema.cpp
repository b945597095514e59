#include "orchestrator/grid/json_schema.h"

namespace pbn::grid {

Json text_schema(std::string_view help) {
  return {{"description", help}, {"type", {"string", "number", "boolean"}}, {"minLength", 1}};
}

Json line_schema(std::string_view help) {
  return {{"description", help}, {"type", "string"}, {"pattern", "^[^\\n\\r]+$"}};
}

Json lines_schema(std::string_view help) {
  return {{"description", help}, {"type", "array"}, {"items", {{"type", "string"}, {"pattern", "^[^\\n\\r]+$"}}}};
}

Json yes_or_no_schema(std::string_view help) { return {{"description", help}, {"type", "boolean"}}; }

Json number_schema(std::string_view help, int least, int most) {
  return {{"description", help}, {"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

Json choice_schema(std::string_view help, const std::vector<std::string>& words) {
  return {{"description", help}, {"enum", words}};
}

Json map_schema(const YamlReaders& readers, const std::vector<std::string>& required) {
  Json properties = Json::object();
  for (const auto& [key, reader] : readers) properties[key] = reader.schema;
  Json schema = closed_map(std::move(properties));
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json closed_map(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json schema_file(const std::string& title, Json schema) {
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = title;
  return schema;
}

}  // namespace pbn::grid
