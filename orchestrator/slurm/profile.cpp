#include "orchestrator/slurm/profile.h"

#include <regex>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/grid/strict_yaml.h"
#include "slurm_array_template.h"  // slurm/array.sh.mustache

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

class ProfileReader {
 public:
  ProfileReader(const std::string& text, const std::string& file) : file_(file), yaml_(text, file) {}

  SlurmProfile read() {
    yaml_.read_map(yaml_.root(), file_, "",
                   {{"partition", line(profile_.partition)},
                    {"account", line(profile_.account)},
                    {"qos", line(profile_.qos)},
                    {"time", [this](const grid::YamlEntry& entry) { read_time(entry); }},
                    {"nodes", number(profile_.nodes, 1)},
                    {"cpus", number(profile_.cpus, 1)},
                    {"gpus", number(profile_.gpus, 0)},
                    {"gpu_type", line(profile_.gpu_type)},
                    {"memory", memory(profile_.memory_mib)},
                    {"node", map("node.", {{"cpus", number(profile_.node.cpus, 1)},
                                           {"gpus", number(profile_.node.gpus, 0)},
                                           {"memory", memory(profile_.node.memory_mib)}})},
                    {"precision", [this](const grid::YamlEntry& entry) { read_precision(entry); }},
                    {"launcher", [this](const grid::YamlEntry& entry) { read_launcher(entry); }},
                    {"launcher_options", lines(profile_.launcher_options)},
                    {"modules", lines(profile_.modules)},
                    {"setup", lines(profile_.setup)},
                    {"sbatch", lines(profile_.sbatch)},
                    {"seconds_to_save", number(profile_.seconds_to_save, 1)},
                    {"retries", number(profile_.retries, 0)},
                    {"template", [this](const grid::YamlEntry& entry) { read_template(entry); }},
                    {"array", map("array.", {{"runs_per_element", number_or_auto(profile_.runs_per_element)},
                                             {"largest_chunk", number(profile_.largest_chunk, 1)},
                                             {"parallel", number(profile_.parallel, 1)}})},
                    {"limits", map("limits.", {{"max_submit", number(profile_.max_submit, 1)}})}});
    if (profile_.time.empty()) throw usage_error(file_, "time: 12:00:00", "\"time\" is missing, a run's time limit");
    require_whole_node();
    if (profile_.template_file.empty()) profile_.script_template = slurm_array_template;
    return profile_;
  }

 private:
  using Reader = std::function<void(const grid::YamlEntry&)>;
  Reader map(const std::string& prefix, grid::YamlReaders readers) {
    return [this, prefix, readers = std::move(readers)](const grid::YamlEntry& entry) {
      yaml_.read_map(entry.value, entry.value_where, prefix, readers);
    };
  }

  // Text without line breaks, because it becomes part of a line of the script.
  Reader line(std::string& target) {
    return
        [this, &target](const grid::YamlEntry& entry) { target = text(entry, yaml_.value(entry.value, entry.where)); };
  }

  Reader number(int& target, int least) {
    return [this, &target, least](const grid::YamlEntry& entry) {
      const Json value = yaml_.value(entry.value, entry.value_where);
      if (!value.is_number_integer() || value < least || value > 1'000'000) {
        throw usage_error(entry.value_where, "", "\"{}\" must be a whole number, at least {}", entry.key, least);
      }
      target = value;
    };
  }

  // 0 for auto.
  Reader number_or_auto(int& target) {
    return [this, &target, read = number(target, 1)](const grid::YamlEntry& entry) {
      yaml_.value(entry.value, entry.value_where) == "auto" ? void(target = 0) : read(entry);
    };
  }

  Reader memory(int& mib) {
    return [this, &mib](const grid::YamlEntry& entry) { mib = read_memory(entry); };
  }

  Reader lines(std::vector<std::string>& target) {
    return [this, &target](const grid::YamlEntry& entry) {
      const Json value = yaml_.value(entry.value, entry.value_where);
      if (!value.is_array()) throw usage_error(entry.value_where, "[...]", "\"{}\" must be a list", entry.key);
      for (const Json& element : value) target.push_back(text(entry, element));
    };
  }

