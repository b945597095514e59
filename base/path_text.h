// Names of files as text. Linux takes names of any bytes; JSON and terminals take UTF-8.
#pragma once

#include <filesystem>
#include <string>

namespace pbn {

// A name in UTF-8 is its own text. Of others each byte that does not belong to UTF-8 is written \xHH, as "\xFCber.jpg",
// and in all names a backslash before an x as \x5C, so that no two names have the same text.
std::string path_text(const std::filesystem::path& path);

// The path of such a text.
std::filesystem::path path_of_text(const std::string& text);

}  // namespace pbn
