#include "drawing/picture_file.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"

namespace pbn::drawing {
namespace {

std::filesystem::path with_ending(std::filesystem::path file, const char* ending) { return file += ending; }

// The converter's output on one line, shortened.
std::string reason_in(const std::string& log) {
  constexpr std::size_t most = 300;
  const std::string line = one_line(log);
  const std::size_t end = line.find_last_not_of(' ');
  return end == std::string::npos ? "it said nothing" : cut_in_the_middle(line.substr(0, end + 1), most);
}

// Writes to `result`, in the format that the name of `picture` has.
void convert(const std::string& svg, const std::filesystem::path& picture, const std::filesystem::path& result) {
  const std::string format = picture.extension().string().substr(1);
  const std::filesystem::path converter = find_program("rsvg-convert");
  if (converter.empty()) {
    throw environment_error("rsvg-convert", "apt-get install librsvg2-bin, or name the picture .svg",
                            "is not in PATH, but is needed for {} pictures", format);
  }
  const TemporaryPath source(with_ending(result, ".svg")), log(with_ending(result, ".log"));
  write_atomically(source.path(), svg);
  ProcessOptions options;
  options.command = {converter.string(), "--unlimited",         "--format", format, "--output",
                     result.string(),    source.path().string()};
  options.environment = {{"SOURCE_DATE_EPOCH", "0"}};  // else a PDF contains the current time
  options.output = log.path();
  if (Process(options).wait() != 0) {
    throw environment_error(picture.string(), "", "rsvg-convert failed: {}", reason_in(read_file(log.path())));
  }
}

}  // namespace

void require_picture_name(const std::filesystem::path& file) {
  for (const char* known : {".svg", ".png", ".pdf"}) {
    if (file.extension() == known) return;
  }
  throw usage_error(file.string(), "name it .svg, .png or .pdf", "is not a known picture format");
}

void write_picture(const std::filesystem::path& file, const std::string& svg) {
  require_picture_name(file);
  if (file.extension() == ".svg") return write_atomically(file, svg);
  UnfinishedFile unfinished(file);
  convert(svg, file, unfinished.path());
  unfinished.commit();
}

}  // namespace pbn::drawing
