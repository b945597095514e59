#include "data/preparing/hold_out.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "data/sources/newell.h"

namespace pbn::data {
namespace {

constexpr const char* option = "--hold-out";
constexpr const char* forms = "give list:FILE, range:A-B (people, from 1) or fraction:F (between 0 and 1)";

constexpr std::string_view blanks = " \t\r\f\v";
constexpr const char* expected = "an image's name and, optionally, a person's number";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

// The whole text as a number, or nothing.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

SplitEntry parse_entry(std::string_view line, const std::string& where) {
  const std::size_t gap = line.find_first_of(blanks);
  SplitEntry entry{std::string(line.substr(0, gap)), {}};
  if (entry.image.find('\0') != std::string::npos) throw data_error(where, "", "is not text; expected {}", expected);
  entry.image = photograph_name(entry.image, where);
  if (gap == std::string_view::npos) return entry;
  const std::string_view number = trimmed(line.substr(gap));
  entry.person = number_in<int>(number);
  if (!entry.person || *entry.person < 0) {
    throw data_error(where, "", "\"{}\" is not a person's number; expected {}", number, expected);
  }
  return entry;
}

std::vector<SplitEntry> entries_of(const NewellAnnotations& annotations) {
  if (annotations.image_name.empty() || annotations.person.empty()) {
    throw data_error(annotations.file.string(), "", "has no datasets imgname and person to identify people");
  }
  const std::string where = annotations.file.string() + ": imgname";
  std::vector<SplitEntry> entries;
  for (std::size_t n = 0; n < annotations.person.size(); ++n) {
    entries.push_back({photograph_name(annotations.image_name[n], where), annotations.person[n]});
  }
  return entries;
}

HoldOut range_of(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto first = number_in<std::int64_t>(text.substr(0, dash));
  const auto last = dash == std::string::npos ? std::nullopt : number_in<std::int64_t>(text.substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first) {
    throw usage_error(option, forms, "\"{}\" is not a range of people", text);
  }
  return {PersonRange{*first, *last}, fmt::format("people {} to {}", *first, *last)};
}

HoldOut fraction_of(const std::string& text, std::uint64_t seed) {
  const auto fraction = number_in<double>(text);
  if (!fraction || !(*fraction > 0 && *fraction < 1)) {
    throw usage_error(option, forms, "\"{}\" is not a fraction", text);
  }
  return {PhotographFraction{*fraction, seed}, fmt::format("{} of the photographs, seed {}", *fraction, seed)};
}

using Chosen = std::vector<bool>;  // for each person of the set

Chosen chosen(const PhotographSet& set, const std::vector<SplitEntry>& entries) {
  std::multimap<std::string, std::size_t> people_in;
  for (std::size_t n = 0; n < set.people.size(); ++n) people_in.emplace(set.people[n].image_name, n);
  Chosen result(set.people.size());
  std::vector<std::string> unmatched;
  for (const SplitEntry& entry : entries) {
    bool found = false;
    const auto [begin, end] = people_in.equal_range(entry.image);
    for (auto place = begin; place != end; ++place) {
      if (entry.person && *entry.person != set.people[place->second].index) continue;
      result[place->second] = found = true;
    }
    if (!found) {
      unmatched.push_back(entry.person ? fmt::format("{} person {}", entry.image, *entry.person) : entry.image);
    }
  }
  if (unmatched.empty()) return result;
  const auto shown = std::min<std::ptrdiff_t>(std::ssize(unmatched), 5);
  throw data_error(option,
                   fmt::format("is the list of this data set? its first photograph is {}",
                               set.people.empty() ? "missing" : set.people.front().image_name),
                   "{} of the list's {} entries match no person: {}{}", unmatched.size(), entries.size(),
                   fmt::join(unmatched.begin(), unmatched.begin() + shown, ", "),
                   std::ssize(unmatched) > shown ? ", ..." : "");
}

Chosen chosen(const PhotographSet& set, const PersonRange& range) {
  if (range.last > std::ssize(set.people)) {
    throw usage_error(option, "", "there are {} people, not {}", set.people.size(), range.last);
  }
  Chosen result(set.people.size());
  std::fill(result.begin() + range.first - 1, result.begin() + range.last, true);
  return result;
}

Chosen chosen(const PhotographSet& set, const PhotographFraction& part) {
  std::set<std::string> names;
  for (const PersonInPhotograph& person : set.people) names.insert(person.image_name);
  const std::vector<std::string> sorted(names.begin(), names.end());
  const auto count = std::llround(part.fraction * static_cast<double>(sorted.size()));
  std::set<std::string> drawn;
  for (const std::int64_t number : permutation(std::ssize(sorted), Random(part.seed, 0, 0, Purpose::order))) {
    if (std::ssize(drawn) < count) drawn.insert(sorted[static_cast<std::size_t>(number)]);
  }
  Chosen result;
  for (const PersonInPhotograph& person : set.people) result.push_back(drawn.contains(person.image_name));
  return result;
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
  if (entries.empty()) throw data_error(where, "", "names no people; expected lines of {}", expected);
  return entries;
}

std::vector<SplitEntry> read_split_list(const std::filesystem::path& file) {
  const std::string content = read_file(file);
  if (content.starts_with("\x89HDF")) return entries_of(read_newell_annotations(file));
  return parse_split_list(content, file.string());
}

HoldOut parse_hold_out(const std::string& text, std::uint64_t seed) {
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string value = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (kind == "range") return range_of(value);
  if (kind == "fraction") return fraction_of(value, seed);
  if (kind != "list" || value.empty()) throw usage_error(option, forms, "\"{}\" is not one of its forms", text);
  const std::filesystem::path file = value;
  if (!std::filesystem::exists(file)) throw usage_error(option, forms, "there is no file {}", value);
  return {read_split_list(file), "list " + file.filename().string()};
}

DividedSet divide(const PhotographSet& set, const HoldOut& hold_out) {
  const Chosen is_held_out = std::visit([&](const auto& people) { return chosen(set, people); }, hold_out.people);
  DividedSet divided;
  for (PhotographSet* half : {&divided.rest, &divided.held_out}) {
    half->info = set.info;
    half->first_pixel = set.first_pixel;
  }
  divided.rest.info.source += "; without " + hold_out.description;
  divided.held_out.info.source += "; " + hold_out.description;
  for (std::size_t n = 0; n < set.people.size(); ++n) {
    (is_held_out[n] ? divided.held_out : divided.rest).people.push_back(set.people[n]);
  }
  if (divided.rest.people.empty() || divided.held_out.people.empty()) {
    throw usage_error(option, "", "{} of {} people are held out; both parts need people",
                      divided.held_out.people.size(), set.people.size());
  }
  return divided;
}

}  // namespace pbn::data
