// The end of a worker's log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pbn::runs {

// A line as a terminal would show it in the end: the text after the last carriage return, with which progress bars
// overwrite themselves, cut and without control sequences (base/foreign_text.h).
std::string as_shown(std::string_view line);

// The last lines of a file of any size, at most `count`, without empty lines and without the first `skipped` bytes.
// There may be fewer if the lines are longer than 64 kB on average.
std::vector<std::string> last_lines_of(const std::filesystem::path& log, std::size_t count, std::uintmax_t skipped = 0);

// The same without the boxes in which mpirun says that a rank ended with an error, which would push out what
// the rank has said. If there is nothing else, they are shown.
std::vector<std::string> last_lines_of_program(const std::filesystem::path& log, std::size_t count,
                                               std::uintmax_t skipped = 0);

}  // namespace pbn::runs
