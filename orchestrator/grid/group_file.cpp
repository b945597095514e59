#include "orchestrator/grid/group_file.h"

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "data/groups/groups_report.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {
namespace {

constexpr std::size_t max_bytes = 4 << 20;     // a report of 16 parts has about 30 kB, one of 256 about 3 MB
constexpr std::size_t max_list_length = 1000;  // groups in a file, or parts in a group
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

// Without quotes if YAML reads it back as the same text.
void emit_text(YAML::Emitter& yaml, const std::string& text) {
  const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-'; };
  const bool is_word = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) &&
                       std::all_of(text.begin(), text.end(), is_plain);
  if (!is_word) yaml << YAML::DoubleQuoted;
  yaml << text;
}

// The keys in the order of the file: short, important entries before matrices.
std::vector<std::string> ordered_keys(const Json& map) {
  std::vector<std::string> keys;
  for (const char* first :
       {"format", "name", "from", "k", "ncut", "proven", "lower_bound", "groups", "runner_up", "stability", "parts"}) {
    if (map.contains(first)) keys.push_back(first);
  }
  for (const auto& [key, value] : map.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

void emit(YAML::Emitter& yaml, const Json& value) {
  if (value.is_object()) {
    yaml << YAML::BeginMap;
    for (const std::string& key : ordered_keys(value)) {
      yaml << YAML::Key << key << YAML::Value;
      emit(yaml, value[key]);
    }
    yaml << YAML::EndMap;
  } else if (value.is_array()) {
    const bool nested =
        std::any_of(value.begin(), value.end(), [](const Json& inner) { return inner.is_structured(); });
    yaml << (nested ? YAML::Block : YAML::Flow) << YAML::BeginSeq;
    for (const Json& inner : value) emit(yaml, inner);
    yaml << YAML::EndSeq;
  } else if (value.is_string()) {
    emit_text(yaml, value);
  } else if (value.is_number_float()) {
    yaml << fmt::format("{:.6g}", value.get<double>());
  } else {
    yaml << value.dump();
  }
}

std::string yaml_text(const Json& report) {
  YAML::Emitter yaml;
  yaml.SetIndent(2);
  emit(yaml, report);
  return std::string("# Groups of related parts, by pbn groups\n") + yaml.c_str() + "\n";
}

YAML::Node entry(const YAML::Node& root, const char* key) {
  return root.IsMap() ? root[key] : YAML::Node(YAML::NodeType::Undefined);
}

bool is_list(const YAML::Node& node) { return node.IsDefined() && node.IsSequence() && node.size() <= max_list_length; }

// The names in a list, of which other entries are left out.
std::vector<std::string> names_in(const YAML::Node& list) {
  std::vector<std::string> names;
  if (!is_list(list)) return names;
  for (const YAML::Node& name : list) {
    if (name.IsScalar()) names.push_back(name.Scalar());
  }
  return names;
}

// The parts that groups may name: those of the network's skeleton and of the file's, and MPII's.
std::vector<std::string> parts_of(const config::Skeleton& skeleton, std::vector<std::string> others) {
  std::vector<std::string> parts = skeleton.parts;
  others.insert(others.end(), config::mpii16().parts.begin(), config::mpii16().parts.end());
  for (const std::string& part : others) {
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
  return parts;
}

// Visits only the lists and names that it returns, so that nested aliases in hostile files cost nothing.
Json lists_of_parts(const YAML::Node& groups, const std::vector<std::string>& known, const std::string& where) {
  Json lists = Json::array();
  for (const YAML::Node& group : groups) {
    if (!is_list(group)) throw data_error(where, "", "groups must be lists of part names");
    Json list = Json::array();
    for (const YAML::Node& part : group) {
      const std::string name = part.IsScalar() ? part.Scalar() : "";
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw data_error(where, suggestion(name, known), "unknown part \"{}\"", name);
      }
      list.push_back(name);
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

// The groups without the parts that the skeleton lacks.
config::Groups groups_for(const config::Skeleton& skeleton, const Json& lists, std::vector<std::string> lacking,
                          const std::string& where) {
  std::erase_if(lacking, [&](const std::string& part) { return skeleton.index_of(part) >= 0; });
  try {
    return config::resolve_groups(config::groups_without(lists, lacking), skeleton);
  } catch (const Error& error) {
    throw data_error(where, "find related parts in a file of the same skeleton", "has no groups for {}: {}",
                     skeleton.name, error.problem);
  }
}

bool is_hdf5(const std::filesystem::path& file) {
  std::string start(hdf5_signature.size(), '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == hdf5_signature;
}

}  // namespace

void write_group_file(const std::filesystem::path& file, const Json& report) {
  const bool is_yaml = file.extension() == ".yaml" || file.extension() == ".yml";
  is_yaml ? write_atomically(file, yaml_text(report)) : write_json(file, report);
}

config::Groups parse_group_file(const std::string& text, const std::string& where, int k,
                                const config::Skeleton& skeleton) {
  const std::string hint = "save one with pbn groups --out";
  if (text.size() > max_bytes) throw data_error(where, hint, "is too large for a group file");
  try {
    const StrictYaml yaml(text, where);
    const YAML::Node& format = entry(yaml.root(), "format");
    const YAML::Node& groups = entry(yaml.root(), "groups");
    if (!format.IsDefined() || !format.IsScalar() || format.Scalar() != data::group_file_format || !is_list(groups)) {
      throw data_error(where, hint, "is not a group file");
    }
    if (groups.size() != static_cast<std::size_t>(k)) {
      throw data_error(where, fmt::format("name the pose file instead, or save a report of {} groups", k),
                       "holds {} groups, not {}", groups.size(), k);
    }
    const std::vector<std::string> known = parts_of(skeleton, names_in(entry(yaml.root(), "parts")));
    return groups_for(skeleton, lists_of_parts(groups, known, where), known, where);
  } catch (const Error& error) {
    if (error.blame == Blame::data) throw;
    throw data_error(error.where, hint, "{}", error.problem);
  } catch (const YAML::Exception& error) {
    throw data_error(where, hint, "is not valid YAML: {}", error.msg);
  }
}

config::Groups related_groups(const std::vector<std::filesystem::path>& files, int k,
                              const config::Skeleton& skeleton) {
  const std::filesystem::path& first = files.front();
  if (!is_hdf5(first)) return parse_group_file(read_file(first), first.string(), k, skeleton);
  const data::RelatedParts related = data::find_related_parts(files, k);
  const config::Skeleton& found_in = *related.relatedness.skeleton;
  return groups_for(skeleton, config::to_json(related.cut.minimum.groups, found_in), found_in.parts,
                    data::names_of(related.sources));
}

}  // namespace pbn::grid
