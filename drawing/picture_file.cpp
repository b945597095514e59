#include "drawing/picture_file.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"

namespace pbn {
namespace {

std::filesystem::path with_ending(std::filesystem::path file, const char* ending) { return file += ending; }

// Its last words, on one line.
std::string reason_in(const std::string& log) {
  constexpr std::size_t most = 300;
  const std::string line = one_line(log);
  const std::size_t end = line.find_last_not_of(' ');
  return end == std::string::npos ? "it said nothing" : cut_in_the_middle(line.substr(0, end + 1), most);
}

// `picture` is the file's name in the end, `result` where it is made.
void convert(const std::string& svg, const std::filesystem::path& picture, const std::filesystem::path& result) {
  const std::string format = picture.extension().string().substr(1);
  const std::filesystem::path converter = find_program("rsvg-convert");
  if (converter.empty()) {
    throw environment_error("rsvg-convert", "apt-get install librsvg2-bin, or name the picture .svg",
                            "is not in PATH; {} pictures are made with it", format);
  }
  const TemporaryPath source(with_ending(result, ".svg")), log(with_ending(result, ".log"));
  write_atomically(source.path(), svg);
  ProcessOptions options;
  options.command = {converter.string(), "--unlimited",         "--format", format, "--output",
                     result.string(),    source.path().string()};
  options.environment = {{"SOURCE_DATE_EPOCH", "0"}};  // or a PDF has the time of day in it
  options.output = log.path();
  if (Process(options).wait() != 0) {
    throw environment_error(picture.string(), "", "rsvg-convert could not make it: {}",
                            reason_in(read_file(log.path())));
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
  convert(svg, file, unfinished.path());
  unfinished.commit();
}

}  // namespace pbn
