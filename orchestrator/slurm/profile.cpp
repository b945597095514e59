#include "orchestrator/slurm/profile.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <regex>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/slurm/own_options.h"
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
                    {"time", time(profile_.time, &profile_.auto_time)},
                    {"nodes", number(profile_.nodes, 1)},
                    {"cpus", number(profile_.cpus, 1)},
                    {"gpus", number(profile_.gpus, 0)},
                    {"gpu_type", line(profile_.gpu_type)},
                    {"memory", memory(profile_.memory_mib, &profile_.auto_memory)},
                    {"node", map("node.", {{"cpus", number(profile_.node.cpus, 1)},
                                           {"gpus", number(profile_.node.gpus, 0)},
                                           {"memory", memory(profile_.node.memory_mib)}})},
                    {"precision", [this](const grid::YamlEntry& entry) { read_precision(entry); }},
                    {"launcher", [this](const grid::YamlEntry& entry) { read_launcher(entry); }},
                    {"mpi", [this](const grid::YamlEntry& entry) { read_mpi(entry); }},
                    {"launcher_options", lines(profile_.launcher_options)},
                    {"login_shell", [this](const grid::YamlEntry& entry) { read_login_shell(entry); }},
                    {"modules", lines(profile_.modules)},
                    {"setup", lines(profile_.setup)},
                    {"sbatch", sbatch_options(profile_.sbatch)},
                    {"container",
                     [this](const grid::YamlEntry& entry) {
                       profile_.container =
                           executors::read_container(yaml_, entry.value, entry.value_where, "container.");
                     }},
                    {"mail", map("mail.", {{"to", line(profile_.mail_to)},
                                           {"on", [this](const grid::YamlEntry& entry) { read_mail_on(entry); }}})},
                    {"report", map("report.", {{"partition", line(profile_.report.partition)},
                                               {"time", time(profile_.report.time)},
                                               {"memory", memory(profile_.report.memory_mib)},
                                               {"sbatch",
                                                [this](const grid::YamlEntry& entry) {
                                                  sbatch_options(profile_.report.sbatch.emplace())(entry);
                                                }}})},
                    {"seconds_to_save", number(profile_.seconds_to_save, 1)},
                    {"retries", number(profile_.retries, 0)},
                    {"template", [this](const grid::YamlEntry& entry) { read_template(entry); }},
                    {"array", map("array.", {{"runs_per_element", number_or_auto(profile_.runs_per_element)},
                                             {"largest_chunk", number(profile_.largest_chunk, 1)},
                                             {"parallel", number(profile_.parallel, 1)}})},
                    {"limits", map("limits.", {{"max_submit", number(profile_.max_submit, 1)},
                                               {"time", time(profile_.limit_time)},
                                               {"memory", memory(profile_.limit_memory_mib)}})}});
    if (profile_.time.empty() && !profile_.auto_time)
      throw usage_error(file_, "time: 12:00:00", "\"time\" is missing, a run's time limit");
    require_whole_node();
    if (profile_.template_file.empty()) profile_.script_template = slurm_array_template;
    if (profile_.container) profile_.container->gpus |= profile_.gpus > 0;
    require_consistency();
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

  Reader lines(std::vector<std::string>& target) {
    return [this, &target](const grid::YamlEntry& entry) {
      const Json value = yaml_.value(entry.value, entry.value_where);
      if (!value.is_array()) throw usage_error(entry.value_where, "[...]", "\"{}\" must be a list", entry.key);
      for (const Json& element : value) target.push_back(text(entry, element));
    };
  }

  // Remembers their places, for require_consistency().
  Reader sbatch_options(std::vector<std::string>& target) {
    return [this, &target](const grid::YamlEntry& entry) {
      lines(target)(entry);
      for (std::size_t i = 0; i < target.size(); ++i) {
        sbatch_.emplace_back(target[i], yaml_.place_of(entry.value[i], entry.value_where));
      }
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

  // `is_auto`: where to note that the value is auto; null: auto is no value.
  Reader time(std::string& target, bool* is_auto = nullptr) {
    return [this, &target, is_auto](const grid::YamlEntry& entry) {
      const Json value = yaml_.value(entry.value, entry.value_where);
      if (is_auto) *is_auto = value == "auto";
      if (is_auto && *is_auto) return;
      target = value.is_string() ? value.get<std::string>() : value.dump();
      static const std::regex form(R"(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2})");
      if (!std::regex_match(target, form)) {
        throw usage_error(entry.value_where, "minutes, hours:minutes:seconds or days-hours:minutes:seconds",
                          "\"{}\": {} is not a time limit", entry.key, value.dump());
      }
    };
  }

  Reader memory(int& target, bool* is_auto = nullptr) {
    return [this, &target, is_auto](const grid::YamlEntry& entry) {
      const std::string value = text(entry, yaml_.value(entry.value, entry.value_where));
      if (is_auto) *is_auto = value == "auto";
      if (is_auto && *is_auto) return;
      static const std::regex form("([1-9][0-9]{0,6})([MG])");
      std::smatch match;
      if (!std::regex_match(value, match, form)) {
        throw usage_error(entry.value_where, "for example 16G or 4000M", "\"{}\": \"{}\" is not an amount", entry.key,
                          value);
      }
      target = std::stoi(match[1]) * (match[2] == "G" ? 1024 : 1);
    };
  }

  // Runs are placed side by side by everything that they ask for.
  void require_whole_node() const {
    const SlurmProfile::Node& node = profile_.node;
    if (node.cpus == 0 && node.gpus == 0 && node.memory_mib == 0) return;
    const std::pair<const char*, bool> wanted[] = {
        {"cpus", node.cpus == 0},
        {"gpus", profile_.gpus > 0 && node.gpus == 0},
        {"memory", (profile_.memory_mib > 0 || profile_.auto_memory) && node.memory_mib == 0}};
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

  void read_mpi(const grid::YamlEntry& entry) {
    profile_.mpi = text(entry, yaml_.value(entry.value, entry.value_where));
    mpi_where_ = entry.where;
    if (profile_.mpi.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_+") != std::string::npos) {
      throw usage_error(entry.value_where, "one of the list that srun --mpi=list prints, such as pmix or pmi2",
                        "\"mpi\": \"{}\" is no flavour of PMI", profile_.mpi);
    }
  }

  void read_login_shell(const grid::YamlEntry& entry) {
    const Json value = yaml_.value(entry.value, entry.value_where);
    if (!value.is_boolean()) {
      throw usage_error(entry.value_where, "", "\"login_shell\" is true or false, not {}", value.dump());
    }
    profile_.login_shell = value;
  }

  void read_mail_on(const grid::YamlEntry& entry) {
    static const std::vector<std::string> events{
        "BEGIN",     "END",        "FAIL",          "REQUEUE",       "ALL",           "INVALID_DEPEND",
        "STAGE_OUT", "TIME_LIMIT", "TIME_LIMIT_90", "TIME_LIMIT_80", "TIME_LIMIT_50", "ARRAY_TASKS"};
    std::vector<std::string> given;
    lines(given)(entry);
    for (std::string& event : given) {
      std::string known = event;
      std::ranges::transform(known, known.begin(), [](unsigned char letter) { return std::toupper(letter); });
      if (std::ranges::find(events, known) == events.end()) {
        throw usage_error(entry.value_where, suggestion(known, events), "\"mail.on\": Slurm sends no mail on \"{}\"",
                          event);
      }
      profile_.mail_on += (profile_.mail_on.empty() ? "" : ",") + known;
    }
  }

  // What can be checked once all entries are read.
  void require_consistency() const {
    for (const auto& [option, where] : sbatch_) require_not_own(option, where, profile_);
    if (profile_.mpi.empty()) return;
    if (profile_.launcher == Launcher::mpirun) {
      throw usage_error(mpi_where_, "remove it", "\"mpi\" is an option of srun, and the launcher is mpirun");
    }
    if (chooses_mpi(profile_.launcher_options)) {
      throw usage_error(mpi_where_, "remove one of the two", "\"mpi\" and \"launcher_options\" both give --mpi");
    }
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
  std::vector<std::pair<std::string, std::string>> sbatch_;  // each option and its place
  std::string mpi_where_;
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