  static std::string text(const grid::YamlEntry& entry, const Json& value) {
    if (!value.is_string() || value.get<std::string>().empty()) {
      throw usage_error(entry.value_where, "put it in quotes", "\"{}\": {} is not text", entry.key, value.dump());
    }
    std::string line = value;
    if (line.find_first_of("\n\r") != std::string::npos) {
      throw usage_error(entry.value_where, "", "\"{}\" must be a single line", entry.key);
    }
    return line;
  }

  void read_time(const grid::YamlEntry& entry) {
    const Json value = yaml_.value(entry.value, entry.value_where);
    profile_.time = value.is_string() ? value.get<std::string>() : value.dump();
    static const std::regex form(R"(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2})");
    if (!std::regex_match(profile_.time, form)) {
      throw usage_error(entry.value_where, "minutes, hours:minutes:seconds or days-hours:minutes:seconds",
                        "\"time\": {} is not a time limit", value.dump());
    }
  }

  int read_memory(const grid::YamlEntry& entry) {
    const std::string value = text(entry, yaml_.value(entry.value, entry.value_where));
    static const std::regex form("([1-9][0-9]{0,6})([MG])");
    std::smatch match;
    if (!std::regex_match(value, match, form)) {
      throw usage_error(entry.value_where, "for example 16G or 4000M", "\"{}\": \"{}\" is not an amount", entry.key,
                        value);
    }
    return std::stoi(match[1]) * (match[2] == "G" ? 1024 : 1);
  }

  // Runs are placed side by side by everything that they ask for.
  void require_whole_node() const {
    const SlurmProfile::Node& node = profile_.node;
    if (node.cpus == 0 && node.gpus == 0 && node.memory_mib == 0) return;
    const std::pair<const char*, bool> wanted[] = {{"cpus", node.cpus == 0},
                                                   {"gpus", profile_.gpus > 0 && node.gpus == 0},
                                                   {"memory", profile_.memory_mib > 0 && node.memory_mib == 0}};
    for (const auto& [key, is_missing] : wanted) {
      if (!is_missing) continue;
      throw usage_error(file_, "for example node: {cpus: 64, gpus: 8, memory: 500G}",
                        "\"node.{}\" is missing: what a node has of it, since runs ask for it", key);
    }
  }

  void read_precision(const grid::YamlEntry& entry) {
    const Json value = yaml_.value(entry.value, entry.value_where);
    if (value != "bf16" && value != "fp32") {
      throw usage_error(entry.value_where, "the meaning of train.precision auto on the nodes",
                        "\"precision\" is bf16 or fp32, not {}", value.dump());
    }
    profile_.precision = value;
  }

  void read_launcher(const grid::YamlEntry& entry) {
    const Json value = yaml_.value(entry.value, entry.value_where);
    if (value != "srun" && value != "mpirun") {
      throw usage_error(entry.value_where, "", "\"launcher\" is srun or mpirun, not {}", value.dump());
    }
    profile_.launcher = value == "srun" ? Launcher::srun : Launcher::mpirun;
  }

  void read_template(const grid::YamlEntry& entry) {
    const fs::path file = fs::path(file_).parent_path() / text(entry, yaml_.value(entry.value, entry.value_where));
    if (!fs::exists(file)) throw usage_error(entry.value_where, "", "there is no template {}", file.string());
    profile_.template_file = file.string();
    profile_.script_template = read_file(file);
  }

  std::string file_;
  grid::StrictYaml yaml_;
  SlurmProfile profile_;
};

}  // namespace

SlurmProfile read_slurm_profile(const fs::path& file) {
  if (!fs::exists(file)) throw usage_error("--profile", "see slurm/profile-example.yaml", "no file {}", file.string());
  return parse_slurm_profile(read_file(file), file.string());
}

SlurmProfile parse_slurm_profile(const std::string& text, const std::string& file) {
  return ProfileReader(text, file).read();
}

}  // namespace pbn::slurm
