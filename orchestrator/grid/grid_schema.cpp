#include "orchestrator/grid/grid_schema.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "config/key_schema.h"
#include "config/schema.h"
#include "orchestrator/grid/grid_reader.h"
#include "orchestrator/grid/json_schema.h"

namespace pbn::grid {
namespace {

using Paths = std::vector<std::string>;
using SchemaAt = std::function<Json(const std::string& path)>;

Json defined(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }
Json list_of(Json element) { return {{"type", "array"}, {"items", std::move(element)}, {"minItems", 1}}; }

// The settings of a section, nested or dotted: "augment": {...} and "augment.scale" of "train.".
Json settings_below(const std::string& section, const Paths& paths, const SchemaAt& schema_at) {
  Json properties = Json::object();
  for (const std::string& path : paths) {
    if (!path.starts_with(section)) continue;
    const std::string rest = path.substr(section.size());
    properties[rest] = schema_at(path);
    for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.', dot + 1)) {
      const std::string inner = rest.substr(0, dot);
      if (!properties.contains(inner))
        properties[inner] = closed_map(settings_below(section + inner + ".", paths, schema_at));
    }
  }
  return properties;
}

// Whether a list is not a value of this kind but several values (GridKeys::is_one_value).
Json is_list_of_values(config::Kind kind) {
  Json is_list = {{"type", "array"}};
  switch (kind) {
    case config::Kind::reals:
    case config::Kind::texts:
      return {{"type", "array"}, {"contains", is_list}};
    case config::Kind::colour:
      return {{"type", "array"}, {"contains", {{"not", {{"type", "number"}}}}}};
    case config::Kind::groups: {
      const Json parts = {{"type", "array"}, {"items", {{"type", "string"}}}};
      return {{"type", "array"}, {"contains", {{"not", parts}}}};
    }
    default:
      return is_list;
  }
}

Paths paths_of_settings() {
  Paths paths;
  for (const config::Key& key : config::all_keys()) {
    if (key.path != "seed") paths.push_back(key.path);  // a grid has seeds
  }
  return paths;
}

// Names of definitions: of one value, of what a block takes, and of what a baseline takes.
constexpr const char *value_of = "value.", *values_of = "values.", *only_value_of = "only-value.";

SchemaAt defined_at(const char* prefix) {
  return [prefix](const std::string& path) { return defined(prefix + path); };
}

// A value, or a list of up to `most` values; 0: of any number.
Json one_or_several(const config::Key& key, int most) {
  const Json value = defined(value_of + key.path);
  Json values = {{"items", value}, {"minItems", 1}};
  if (most > 0) values["maxItems"] = most;
  return {{"if", is_list_of_values(key.kind)}, {"then", values}, {"else", value}};
}

// Adds what cells and conditions take to those of the axes of a block.
void define_blocks(Json& definitions, const std::string& kind, Json axes) {
  const Json together = {{"allOf", {defined(kind + "axes")}}, {"minProperties", 1}};
  const Json zip = {
      {"description", "lists whose values are taken together: the first of each, then the second of each"},
      {"if", {{"type", "array"}}},
      {"then", {{"items", together}}},
      {"else", together}};
  Json block = axes;
  block["properties"]["zip"] = zip;
  definitions[kind + "cells"] = list_of(std::move(block));
  definitions[kind + "cells"]["description"] = "blocks of settings that vary; each is the product of its lists";
  definitions[kind + "exclude"] = list_of(defined(kind + "axes"));
  definitions[kind + "exclude"]["description"] = "cells to leave out: those that have all settings of a block";
  definitions[kind + "axes"] = std::move(axes);
}

constexpr const char* about_baseline = "the cells with which others are compared: those that have all these settings";

void define_values(Json& definitions, const Paths& paths) {
  for (const std::string& path : paths) definitions[value_of + path] = config::schema_of(*config::find_key(path));
}

void define_blocks_of_pbn(Json& definitions, const Paths& paths) {
  for (const std::string& path : paths) {
    definitions[values_of + path] = one_or_several(*config::find_key(path), 0);
    definitions[only_value_of + path] = one_or_several(*config::find_key(path), 1);
  }
  define_blocks(definitions, "pbn.", closed_map(settings_below("", paths, defined_at(values_of))));
  definitions["pbn.baseline"] = closed_map(settings_below("", paths, defined_at(only_value_of)));
  definitions["pbn.baseline"]["description"] = about_baseline;
}

// Settings of an external worker have no schema: "settings" is a map, "settings.KEY" anything.
Json free_settings(const Json& section, const Json& value) {
  Json map = closed_map({{"settings", section}});
  map["patternProperties"] = {{"^settings\\.", value}};
  return map;
}

void define_blocks_of_external(Json& definitions) {
  definitions["values"] = {{"minItems", 1}, {"additionalProperties", defined("values")}};
  const Json axes = free_settings({{"type", "object"}, {"additionalProperties", defined("values")}}, defined("values"));
  define_blocks(definitions, "external.", axes);
  definitions["external.baseline"] = axes;
  definitions["external.baseline"]["description"] = about_baseline;
}

// The reader of grids leaves these to the keys of their settings.
Json with_definitions_of(const std::string& kind, Json entries) {
  for (const char* key : {"baseline", "cells", "exclude"}) entries[key] = defined(kind + key);
  return entries;
}

Json pbn_grid(const Paths& paths) {
  Json properties = settings_below("", paths, defined_at(value_of));
  properties.update(with_definitions_of("pbn.", entries_of_grid(false)));
  return closed_map(std::move(properties));
}

Json external_grid() {
  Json grid = free_settings({{"type", "object"}}, true);
  grid["properties"]["settings"]["description"] = "settings of the worker for all cells";
  grid["properties"].update(settings_below("", Worker::resource_keys(), defined_at(value_of)));
  grid["properties"].update(with_definitions_of("external.", entries_of_grid(true)));
  grid["dependencies"] = {{"result", {{"properties", {{"worker", {{"required", {"script"}}}}}}}}};
  return grid;
}

}  // namespace

Json grid_schema() {
  const Paths paths = paths_of_settings();
  Json definitions = Json::object();
  define_values(definitions, paths);
  define_blocks_of_pbn(definitions, paths);
  define_blocks_of_external(definitions);
  definitions["pbn.grid"] = pbn_grid(paths);
  definitions["external.grid"] = external_grid();
  const Json a_rule = {{"properties", {{"seeds", {{"type", "object"}}}}}, {"required", {"seeds"}}};
  return schema_file("Grid of pbn (docs/grids.md)",
                     {{"type", "object"},
                      {"properties", {{"worker", entries_of_grid(true)["worker"]}}},  // offered before it is there
                      {"if", {{"required", {"worker"}}}},
                      {"then", defined("external.grid")},
                      {"else", defined("pbn.grid")},
                      {"allOf", {{{"if", a_rule}, {"then", {{"required", {"baseline"}}}}}}},
                      {"definitions", std::move(definitions)}});
}

Json base_schema() {
  Paths paths = paths_of_settings();
  std::erase_if(paths, [](const std::string& path) { return !belongs_in_base(path); });
  Json properties = settings_below("", paths, defined_at(value_of));
  properties.update(entries_of_base());
  Json schema = closed_map(std::move(properties));
  define_values(schema["definitions"], paths);
  return schema_file("Base file of pbn (docs/grids.md)", std::move(schema));
}

}  // namespace pbn::grid
