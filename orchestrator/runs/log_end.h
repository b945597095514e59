// The end of what a worker printed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pbn {

// What a progress bar left of a line in the end: it draws itself anew behind each carriage return.
std::string as_shown(const std::string& line);

// At most `count` lines, of a file of any size; empty lines are left out.
std::vector<std::string> last_lines_of(const std::filesystem::path& log, std::size_t count);

}  // namespace pbn
