// The JSON form of a skeleton.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/skeleton.h"

namespace pbn::config {
namespace {

constexpr const char* skeleton_hint = "docs/file-formats.md describes the definition of a skeleton";

// Names become part of figures such as pck10.r-ankle@occluded, in YAML and in CSV.
bool is_plain_name(const std::string& name) {
  const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), is_plain);
}

// Reads the members of a definition into a skeleton.
class DefinitionReader {
 public:
  DefinitionReader(const Json& definition, const std::string& where) : definition_(definition), where_(where) {
    if (!definition.is_object()) throw mistake("is not the definition of a skeleton");
  }

  Skeleton read() {
    for (const auto& [key, value] : definition_.items()) {
      if (std::ranges::find(known_keys, key) == std::end(known_keys)) {
        throw mistake(fmt::format("unknown key \"{}\"", key));
      }
    }
    skeleton_.name = name_in(at("name"), "name");
    read_parts();
    skeleton_.flip_pairs = pairs("mirror");
    require_one_partner();
    skeleton_.limbs = pairs("limbs");
    read_reference();
    read_sigmas();
    skeleton_.kinds = definition_.contains("kinds") ? means("kinds") : both_sides();
    if (definition_.contains("means")) skeleton_.means = means("means");
    add_means_of_all();
    require_names_of_figures();
    return std::move(skeleton_);
  }

 private:
  static constexpr const char* known_keys[] = {"name",      "parts",  "mirror", "limbs",
                                               "reference", "sigmas", "kinds",  "means"};

  Error mistake(const std::string& problem, const std::string& hint = skeleton_hint) const {
    return data_error(where_, hint, "{}", problem);
  }

  const Json& at(const char* key) const {
    if (!definition_.contains(key)) throw mistake(fmt::format("has no \"{}\"", key));
    return definition_[key];
  }

  std::string name_in(const Json& value, const std::string& place) const {
    if (!value.is_string() || !is_plain_name(value.get<std::string>())) {
      throw mistake(fmt::format("{}: {} is not a name of letters, digits, - and _", place, value.dump()));
    }
    return value;
  }

  int part_in(const Json& value, const std::string& place) const {
    const int part = value.is_string() ? skeleton_.index_of(value.get<std::string>()) : -1;
    if (part >= 0) return part;
    throw mistake(fmt::format("{}: {} is not one of its parts", place, value.dump()),
                  suggestion(value.is_string() ? value.get<std::string>() : "", skeleton_.parts));
  }

  const Json& list_in(const Json& value, const std::string& place) const {
    constexpr std::size_t longest = 4096;
    if (!value.is_array() || value.size() > longest) throw mistake(fmt::format("{} is not a list", place));
    return value;
  }

  void read_parts() {
    for (const Json& part : list_in(at("parts"), "parts")) {
      const std::string name = name_in(part, "parts");
      if (skeleton_.index_of(name) >= 0) throw mistake(fmt::format("parts: \"{}\" is listed twice", name));
      skeleton_.parts.push_back(name);
    }
    if (skeleton_.parts.empty() || skeleton_.size() > most_parts_of_a_skeleton) {
      throw mistake(fmt::format("parts: has {}; expected 1 to {}", skeleton_.size(), most_parts_of_a_skeleton));
    }
  }

  std::pair<int, int> pair_in(const Json& value, const std::string& place) const {
    if (!value.is_array() || value.size() != 2) throw mistake(fmt::format("{}: expected pairs of parts", place));
    const std::pair pair{part_in(value[0], place), part_in(value[1], place)};
    if (pair.first == pair.second) throw mistake(fmt::format("{}: {} joins a part to itself", place, value.dump()));
    return pair;
  }

  std::vector<std::pair<int, int>> pairs(const char* key) const {
    std::vector<std::pair<int, int>> read;
    if (!definition_.contains(key)) return read;
    for (const Json& pair : list_in(definition_[key], key)) read.push_back(pair_in(pair, key));
    return read;
  }

  void require_one_partner() const {
    std::set<int> paired;
    for (const auto& [right, left] : skeleton_.flip_pairs) {
      for (const int part : {right, left}) {
        if (paired.insert(part).second) continue;
        throw mistake(fmt::format("mirror: \"{}\" has two partners", skeleton_.parts[static_cast<std::size_t>(part)]));
      }
    }
  }

  void read_reference() {
    if (!definition_.contains("reference")) return;
    const Json& reference = definition_["reference"];
    if (reference.is_array()) {
      skeleton_.reference = "pair";
      skeleton_.reference_ends = {pair_in(reference, "reference")};
      return;
    }
    skeleton_.reference = reference.is_string() ? reference.get<std::string>() : "";
    if (!is_reference(skeleton_.reference) || skeleton_.reference == "pair") {
      throw mistake(fmt::format("reference: is {}; expected head, torso, box or a pair of parts", reference.dump()));
    }
  }

  void read_sigmas() {
    if (!definition_.contains("sigmas")) return;
    const Json& given = definition_["sigmas"];
    if (!given.is_object() || given.size() != skeleton_.parts.size()) {
      throw mistake("sigmas: expected one number for each part");
    }
    skeleton_.sigmas.assign(skeleton_.parts.size(), 0);
    for (const auto& [part, sigma] : given.items()) {
      const int index = part_in(part, "sigmas");
      const double value = sigma.is_number() ? sigma.get<double>() : 0;
      if (!(value > 0) || !(value < 10)) {
        throw mistake(fmt::format("sigmas: that of {} is {}; expected a number above 0", part, sigma.dump()));
      }
      skeleton_.sigmas[static_cast<std::size_t>(index)] = value;
    }
  }

