// Plain scalars that are text to StrictYaml but values to other YAML readers. A worker in Python would take the text
// "False" for true, so such scalars are refused in its settings, with an error that shows both spellings
// (docs/external-worker.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pbn::grid {

// The value that YAML 1.2's core schema or PyYAML reads.
struct ForeignValue {
  std::string meaning;   // in words: "true", "the number 16"
  std::string spelling;  // how to write it for StrictYaml; empty if there is no way, as for .inf
};

// Nothing for scalars that every reader takes for text (nan, none, y, 2026-01-01), or StrictYaml for a value.
std::optional<ForeignValue> foreign_value(std::string_view plain);

// How to write a tagged scalar's value without the tag: "3.0" for !!float 3.
std::string without_tag(std::string_view tag, const std::string& scalar);

}  // namespace pbn::grid
