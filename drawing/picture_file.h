// Pictures as files. All pictures of this project are SVG; this makes other formats of them.
#pragma once

#include <filesystem>
#include <string>

namespace pbn {

// Throws a usage error unless the file's name ends in .svg, .png or .pdf, so that it is known before the work.
void require_picture_name(const std::filesystem::path& file);

// Atomically. PNG and PDF are made by the program rsvg-convert; throws an environment error where it is missing.
void write_picture(const std::filesystem::path& file, const std::string& svg);

}  // namespace pbn
