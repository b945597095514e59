#include "data/preparing/split_list.h"

#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "data/sources/newell.h"
#include "data/sources/photographs.h"

namespace pbn {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr const char* expected = "an image's name and, if need be, a person's number";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

SplitEntry parse_entry(std::string_view line, const std::string& where) {
  const std::size_t gap = line.find_first_of(blanks);
  SplitEntry entry{std::string(line.substr(0, gap)), {}};
  if (entry.image.find('\0') != std::string::npos) throw data_error(where, "", "is not text; expected {}", expected);
  entry.image = photograph_name(entry.image, where);
  if (gap == std::string_view::npos) return entry;
  const std::string_view number = trimmed(line.substr(gap));
  int person = -1;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), person);
  if (failure != std::errc() || end != number.data() + number.size() || person < 0) {
    throw data_error(where, "", "\"{}\" is not a person's number; expected {}", number, expected);
  }
  entry.person = person;
  return entry;
}

std::vector<SplitEntry> entries_of(const NewellAnnotations& annotations) {
  if (annotations.image_name.empty() || annotations.person.empty()) {
    throw data_error(annotations.file.string(), "", "has no datasets imgname and person to tell people by");
  }
  const std::string where = annotations.file.string() + ": imgname";
  std::vector<SplitEntry> entries;
  for (std::size_t n = 0; n < annotations.person.size(); ++n) {
    entries.push_back({photograph_name(annotations.image_name[n], where), annotations.person[n]});
  }
  return entries;
}

}  // namespace

std::vector<SplitEntry> parse_split_list(std::string_view text, const std::string& where) {
  std::vector<SplitEntry> entries;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    entries.push_back(parse_entry(line, fmt::format("{}:{}", where, number)));
  }
  if (entries.empty()) throw data_error(where, "", "names nobody; expected lines of {}", expected);
  return entries;
}

std::vector<SplitEntry> read_split_list(const std::filesystem::path& file) {
  const std::string content = read_file(file);
  if (content.starts_with("\x89HDF")) return entries_of(read_newell_annotations(file));
  return parse_split_list(content, file.string());
}

}  // namespace pbn
