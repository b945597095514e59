// JSON Schemas (draft 7, which editors and check-jsonschema read) of what the entries of YAML files take. They are
// beside the readers of the entries, so that a key has both or neither.
//
// Keywords such as "minimum", "pattern" and "items" say nothing about values of other types, so one schema can describe
// a number, a text or a list; messages about it stay readable, unlike those about "anyOf".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {

Json text_schema(std::string_view help);  // also what YAML takes for a number: name: 2024
Json line_schema(std::string_view help);  // a text without line breaks
Json lines_schema(std::string_view help);
Json yes_or_no_schema(std::string_view help);
Json number_schema(std::string_view help, int least, int most);  // a whole number
Json choice_schema(std::string_view help, const std::vector<std::string>& words);

// A map with these entries and no others.
Json map_schema(const YamlReaders& readers, const std::vector<std::string>& required = {});
Json closed_map(Json properties);

// The schema of a file.
Json schema_file(const std::string& title, Json schema);

}  // namespace pbn::grid
