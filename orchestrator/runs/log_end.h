// The end of what a worker printed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pbn {

// What a progress bar left of a line in the end, as it draws itself anew behind each carriage return, fit to be shown
// (base/foreign_text.h): of a line of any length some kB, without control sequences.
std::string as_shown(std::string_view line);

// At most `count` lines of what follows behind the first `skipped` bytes, of a file of any size; empty lines are left
// out. Lines that are longer than 64 kB on average may be fewer.
std::vector<std::string> last_lines_of(const std::filesystem::path& log, std::size_t count, std::uintmax_t skipped = 0);

}  // namespace pbn
