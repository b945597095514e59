// Writes SVG pictures to files, as SVG or converted to PNG or PDF.
#pragma once

#include <filesystem>
#include <string>

namespace pbn::drawing {

// Throws a usage error unless the file's name ends in .svg, .png or .pdf. Call it before long work.
void require_picture_name(const std::filesystem::path& file);

// Writes a picture atomically. PNG and PDF need the program rsvg-convert; throws an environment error if it is missing.
void write_picture(const std::filesystem::path& file, const std::string& svg);

}  // namespace pbn::drawing
