#include "orchestrator/slurm/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "orchestrator/grid/json_schema.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/slurm/own_options.h"
#include "slurm_array_template.h"  // slurm/array.sh.mustache

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

constexpr int largest_number = 1'000'000;
constexpr const char *time_form = R"(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2})", *memory_form = "([1-9][0-9]{0,6})([MG])",
                     *mpi_form = "[a-z0-9_+]+";
const std::vector<std::string> precisions{"bf16", "fp32"}, launchers{"srun", "mpirun"},
    mail_events{"BEGIN",     "END",        "FAIL",          "REQUEUE",       "ALL",           "INVALID_DEPEND",
                "STAGE_OUT", "TIME_LIMIT", "TIME_LIMIT_90", "TIME_LIMIT_80", "TIME_LIMIT_50", "ARRAY_TASKS"};

Json mpi_schema() {
  Json schema = grid::line_schema("how srun connects the ranks, one of the list of srun --mpi=list; default: pmix");
  schema["pattern"] = fmt::format("^{}$", mpi_form);
  return schema;
}

// In capitals or not: [Ee][Nn][Dd].
Json mail_events_schema() {
  std::string forms;
  for (const std::string& event : mail_events) {
    forms += forms.empty() ? "" : "|";
    for (const char letter : event) {
      const char small = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      forms += small == letter ? std::string(1, letter) : fmt::format("[{}{}]", letter, small);
    }
  }
  Json schema = grid::lines_schema("when mail is sent: begin, end, fail, requeue, time_limit and so on");
  schema["items"]["pattern"] = "^(" + forms + ")$";
  return schema;
}

class ProfileReader {
 public:
  ProfileReader(const std::string& text, const std::string& file) : file_(file), yaml_(text, file) {}

  SlurmProfile read() {
    yaml_.read_map(yaml_.root(), file_, "", readers());
    if (profile_.time.empty() && !profile_.auto_time)
      throw usage_error(file_, "time: 12:00:00", "\"time\" is missing, a run's time limit");
    require_whole_node();
    if (profile_.template_file.empty()) profile_.script_template = slurm_array_template;
    if (profile_.container) profile_.container->gpus |= profile_.gpus > 0;
    require_consistency();
    return profile_;
  }

  Json schema() { return grid::map_schema(readers(), {"time"}); }

 private:
  using Reader = grid::YamlReader;

  grid::YamlReaders readers() {
    return {
        {"partition", line(profile_.partition, "Slurm's partition; default: the cluster's, as for the next two")},
        {"account", line(profile_.account, "the account that pays")},
        {"qos", line(profile_.qos, "Slurm's quality of service")},
        {"time", time(profile_.time,
                      "time limit of a job: minutes, h:mm:ss or d-h:mm:ss, or auto: by what finished runs and pbn "
                      "try needed; a run that needs longer saves its state and is queued again",
                      &profile_.auto_time)},
        {"nodes", number(profile_.nodes, 1, "nodes that share the ranks of a run; default: 1")},
        {"cpus", number(profile_.cpus, 1, "processors per rank; default: 1")},
        {"gpus", number(profile_.gpus, 0, "GPUs per rank; default: 0")},
        {"gpu_type", line(profile_.gpu_type, "as in --gres=gpu:a100:2")},
        {"memory", memory(profile_.memory_mib,
                          "host memory per rank, such as 16G or 4000M, or auto: by what finished runs and pbn try "
                          "needed; default: the cluster's",
                          &profile_.auto_memory)},
        {"node", map("node.", "what one node has; needed for runs_per_element", readers_of_node())},
        {"precision",
         {[this](const grid::YamlEntry& entry) { profile_.precision = yaml_.choice(entry, precisions); },
          grid::choice_schema("the meaning of train.precision auto on the nodes", precisions)}},
        {"launcher",
         {[this](const grid::YamlEntry& entry) { read_launcher(entry); },
          grid::choice_schema("what starts the ranks; default: srun", launchers)}},
        {"mpi", {[this](const grid::YamlEntry& entry) { read_mpi(entry); }, mpi_schema()}},
        {"launcher_options", lines(profile_.launcher_options, "further options of the launcher")},
        {"login_shell",
         {[this](const grid::YamlEntry& entry) { profile_.login_shell = yaml_.yes_or_no(entry); },
          grid::yes_or_no_schema("whether the script reads /etc/profile first; default: false")}},
        {"modules", lines(profile_.modules, "names for module load, in this order")},
        {"setup", lines(profile_.setup, "lines of bash that run before the worker")},
        {"sbatch", sbatch_options(profile_.sbatch, "further options of sbatch, but none that pbn gives itself")},
        {"container",
         {[this](const grid::YamlEntry& entry) { read_container_entry(entry); }, executors::container_schema()}},
        {"mail", map("mail.", "Slurm's mail about arrays and the report", readers_of_mail())},
        {"report", map("report.", "the job of --report, on one processor", readers_of_report())},
        {"seconds_to_save", number(profile_.seconds_to_save, 1,
                                   "how long before the time limit a run is asked to save its state; default: 120")},
        {"retries", number(profile_.retries, 0,
                           "attempts after a failure, unless the configuration or the data are at fault; default: "
                           "2")},
        {"template",
         {[this](const grid::YamlEntry& entry) { read_template(entry); },
          grid::line_schema("instead of slurm/array.sh.mustache; relative to this file")}},
        {"array", map("array.", "Slurm's job arrays", readers_of_array())},
        {"limits", map("limits.", "the most that pbn asks for", readers_of_limits())}};
  }

