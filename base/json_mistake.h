// Why a text is not JSON, said so that its owner can mend it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pbn {

// The data error for a text that the parser refused: another kind of file by its beginning (UTF-16, HDF5, a git-LFS
// pointer, ...), a text that ends too early, or the line, the column and what stands there (NaN, a comment, Python's
// True, ...). `where` names the file.
Error not_json(std::string_view text, const std::string& where, const nlohmann::json::parse_error& mistake);

// The same for a number that no double can hold.
Error too_large_for_json(std::string_view text, const std::string& where, const nlohmann::json::out_of_range& mistake);

}  // namespace pbn
