#include "data/sources/own_skeleton.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn::data {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// "L_Eye" is {"l", "eye"}, "LKnee" {"l", "knee"}, "leftKnee" and "leftknee" {"left", "knee"}.
std::vector<std::string> words_in(const std::string& name) {
  std::vector<std::string> words;
  bool is_inside = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_letter_or_digit(c)) {
      is_inside = false;
      continue;
    }
    const bool ends_capitals = i > 0 && i + 1 < name.size() && is_upper(name[i - 1]) &&
                               std::islower(static_cast<unsigned char>(name[i + 1])) != 0;
    const bool begins_word = is_upper(c) && i > 0 && (!is_upper(name[i - 1]) || ends_capitals);
    if (!is_inside || begins_word) words.emplace_back();
    is_inside = true;
    words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const std::string side : {"left", "right"}) {
      if (!words[i].starts_with(side) || words[i].size() < side.size() + 3) continue;
      const std::string rest = words[i].substr(side.size());
      words[i] = side;
      words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, rest);
      break;
    }
  }
  return words;
}

std::string side_of(const std::string& word) {
  if (word == "left" || word == "l") return "l";
  return word == "right" || word == "r" ? "r" : "";
}

std::string own_part_name(const std::string& keypoint, std::size_t index) {
  for (const char* known : {"neck", "head-top"}) {
    if (part_name(keypoint) == known) return known;
  }
  std::vector<std::string> words = words_in(keypoint);
  const auto is_side = [](const std::string& word) { return !side_of(word).empty(); };
  if (words.size() > 1 && std::count_if(words.begin(), words.end(), is_side) == 1) {
    const auto side = std::find_if(words.begin(), words.end(), is_side);
    std::rotate(words.begin(), side, side + 1);
    words.front() = side_of(words.front());
  }
  const std::string name = fmt::format("{}", fmt::join(words, "-")).substr(0, 48);
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (name.empty()) return fmt::format("part-{}", index + 1);
  return std::all_of(name.begin(), name.end(), is_digit) ? "part-" + name : name;
}

std::string skeleton_name(const CocoCategory& category, std::size_t parts) {
  const std::string words = fmt::format("{}", fmt::join(words_in(category.name), "-")).substr(0, 40);
  return fmt::format("{}{}{}", words.empty() ? "parts" : words,
                     !words.empty() && std::isdigit(static_cast<unsigned char>(words.back())) ? "-" : "", parts);
}

// Pairs of indices from 0.
std::vector<std::pair<int, int>> limbs_of(const CocoCategory& category) {
  std::vector<std::pair<int, int>> limbs;
  if (!category.limbs) return limbs;
  const auto parts = static_cast<std::int64_t>(category.keypoints.size());
  std::int64_t least = 1;
  for (std::size_t i = 0; i < category.limbs->size(); ++i) {
    const AnnotationJson limb = (*category.limbs)[i];
    limb.require_size(2);
    const std::int64_t a = limb[0].integer(), b = limb[1].integer();
    if (a < 0 || b < 0 || a > parts || b > parts || a == b) {
      throw data_error(limb.where(), "limbs join keypoints, counted from 1", "is [{}, {}]; there are {} keypoints", a,
                       b, parts);
    }
    least = std::min({least, a, b});
    limbs.emplace_back(static_cast<int>(a), static_cast<int>(b));
  }
  for (auto& [a, b] : limbs) {
    a -= static_cast<int>(least);
    b -= static_cast<int>(least);
    if (std::max(a, b) < parts) continue;
    throw data_error(category.limbs->where(), "count all of them from 1", "counts keypoints from 0, and up to {}",
                     parts);
  }
  return limbs;
}

// The names of the parts that are read and their places among the keypoints.
struct ReadParts {
  std::vector<std::string> names;
  std::vector<int> place;
};

ReadParts parts_to_read(const CocoCategory& category, const std::optional<Json>& given, const std::string& where) {
  ReadParts parts{own_part_names(category.keypoints), {}};
  for (std::size_t i = 0; i < parts.names.size(); ++i) parts.place.push_back(static_cast<int>(i));
  if (!given || !given->contains("parts") || !(*given)["parts"].is_array()) return parts;
  const std::vector<std::string> own = std::move(parts.names);
  parts = {};
  for (const Json& part : (*given)["parts"]) {
    const std::string name = part.is_string() ? part.get<std::string>() : part.dump();
    auto found = std::find(own.begin(), own.end(), name) - own.begin();
    if (found == std::ssize(own)) {
      found = std::find(category.keypoints.begin(), category.keypoints.end(), name) - category.keypoints.begin();
    }
    if (found == std::ssize(own)) {
      throw data_error(where, suggestion(name, own), "part \"{}\" is not a keypoint of category \"{}\"", name,
                       category.name);
    }
    parts.names.push_back(name);
    parts.place.push_back(static_cast<int>(found));
  }
  return parts;
}

