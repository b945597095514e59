// Reads JSON that other programs wrote: values that are missing or of another type count as empty.
#pragma once

#include <ctime>
#include <filesystem>
#include <optional>
#include <string>

#include "base/json.h"

namespace pbn::runs {

// The object in a file; an empty object if the file is missing, torn or has something else.
Json object_in(const std::filesystem::path& file);

// The string or number at a dotted path.
std::string text_at(const Json& object, const std::string& path);
std::optional<double> number_at(const Json& object, const std::string& path);

// The time in a text such as 2026-01-31T23:59:59Z (utc_text in base/time.h).
std::optional<std::time_t> time_from(const std::string& utc);

}  // namespace pbn::runs
