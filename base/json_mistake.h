// Errors for texts that are not valid JSON, with the place and the probable cause.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pbn {

// The data error for a text that the parser refused. It names another kind of file (UTF-16, HDF5, a git-LFS pointer,
// ...), a text that ends too early, or the line, the column and the mistake there (NaN, a comment, Python's True, ...).
// `where` names the file.
Error json_syntax_error(std::string_view text, const std::string& where, const nlohmann::json::parse_error& mistake);

// The data error for a number beyond the range of a double.
Error json_number_error(std::string_view text, const std::string& where, const nlohmann::json::out_of_range& mistake);

}  // namespace pbn
