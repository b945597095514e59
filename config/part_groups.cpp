#include "config/part_groups.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/body_groups.h"
#include "part_groups_json.h"  // made by CMake from experiments/part_groups.json

namespace pbn::config {
namespace {

const Json& shipped() {
  static const Json groups = Json::parse(part_groups_json);
  return groups;
}

Groups one_group_per_part(const Skeleton& skeleton) {
  Groups groups;
  for (int part = 0; part < skeleton.size(); ++part) groups.push_back({part});
  return groups;
}

Groups without_missing_parts(const Json& lists, const Skeleton& skeleton) {
  Groups groups;
  for (const auto& list : lists) {
    std::vector<int> group;
    for (const std::string name : list) {
      if (const int part = skeleton.index_of(name); part >= 0) group.push_back(part);
    }
    if (!group.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<int> part_in_no_group(const Groups& groups, const Skeleton& skeleton) {
  std::set<int> covered;
  for (const auto& group : groups) covered.insert(group.begin(), group.end());
  for (int part = 0; part < skeleton.size(); ++part) {
    if (!covered.contains(part)) return part;
  }
  return std::nullopt;
}

// 4 of "body-4".
std::optional<int> body_count(const std::string& name) {
  constexpr std::string_view start = "body-";
  int k = 0;
  const char *const digits = name.data() + start.size(), *const end = name.data() + name.size();
  if (!name.starts_with(start) || digits == end || *digits == '-') return std::nullopt;
  const auto [rest, problem] = std::from_chars(digits, end, k);
  return problem == std::errc() && rest == end ? std::optional(k) : std::nullopt;
}

Groups plain_groups(const std::string& name, const Skeleton& skeleton) {
  if (name == "each") return one_group_per_part(skeleton);
  if (name == "all") {
    Groups one(1);
    for (int part = 0; part < skeleton.size(); ++part) one[0].push_back(part);
    return one;
  }
  const bool is_published = shipped().contains(name);
  if (is_published) {
    Groups groups = without_missing_parts(shipped()[name], skeleton);
    const std::optional<int> part = part_in_no_group(groups, skeleton);
    if (!part) return groups;
    if (!body_count(name)) {
      throw usage_error("model.groups", "{related: 5} finds groups in the data, body-5 takes them from the limbs",
                        "\"{}\" is a list of MPII's parts, which has no group for \"{}\" of skeleton {}", name,
                        skeleton.parts[static_cast<std::size_t>(*part)], skeleton.name);
    }
  }
  if (const std::optional<int> k = body_count(name)) return body_groups(skeleton, *k);
  throw usage_error("model.groups", suggestion(name, known_group_names()), "unknown part groups \"{}\"", name);
}

bool has(const std::vector<int>& group, int part) { return std::count(group.begin(), group.end(), part) > 0; }

// Adds each shoulder to the group of its elbow and wrist (Fig. 5f).
Groups with_shoulders(Groups groups, const std::string& name, const Skeleton& skeleton) {
  for (const std::string side : {"r-", "l-"}) {
    const int shoulder = skeleton.index_of(side + "shoulder");
    const int elbow = skeleton.index_of(side + "elbow"), wrist = skeleton.index_of(side + "wrist");
    const auto is_arm = [&](const auto& group) { return has(group, elbow) && has(group, wrist); };
    const auto arm = std::find_if(groups.begin(), groups.end(), is_arm);
    if (shoulder < 0 || arm == groups.end()) {
      throw usage_error("model.groups", "", "\"{}\" has no group of {}elbow and {}wrist to add a shoulder to", name,
                        side, side);
    }
    if (has(*arm, shoulder)) {
      throw usage_error("model.groups", fmt::format("write \"{}\"", name),
                        "in \"{}\", {}shoulder is already in the group of {}elbow and {}wrist", name, side, side, side);
    }
    arm->push_back(shoulder);
  }
  return groups;
}

Groups named_groups(const std::string& name, const Skeleton& skeleton) {
  const auto plus = name.find('+');
  Groups groups = plain_groups(name.substr(0, plus), skeleton);
  if (plus == std::string::npos) return groups;
  if (name.substr(plus) != "+shoulders") {
    throw usage_error("model.groups", "write \"+shoulders\"", "\"{}\": \"{}\" cannot be added", name,
                      name.substr(plus));
  }
  return with_shoulders(std::move(groups), name.substr(0, plus), skeleton);
}

std::vector<int> explicit_group(const Json& list, const Skeleton& skeleton) {
  if (!list.is_array() || list.empty()) {
    throw usage_error("model.groups", "for example [[r-ankle, r-knee], [head-top, neck], ...]",
                      "a group must be a list of part names");
  }
  std::vector<int> group;
  for (const auto& name : list) {
    const int part = name.is_string() ? skeleton.index_of(name.get<std::string>()) : -1;
    if (part < 0) {
      throw usage_error("model.groups", suggestion(name.is_string() ? name.get<std::string>() : "", skeleton.parts),
                        "unknown part {} of skeleton {}", name.dump(), skeleton.name);
    }
    if (has(group, part)) {
      throw usage_error("model.groups", "", "part \"{}\" is twice in one group", skeleton.parts[part]);
    }
    group.push_back(part);
  }
  return group;
}

void require_every_part(const Groups& groups, const Skeleton& skeleton) {
  if (const std::optional<int> part = part_in_no_group(groups, skeleton)) {
    throw usage_error("model.groups", "add it to a group", "part \"{}\" is in no group",
                      skeleton.parts[static_cast<std::size_t>(*part)]);
  }
}

}  // namespace

const std::vector<std::string>& known_group_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"all", "each"};
    for (const auto& [name, lists] : shipped().items()) all.push_back(name);
    return all;
  }();
  return names;
}

Json groups_without(const Json& name_or_lists, std::span<const std::string> left_out) {
  if (!name_or_lists.is_array()) return name_or_lists;
  Json lists = Json::array();
  for (const Json& group : name_or_lists) {
    Json rest = Json::array();
    for (const Json& part : group) {
      const auto is_part = [&](const std::string& name) { return part == name; };
      if (std::none_of(left_out.begin(), left_out.end(), is_part)) rest.push_back(part);
    }
    if (!rest.empty() || group.empty()) lists.push_back(std::move(rest));
  }
  return lists;
}

Groups resolve_groups(const Json& name_or_lists, const Skeleton& skeleton) {
  if (name_or_lists.is_string()) return canonical_order(named_groups(name_or_lists, skeleton));
  if (!name_or_lists.is_array() || name_or_lists.empty()) {
    throw usage_error("model.groups", suggestion("", known_group_names()),
                      "must be a name or a list of lists of parts");
  }
  Groups groups;
  for (const auto& list : name_or_lists) groups.push_back(explicit_group(list, skeleton));
  require_every_part(groups, skeleton);
  return canonical_order(std::move(groups));
}

Groups canonical_order(Groups groups) {
  for (auto& group : groups) std::sort(group.begin(), group.end());
  std::sort(groups.begin(), groups.end());
  return groups;
}

Json to_json(const Groups& groups, const Skeleton& skeleton) {
  Json lists = Json::array();
  for (const auto& group : groups) {
    Json list = Json::array();
    for (const int part : group) list.push_back(skeleton.parts[part]);
    lists.push_back(std::move(list));
  }
  return lists;
}

}  // namespace pbn::config
