// Paths as text. In Linux a path may have any bytes; JSON and terminals need UTF-8.
#pragma once

#include <filesystem>
#include <string>

namespace pbn {

// A path with each byte that is not UTF-8 written as \xHH, such as "\xFCber.jpg", and a backslash before an x as \x5C,
// so that different paths have different texts.
std::string path_text(const std::filesystem::path& path);

// The inverse of path_text.
std::filesystem::path path_of_text(const std::string& text);

}  // namespace pbn
