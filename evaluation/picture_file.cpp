#include "evaluation/picture_file.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace pbn {
namespace {

std::filesystem::path with_ending(std::filesystem::path file, const char* ending) { return file += ending; }

void convert(const std::string& svg, const std::string& format, const std::filesystem::path& result) {
  const std::filesystem::path converter = find_program("rsvg-convert");
  if (converter.empty()) {
    throw environment_error("rsvg-convert", "apt-get install librsvg2-bin, or name the picture .svg",
                            "is not in PATH; {} pictures are made with it", format);
  }
  const PassingPath source(with_ending(result, ".svg")), log(with_ending(result, ".log"));
  write_atomically(source.path(), svg);
  ProcessOptions options;
  options.command = {converter.string(), "--unlimited",         "--format", format, "--output",
                     result.string(),    source.path().string()};
  options.environment = {{"SOURCE_DATE_EPOCH", "0"}};  // or a PDF has the time of day in it
  options.output = log.path();
  if (Process(options).wait() != 0) {
    throw environment_error(result.string(), "", "rsvg-convert failed: {}", read_file(log.path()));
  }
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
