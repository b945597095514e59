// Reads JSON that other programs wrote: values that are missing or of another type count as empty.
#pragma once

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

}  // namespace pbn::runs