  grid::YamlReaders readers_of_node() {
    return {{"cpus", number(profile_.node.cpus, 1, "processors of a node")},
            {"gpus", number(profile_.node.gpus, 0, "GPUs of a node")},
            {"memory", memory(profile_.node.memory_mib, "memory of a node, such as 500G")}};
  }

  grid::YamlReaders readers_of_mail() {
    return {{"to", line(profile_.mail_to, "an address; default: the user")},
            {"on", {[this](const grid::YamlEntry& entry) { read_mail_on(entry); }, mail_events_schema()}}};
  }

  grid::YamlReaders readers_of_report() {
    const auto read_sbatch = [this](const grid::YamlEntry& entry) {
      sbatch_options(profile_.report.sbatch.emplace(), "").read(entry);
    };
    return {{"partition", line(profile_.report.partition, "default: that of the runs")},
            {"time", time(profile_.report.time, "its time limit; default: 30 minutes")},
            {"memory", memory(profile_.report.memory_mib, "such as 4G; default: the cluster's")},
            {"sbatch", {read_sbatch, grid::lines_schema("further options of sbatch; default: those of the runs")}}};
  }

  grid::YamlReaders readers_of_array() {
    return {{"runs_per_element", number_or_auto(profile_.runs_per_element,
                                                "runs that one element of an array carries, or auto: as many as end "
                                                "within the time limit; default: 1")},
            {"largest_chunk", number(profile_.largest_chunk, 1, "elements of one job array; default: all it may have")},
            {"parallel", number(profile_.parallel, 1, "runs at a time, over all arrays; default: all")}};
  }

  grid::YamlReaders readers_of_limits() {
    return {{"max_submit", number(profile_.max_submit, 1, "elements that you may have in the queue")},
            {"time", time(profile_.limit_time, "the longest time limit, such as 2-00:00:00")},
            {"memory", memory(profile_.limit_memory_mib, "the most memory per rank, such as 64G")}};
  }

  Reader map(const std::string& prefix, const char* help, grid::YamlReaders readers) {
    Json schema = grid::map_schema(readers);
    schema["description"] = help;
    const auto read = [this, prefix, readers = std::move(readers)](const grid::YamlEntry& entry) {
      yaml_.read_map(entry.value, entry.value_where, prefix, readers);
    };
    return {read, schema};
  }

  // Text without line breaks, because it becomes part of a line of the script.
  Reader line(std::string& target, const char* help) {
    return {[this, &target](const grid::YamlEntry& entry) { target = yaml_.line(entry); }, grid::line_schema(help)};
  }

  Reader number(int& target, int least, const char* help) {
    const auto read = [this, &target, least](const grid::YamlEntry& entry) {
      target = yaml_.whole_number(entry, least, largest_number);
    };
    return {read, grid::number_schema(help, least, largest_number)};
  }

  // 0 for auto.
  Reader number_or_auto(int& target, const char* help) {
    Reader number_only = number(target, 1, help);
    Json schema = number_only.schema;
    schema["type"] = {"integer", "string"};
    schema["pattern"] = "^auto$";
    const auto read = [this, &target, number_only](const grid::YamlEntry& entry) {
      yaml_.value(entry.value, entry.value_where) == "auto" ? void(target = 0) : number_only.read(entry);
    };
    return {read, schema};
  }

