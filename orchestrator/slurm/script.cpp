#include "orchestrator/slurm/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <kainjow/mustache.hpp>
#include <sstream>

#include "base/error.h"
#include "base/process.h"
#include "orchestrator/slurm/mpi_flavour.h"
#include "orchestrator/slurm/own_options.h"
#include "orchestrator/slurm/second_chance.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using kainjow::mustache::data;

data as_list(const std::vector<std::string>& texts) {
  data list(data::type::list);
  for (const std::string& text : texts) list.push_back(data(text));
  return list;
}

// As in --gres=gpu:a100:2.
std::string gpus_of(const SlurmProfile& profile, int ranks) {
  return fmt::format("{}{}{}", profile.gpu_type, profile.gpu_type.empty() ? "" : ":", profile.gpus * ranks);
}

// The variables that both scripts use. Entries that are not set stay undefined, which a template treats as false.
data view_of(const SlurmProfile& profile) {
  data view(data::type::object);
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) view.set(name, value);
  };
  set("partition", profile.partition);
  set("account", profile.account);
  set("qos", profile.qos);
  set("mail_to", profile.mail_to);
  set("mail_on", profile.mail_on);
  if (profile.login_shell) view.set("login_shell", data::type::bool_true);
  view.set("sbatch", as_list(profile.sbatch));
  view.set("modules", as_list(profile.modules));
  view.set("setup", as_list(profile.setup));
  view.set("working_folder", fs::current_path().string());
  view.set("pbn", own_program().string());
  return view;
}

// Removes the empty lines that undefined entries leave.
std::string tidied(const std::string& script) {
  std::string text;
  std::istringstream lines(script);
  bool skipped = false;
  for (std::string line; std::getline(lines, line);) {
    if (skipped && !line.empty() && !line.starts_with("#SBATCH")) text += '\n';
    skipped = line.empty();
    if (!skipped) text += line + '\n';
  }
  return text;
}

std::string rendered(const SlurmProfile& profile, const data& view) {
  kainjow::mustache::mustache script(profile.script_template);
  const std::string file = profile.template_file.empty() ? "slurm/array.sh.mustache" : profile.template_file;
  if (!script.is_valid()) throw usage_error(file, "", "is not a mustache template: {}", script.error_message());
  script.set_custom_escape([](const std::string& word) { return shell_quoted(word); });
  return tidied(script.render(view));
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  constexpr const char* plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string shell_quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_quoted(word);
  return line;
}

std::string array_script(const SlurmProfile& profile, const ArrayScript& array) {
  const int ranks = array.ranks * array.side_by_side, ranks_of_node = (ranks + profile.nodes - 1) / profile.nodes;
  data view = view_of(profile);
  view.set("is_array", data::type::bool_true);
  if (array.is_packed) view.set("is_packed", data::type::bool_true);
  view.set("time", profile.time);
  view.set("nodes", std::to_string(profile.nodes));
  view.set("ranks", std::to_string(ranks));
  if (profile.nodes > 1) view.set("ranks_of_node", std::to_string(ranks_of_node));
  view.set("cpus", std::to_string(profile.cpus));
  if (profile.gpus > 0) view.set("gpus", gpus_of(profile, ranks_of_node));
  if (profile.memory_mib > 0) view.set("memory", fmt::format("{}M", profile.memory_mib * ranks_of_node));
  view.set("seconds_to_save", std::to_string(profile.seconds_to_save));
  view.set("list", array.list.string());
  const auto [most_memory, most_time] = most_given(profile, array.ranks);
  if (most_memory > 0) view.set("most_memory", std::to_string(most_memory));
  if (most_time > 0) view.set("most_time", std::to_string(most_time));
  std::vector<std::string> launcher;
  if (array.is_launched) launcher = launcher_command(profile, array.ranks, array.side_by_side);
  if (profile.container) std::ranges::move(executors::contained(*profile.container), std::back_inserter(launcher));
  view.set("launcher", as_list(launcher));
  return rendered(profile, view);
}

std::string report_script(const SlurmProfile& profile, const std::vector<std::string>& arguments) {
  const ReportJob& job = profile.report;
  data view = view_of(profile);
  view.set("is_report", data::type::bool_true);
  view.set("time", job.time);
  if (!job.partition.empty()) view.set("partition", job.partition);
  if (job.memory_mib > 0) view.set("memory", fmt::format("{}M", job.memory_mib));
  if (job.sbatch) view.set("sbatch", as_list(*job.sbatch));
  for (const char* one : {"nodes", "ranks", "cpus"}) view.set(one, "1");
  view.set("report", as_list(arguments));
  return rendered(profile, view);
}

std::vector<std::string> launcher_command(const SlurmProfile& profile, int ranks, int side_by_side) {
  std::vector<std::string> command;
  if (profile.launcher == Launcher::srun) {
    command = {"srun"};
    if (!chooses_mpi(profile.launcher_options)) command.push_back("--mpi=" + mpi_flavour(profile));
    // Since Slurm 22.05 srun ignores the job's --cpus-per-task. By default it waits for the other ranks when one dies.
    command.insert(command.end(), {fmt::format("--ntasks={}", ranks), fmt::format("--cpus-per-task={}", profile.cpus),
                                   "--kill-on-bad-exit=1"});
    // Unless a step asks for its part, it takes all GPUs and memory of the job, and the next step waits for them.
    if (side_by_side > 1) {
      command.emplace_back("--exact");
      if (profile.gpus > 0) command.push_back("--gres=gpu:" + gpus_of(profile, ranks));
      if (profile.memory_mib > 0) command.push_back(fmt::format("--mem={}M", profile.memory_mib * ranks));
    }
  } else {
    command = {"mpirun", "-np", std::to_string(ranks), "--bind-to", "none"};
  }
  command.insert(command.end(), profile.launcher_options.begin(), profile.launcher_options.end());
  return command;
}

}  // namespace pbn::slurm
