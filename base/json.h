// Reading and writing JSON. nlohmann::json keeps keys sorted, so a dump is canonical.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace pbn {

using Json = nlohmann::json;

// One line with sorted keys and shortest round-trip numbers, from which digests are computed.
std::string canonical(const Json& value);

// Throws a data error that names the file (or `where`) and the place of the first mistake, or that the values nest
// deeper than 500.
Json parse_json(std::string_view text, const std::string& where);
Json read_json(const std::filesystem::path& file);

// The same, and sets `repeated` to the first key that an object contains twice. The last of its values is used; such a
// file is probably two files in one.
Json parse_json(std::string_view text, const std::string& where, std::optional<std::string>& repeated);

// Writes an indented file atomically.
void write_json(const std::filesystem::path& file, const Json& value, Durability durability = Durability::synced);

// One value per line (JSON lines). The reader skips lines that are not JSON, such as the incomplete last line of a
// killed writer.
void append_json_line(const std::filesystem::path& file, const Json& value);
std::vector<Json> read_json_lines(const std::filesystem::path& file);

// Sets or reads a value by its dotted path, such as "model.depth". `at_path` returns null if there is none.
void set_path(Json& object, const std::string& dotted, Json value);
const Json& at_path(const Json& object, const std::string& dotted);

}  // namespace pbn