  Reader lines(std::vector<std::string>& target, const char* help) {
    return {[this, &target](const grid::YamlEntry& entry) { target = yaml_.lines(entry); }, grid::lines_schema(help)};
  }

  // Remembers their places, for require_consistency().
  Reader sbatch_options(std::vector<std::string>& target, const char* help) {
    Reader reader = lines(target, help);
    reader.read = [this, &target, read = reader.read](const grid::YamlEntry& entry) {
      read(entry);
      for (std::size_t i = 0; i < target.size(); ++i) {
        sbatch_.emplace_back(target[i], yaml_.place_of(entry.value[i], entry.value_where));
      }
    };
    return reader;
  }

  // `is_auto`: where to note that the value is auto; null: auto is no value.
  Reader time(std::string& target, const char* help, bool* is_auto = nullptr) {
    const auto read = [this, &target, is_auto](const grid::YamlEntry& entry) {
      const Json value = yaml_.value(entry.value, entry.value_where);
      if (is_auto) *is_auto = value == "auto";
      if (is_auto && *is_auto) return;
      target = value.is_string() ? value.get<std::string>() : value.dump();
      static const std::regex form(time_form);
      if (!std::regex_match(target, form)) {
        throw usage_error(entry.value_where, "minutes, hours:minutes:seconds or days-hours:minutes:seconds",
                          "\"{}\": {} is not a time limit", entry.key, value.dump());
      }
    };
    return {read,
            {{"description", help}, {"type", {"integer", "string"}}, {"minimum", 0}, pattern(time_form, is_auto)}};
  }

  Reader memory(int& target, const char* help, bool* is_auto = nullptr) {
    const auto read = [this, &target, is_auto](const grid::YamlEntry& entry) {
      const std::string value = yaml_.line(entry);
      if (is_auto) *is_auto = value == "auto";
      if (is_auto && *is_auto) return;
      static const std::regex form(memory_form);
      std::smatch match;
      if (!std::regex_match(value, match, form)) {
        throw usage_error(entry.value_where, "for example 16G or 4000M", "\"{}\": \"{}\" is not an amount", entry.key,
                          value);
      }
      target = std::stoi(match[1]) * (match[2] == "G" ? 1024 : 1);
    };
    return {read, {{"description", help}, {"type", "string"}, pattern(memory_form, is_auto)}};
  }

  static Json pattern(const std::string& form, bool may_be_auto) {
    return Json::array({"pattern", "^(" + form + (may_be_auto ? "|auto" : "") + ")$"});
  }

  void read_container_entry(const grid::YamlEntry& entry) {
    profile_.container = executors::read_container(yaml_, entry.value, entry.value_where, "container.");
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

  void read_launcher(const grid::YamlEntry& entry) {
    profile_.launcher = yaml_.choice(entry, launchers) == "srun" ? Launcher::srun : Launcher::mpirun;
  }

  void read_mpi(const grid::YamlEntry& entry) {
    profile_.mpi = yaml_.line(entry);
    mpi_where_ = entry.where;
    static const std::regex form(mpi_form);
    if (!std::regex_match(profile_.mpi, form)) {
      throw usage_error(entry.value_where, "one of the list that srun --mpi=list prints, such as pmix or pmi2",
                        "\"mpi\": \"{}\" is no flavour of PMI", profile_.mpi);
    }
  }

  void read_mail_on(const grid::YamlEntry& entry) {
    for (const std::string& event : yaml_.lines(entry)) {
      std::string known = event;
      std::ranges::transform(known, known.begin(), [](unsigned char letter) { return std::toupper(letter); });
      if (std::ranges::find(mail_events, known) == mail_events.end()) {
        throw usage_error(entry.value_where, suggestion(known, mail_events),
                          "\"mail.on\": Slurm sends no mail on \"{}\"", event);
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
    const fs::path file = fs::path(file_).parent_path() / yaml_.line(entry);
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

Json profile_schema() {
  return grid::schema_file("Cluster profile of pbn (docs/running-on-slurm.md)", ProfileReader("{}", "").schema());
}

}  // namespace pbn::slurm
