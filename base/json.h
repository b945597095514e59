// JSON as the programs exchange it. nlohmann::json keeps keys sorted, so that a dump is canonical.
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

// One line, sorted keys, shortest round-trip numbers: what digests are computed from.
std::string canonical(const Json& value);

// Throws a data error that names the file (or `where`) and the place of the first mistake, and for what nests deeper
// than 500.
Json parse_json(std::string_view text, const std::string& where);
Json read_json(const std::filesystem::path& file);

// The same for files that others wrote. Of a key that stands twice in one object the last value is taken; the first
// such key is named in `repeated`, since a file into which two were pasted loses half of what is in it.
Json parse_json(std::string_view text, const std::string& where, std::optional<std::string>& repeated);

// Indented, atomically.
void write_json(const std::filesystem::path& file, const Json& value, Durability durability = Durability::synced);

// One value per line (JSON lines). The writer appends whole lines; the reader accepts a torn last line,
// which a killed writer leaves, and passes it over.
void append_json_line(const std::filesystem::path& file, const Json& value);
std::vector<Json> read_json_lines(const std::filesystem::path& file);

// Sets or reads a value by its dotted path, such as "model.depth". `at_path` gives null where there is none.
void set_path(Json& object, const std::string& dotted, Json value);
const Json& at_path(const Json& object, const std::string& dotted);

}  // namespace pbn
