// Plain scalars that other readers of YAML take for values and we for texts. A worker in Python would find the text
// "False" true: in its settings such a scalar is refused, and the error says how to write either
// (docs/external-worker.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pbn {

// What YAML 1.2's core schema or PyYAML reads.
struct ForeignValue {
  std::string meaning;   // "true", "16"
  std::string spelling;  // how that is written here; empty where there is no way, as of .inf
};

// Nothing of text that stays text everywhere (nan, none, y, 2026-01-01), and of what we read as value ourselves.
std::optional<ForeignValue> foreign_value(std::string_view plain);

// How the value of a scalar with this tag is written without it: "3.0" for !!float 3.
std::string without_tag(std::string_view tag, const std::string& scalar);

}  // namespace pbn