  std::vector<int> all_parts() const {
    std::vector<int> all(skeleton_.parts.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  std::vector<PartMean> means(const char* key) const {
    std::vector<PartMean> read;
    for (const Json& given : list_in(definition_[key], key)) {
      if (!given.is_object() || !given.contains("name") || !given.contains("parts")) {
        throw mistake(fmt::format("{}: expected {{\"name\", \"parts\", \"pooled\"}}", key));
      }
      PartMean& mean = read.emplace_back();
      mean.name = name_in(given["name"], key);
      mean.pooled = given.contains("pooled") && given["pooled"] == true;
      if (given["parts"] == "all") {
        mean.parts = all_parts();
        continue;
      }
      for (const Json& part : list_in(given["parts"], key)) mean.parts.push_back(part_in(part, key));
      const std::set<int> distinct(mean.parts.begin(), mean.parts.end());
      if (mean.parts.empty() || distinct.size() != mean.parts.size()) {
        throw mistake(fmt::format("{}: \"{}\" has no parts, or one of them twice", key, mean.name));
      }
    }
    return read;
  }

  // "eye": r-eye and l-eye, and "nose", which has no other side.
  std::vector<PartMean> both_sides() const {
    constexpr std::size_t most_columns = 24;
    const std::vector<int> mirrored = skeleton_.mirrored();
    std::vector<PartMean> kinds;
    for (int part = 0; part < skeleton_.size(); ++part) {
      const int other = mirrored[static_cast<std::size_t>(part)];
      const std::string& name = skeleton_.parts[static_cast<std::size_t>(part)];
      if (other == part) kinds.push_back({name, {part}});
      if (other <= part || !(name.starts_with("r-") || name.starts_with("l-"))) continue;
      const std::string kind = name.substr(2);
      const bool is_new =
          skeleton_.index_of(kind) < 0 && std::ranges::find(kinds, kind, &PartMean::name) == kinds.end();
      if (is_plain_name(kind) && is_new) kinds.push_back({kind, {part, other}});
    }
    if (kinds.size() > most_columns) kinds.clear();  // too many for a table
    return kinds;
  }

  void add_means_of_all() {
    const std::string k = std::to_string(skeleton_.size());
    if (skeleton_.means.empty()) skeleton_.means.push_back({"un" + k, all_parts()});
    const auto is_all = [&](const PartMean& mean) { return mean.name == "all" + k; };
    const auto all = std::ranges::find_if(skeleton_.means, is_all);
    if (all == skeleton_.means.end()) {
      skeleton_.means.push_back({"all" + k, all_parts(), true});
    } else if (!all->pooled || all->parts != all_parts()) {
      throw mistake(fmt::format("means: \"all{}\" is the pooled mean over all parts", k));
    }
  }

  void require_names_of_figures() const {
    std::set<std::string> names;
    for (const auto* list : {&skeleton_.kinds, &skeleton_.means}) {
      for (const PartMean& mean : *list) {
        const int part = skeleton_.index_of(mean.name);
        const bool is_that_part = mean.parts == std::vector<int>{part};
        if (names.insert(mean.name).second && (part < 0 || is_that_part)) continue;
        throw mistake(fmt::format("the name \"{}\" has two meanings", mean.name));
      }
    }
  }

  const Json& definition_;
  const std::string& where_;
  Skeleton skeleton_;
};

Json names_of(const Skeleton& skeleton, const std::pair<int, int>& pair) {
  return {skeleton.parts[static_cast<std::size_t>(pair.first)], skeleton.parts[static_cast<std::size_t>(pair.second)]};
}

Json names_of(const Skeleton& skeleton, const std::vector<std::pair<int, int>>& pairs) {
  Json names = Json::array();
  for (const auto& pair : pairs) names.push_back(names_of(skeleton, pair));
  return names;
}

Json names_of(const Skeleton& skeleton, const std::vector<PartMean>& means) {
  Json all = Json::array();
  for (const PartMean& mean : means) {
    Json parts = Json::array();
    for (const int part : mean.parts) parts.push_back(skeleton.parts[static_cast<std::size_t>(part)]);
    if (parts == Json(skeleton.parts)) parts = "all";
    Json entry = {{"name", mean.name}, {"parts", std::move(parts)}};
    if (mean.pooled) entry["pooled"] = true;
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace

bool is_reference(std::string_view name) {
  return name == "head" || name == "torso" || name == "box" || name == "pair";
}

Skeleton parse_skeleton(const Json& definition, const std::string& where) {
  return DefinitionReader(definition, where).read();
}

Json to_json(const Skeleton& skeleton) {
  Json definition = {{"name", skeleton.name},
                     {"parts", skeleton.parts},
                     {"mirror", names_of(skeleton, skeleton.flip_pairs)},
                     {"limbs", names_of(skeleton, skeleton.limbs)},
                     {"kinds", names_of(skeleton, skeleton.kinds)},
                     {"means", names_of(skeleton, skeleton.means)}};
  definition["reference"] =
      skeleton.reference_ends.empty() ? Json(skeleton.reference) : names_of(skeleton, skeleton.reference_ends.front());
  for (std::size_t part = 0; part < skeleton.sigmas.size(); ++part) {
    definition["sigmas"][skeleton.parts[part]] = skeleton.sigmas[part];
  }
  return definition;
}

}  // namespace pbn::config
