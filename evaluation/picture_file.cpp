#include "evaluation/picture_file.h"

#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace pbn {
namespace {

std::filesystem::path with_ending(std::filesystem::path file, const char* ending) { return file += ending; }

// Removes a file at the end of its scope.
struct Removed {
  std::filesystem::path file;
  ~Removed() {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
};

void convert(const std::string& svg, const std::string& format, const std::filesystem::path& result) {
  const std::filesystem::path converter = find_program("rsvg-convert");
  if (converter.empty()) {
    throw environment_error("rsvg-convert", "apt-get install librsvg2-bin, or name the picture .svg",
                            "is not in PATH; {} pictures are made with it", format);
  }
  const Removed source{with_ending(result, ".svg")}, log{with_ending(result, ".log")};
  write_atomically(source.file, svg);
  ProcessOptions options;
  options.command = {converter.string(), "--unlimited",   "--format",          format,
                     "--output",         result.string(), source.file.string()};
  options.output = log.file;
  Process process(options);
  std::optional<int> code;
  while (!code) code = process.wait_for(std::chrono::minutes(1));
  if (*code != 0) throw environment_error(result.string(), "", "rsvg-convert failed: {}", read_file(log.file));
}

}  // namespace

void require_picture_name(const std::filesystem::path& file) {
  for (const char* known : {".svg", ".png", ".pdf"}) {
    if (file.extension() == known) return;
  }
  throw usage_error(file.string(), "name it .svg, .png or .pdf", "what kind of picture shall it be?");
}

void write_picture(const std::filesystem::path& file, const std::string& svg) {
  require_picture_name(file);
  if (file.extension() == ".svg") return write_atomically(file, svg);
  UnfinishedFile unfinished(file);
  convert(svg, file.extension().string().substr(1), unfinished.path());
  unfinished.commit();
}

}  // namespace pbn
