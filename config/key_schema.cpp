#include "config/key_schema.h"

#include <fmt/format.h>

namespace pbn::config {
namespace {

Json number_schema(const Key& key, const char* type) {
  Json schema = {{"type", type}};
  if (key.range) {
    const bool is_whole = key.kind == Kind::integer;
    schema["minimum"] = is_whole ? Json(static_cast<std::int64_t>(key.range->least)) : Json(key.range->least);
    schema["maximum"] = is_whole ? Json(static_cast<std::int64_t>(key.range->most)) : Json(key.range->most);
  }
  if (key.multiple_of > 1) schema["multipleOf"] = key.multiple_of;
  return schema;
}

// A keyword such as "minimum" or "items" says nothing about values of other types.
Json one_or_list(Json element) {
  Json schema = element;
  schema["type"] = {element["type"], "array"};
  schema["items"] = std::move(element);
  return schema;
}

Json colour_schema(const Key& key) {
  const Json channels = {{"items", number_schema(key, "number")}, {"minItems", 3}, {"maxItems", 3}};
  return {{"if", {{"type", "array"}}}, {"then", channels}, {"else", {{"enum", key.choices}}}};
}

Json groups_schema() {
  const Json parts = {{"type", "array"}, {"items", {{"type", "string"}}}};
  return {{"type", {"string", "array", "object"}},
          {"items", parts},
          {"properties", {{"related", {{"type", "integer"}}}, {"from", {{"type", "string"}}}}},
          {"required", {"related"}},
          {"additionalProperties", false}};
}

Json value_schema(const Key& key) {
  switch (key.kind) {
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::integer:
      return number_schema(key, "integer");
    case Kind::real:
      return number_schema(key, "number");
    case Kind::text:
      return key.choices.empty() ? Json{{"type", "string"}} : Json{{"enum", key.choices}};
    case Kind::texts:
      return one_or_list({{"type", "string"}});
    case Kind::reals:
      return one_or_list(number_schema(key, "number"));
    case Kind::colour:
      return colour_schema(key);
    case Kind::groups:
      return groups_schema();
  }
  return {};
}

}  // namespace

Json schema_of(const Key& key) {
  Json schema = value_schema(key);
  schema["description"] = fmt::format("{}: {}; default: {}", key.help, allowed_values(key), key.default_value.dump());
  schema["default"] = key.default_value;
  return schema;
}

}  // namespace pbn::config