Json mirror_pairs(const std::vector<std::string>& names) {
  Json pairs = Json::array();
  for (const std::string& name : names) {
    if (!name.starts_with("r-")) continue;
    const std::string other = "l-" + name.substr(2);
    if (std::find(names.begin(), names.end(), other) != names.end()) pairs.push_back({name, other});
  }
  return pairs;
}

Json limbs_between(const CocoCategory& category, const ReadParts& parts) {
  Json limbs = Json::array();
  for (const auto& [a, b] : limbs_of(category)) {
    const auto first = std::find(parts.place.begin(), parts.place.end(), a) - parts.place.begin();
    const auto second = std::find(parts.place.begin(), parts.place.end(), b) - parts.place.begin();
    if (first == std::ssize(parts.place) || second == std::ssize(parts.place)) continue;
    limbs.push_back({parts.names[static_cast<std::size_t>(first)], parts.names[static_cast<std::size_t>(second)]});
  }
  return limbs;
}

// COCO files hold no head sizes, so that mpii16 as it is would be of no use.
const config::Skeleton* shipped_with(const std::vector<std::string>& parts) {
  for (const std::string& name : config::shipped_skeleton_names()) {
    const config::Skeleton& shipped = config::skeleton_named(name);
    if (shipped.parts == parts && shipped.reference != "head") return &shipped;
  }
  return nullptr;
}

std::vector<std::string> remarks_about(const config::Skeleton& skeleton) {
  std::vector<std::string> alone;
  const std::vector<int> mirrored = skeleton.mirrored();
  for (std::size_t part = 0; part < mirrored.size(); ++part) {
    const std::string& name = skeleton.parts[part];
    const bool has_side = name.starts_with("r-") || name.starts_with("l-");
    if (has_side && mirrored[part] == static_cast<int>(part)) alone.push_back(name);
  }
  if (alone.empty()) return {};
  return {
      fmt::format("parts of one side without a partner, which a mirror image leaves as they are: {}; --skeleton FILE "
                  "can name pairs",
                  fmt::join(alone, ", "))};
}

}  // namespace

std::vector<std::string> own_part_names(const std::vector<std::string>& keypoints) {
  std::vector<std::string> names;
  std::set<std::string> given;
  for (std::size_t i = 0; i < keypoints.size(); ++i) {
    const std::string name = own_part_name(keypoints[i], i);
    std::string unique = name;
    for (int n = 2; !given.insert(unique).second; ++n) unique = fmt::format("{}-{}", name, n);
    names.push_back(unique);
  }
  return names;
}

OwnSkeleton own_skeleton(const CocoCategory& category, const std::optional<Json>& given,
                         const std::string& given_where) {
  if (given && !given->is_object()) throw data_error(given_where, "see docs/file-formats.md", "is not a JSON object");
  if (category.keypoints.size() > std::size_t{config::most_parts_of_a_skeleton}) {
    throw data_error(category.where, "", "has {} keypoints; expected at most {}", category.keypoints.size(),
                     config::most_parts_of_a_skeleton);
  }
  const ReadParts parts = parts_to_read(category, given, given_where);
  OwnSkeleton own{nullptr, parts.place, {}};
  if (!given) own.skeleton = shipped_with(parts.names);
  if (!own.skeleton) {
    Json definition = {{"name", skeleton_name(category, parts.names.size())},
                       {"parts", parts.names},
                       {"mirror", mirror_pairs(parts.names)},
                       {"limbs", limbs_between(category, parts)}};
    if (given) definition.update(*given);
    const std::string where = given ? given_where : category.where;
    own.skeleton = &config::kept_skeleton(config::parse_skeleton(definition, where));
    if (own.skeleton->text.size() > config::longest_skeleton_text) {
      throw data_error(where, "give shorter names or fewer limbs", "its skeleton takes {} bytes; expected at most {}",
                       own.skeleton->text.size(), config::longest_skeleton_text);
    }
  }
  own.remarks = remarks_about(*own.skeleton);
  return own;
}

}  // namespace pbn::data
