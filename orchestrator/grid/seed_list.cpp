#include "orchestrator/grid/seed_list.h"

#include <charconv>
#include <limits>
#include <set>
#include <sstream>
#include <string_view>

#include "base/error.h"

namespace pbn::grid {
namespace {

constexpr std::uint64_t most_seeds = 1'000'000;

std::uint32_t seed_of(std::string_view digits, const std::string& text, const std::string& where) {
  std::uint32_t seed = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, seed);
  if (error == std::errc() && stop == end) return seed;
  throw usage_error(where, "write seeds as 1..5 or 1,3,7..9; a seed is a whole number from 0 to 4294967295",
                    "seeds: \"{}\" is not understood", text);
}

}  // namespace

std::vector<std::uint32_t> parse_seeds(const std::string& text, const std::string& where) {
  std::vector<std::uint32_t> seeds;
  std::set<std::uint32_t> known;
  std::istringstream pieces(text + ",");
  for (std::string piece; std::getline(pieces, piece, ',');) {
    const auto dots = piece.find("..");
    const std::string_view whole(piece);
    const std::uint64_t first = seed_of(whole.substr(0, dots), text, where);
    const std::uint64_t last = dots == std::string::npos ? first : seed_of(whole.substr(dots + 2), text, where);
    if (last < first) throw usage_error(where, "", "seeds: the range {} is empty", piece);
    if (last - first + 1 + seeds.size() > most_seeds) {
      throw usage_error(where, "", "seeds: {} has more than {} seeds", text, most_seeds);
    }
    for (std::uint64_t seed = first; seed <= last; ++seed) {
      seeds.push_back(static_cast<std::uint32_t>(seed));
      if (!known.insert(seeds.back()).second) throw usage_error(where, "", "seeds: {} is given twice", seed);
    }
  }
  return seeds;
}

std::vector<std::uint32_t> seeds_in(const Json& given, const std::string& where) {
  const auto text = [](const Json& seeds) { return seeds.is_string() ? seeds.get<std::string>() : seeds.dump(); };
  if (!given.is_array()) return parse_seeds(text(given), where);
  if (given.empty()) throw usage_error(where, "", "seeds: the list is empty");
  std::string all;
  for (const Json& seed : given) all += (all.empty() ? "" : ",") + text(seed);
  return parse_seeds(all, where);
}

Json seed_list_schema() {
  Json schema = {{"type", {"integer", "string"}},
                 {"minimum", 0},
                 {"maximum", std::numeric_limits<std::uint32_t>::max()},
                 {"pattern", R"(^\d+(\.\.\d+)?(,\d+(\.\.\d+)?)*$)"}};
  schema["items"] = schema;
  schema["type"].push_back("array");
  schema["minItems"] = 1;
  schema["uniqueItems"] = true;
  return schema;
}

}  // namespace pbn::grid
