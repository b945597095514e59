#include "orchestrator/slurm/slurm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <thread>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/files.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/process.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

struct CommandResult {
  int code;
  std::string output, errors;
};

CommandResult run_command(std::vector<std::string> command, int inherited = -1,
                          std::chrono::milliseconds patience = std::chrono::hours(24)) {
  const MemoryFile output, errors;
  ProcessOptions options;
  options.command = std::move(command);
  options.output = errors.path();
  options.standard_output = output.descriptor();
  options.inherited = inherited;
  Process process(options);
  const auto end = std::chrono::steady_clock::now() + patience;
  std::optional<int> code;
  while (!code && std::chrono::steady_clock::now() < end) {
    code = process.wait_for(std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()));
  }
  return {code.value_or(124), read_file(output.path()), read_file(errors.path())};
}

// The output of a query that may have no answer here; empty then.
std::string answer_if_any(const std::vector<std::string>& command) {
  if (find_program(command[0]).empty()) return "";
  const CommandResult result = run_command(command, -1, 5s);
  return result.code == 0 ? result.output + result.errors : "";
}

std::optional<int> max_array_size_in(const std::string& configuration) {
  std::istringstream lines(configuration);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("MaxArraySize")) return std::stoi(line.substr(line.find('=') + 1));
  }
  return {};
}

// The lines without control sequences and surrounding spaces.
std::vector<std::string> lines_of(const std::string& output) {
  std::vector<std::string> lines;
  std::istringstream text(output);
  for (std::string line; std::getline(text, line);) {
    const std::string shown = printable_line(line);
    const auto begin = shown.find_first_not_of(' '), end = shown.find_last_not_of(' ');
    lines.push_back(begin == std::string::npos ? "" : shown.substr(begin, end - begin + 1));
  }
  return lines;
}

std::string in_one_line(const std::string& output) {
  std::string line;
  for (const std::string& part : lines_of(output)) line += (line.empty() || part.empty() ? "" : " / ") + part;
  return line;
}

// Repeats a query that fails after 1, 2, 4, ... s, so as not to burden a controller that is busy or restarting.
std::string query(const std::vector<std::string>& command) {
  CommandResult result{};
  for (auto pause = 1s; pause <= 32s; pause *= 2) {
    result = run_command(command);
    if (result.code == 0) return result.output;
    if (pause == 1s) note("{} (trying again)", in_one_line(result.errors));
    std::this_thread::sleep_for(pause);
  }
  throw environment_error(command[0], "start this again once Slurm answers", "{}", in_one_line(result.errors));
}

// Whether Slurm's error is about its controller and not about the job.
bool is_temporary_error(const std::string& error) {
  constexpr const char* phrases[] = {
      "timed out",     "Unable to contact", "Connection refused",    "Connection reset",
      "Zero Bytes",    "standby mode",      "temporarily",           "Transport endpoint",
      "Communication", "try again",         "Invalid job credential"};
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](const char* phrase) { return error.find(phrase) != std::string::npos; });
}

}  // namespace

bool QueueElement::is_live() const {
  constexpr const char* ended[] = {"COMPLETED", "CANCELLED", "FAILED",        "TIMEOUT",  "NODE_FAIL",
                                   "PREEMPTED", "BOOT_FAIL", "OUT_OF_MEMORY", "DEADLINE", "REVOKED"};
  return std::find(std::begin(ended), std::end(ended), state) == std::end(ended);
}

bool QueueElement::is_held() const {
  return state == "PENDING" && (reason.find("requeued held") != std::string::npos ||
                                reason.find("requeued in held state") != std::string::npos);
}

std::string QueueElement::id() const { return fmt::format("{}_{}", job, index); }

Slurm::Slurm() {
  for (const char* program : {"sbatch", "squeue", "scontrol", "scancel"}) {
    if (!find_program(program).empty()) continue;
    throw environment_error(program, "start this on a node where jobs are submitted, such as a login node",
                            "is not in PATH");
  }
}

int Slurm::largest_array() const {
  if (const auto size = max_array_size_in(query({"scontrol", "show", "config"}))) return *size;
  throw environment_error("scontrol show config", "", "does not print MaxArraySize");
}

std::vector<QueueElement> Slurm::queue() const {
  std::istringstream lines(query({"squeue", "--me", "-h", "-r", "-t", "all", "-o", "%F|%K|%T|%r|%j"}));
  std::vector<QueueElement> elements;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    QueueElement element;
    std::string index;
    std::getline(fields, element.job, '|');
    std::getline(fields, index, '|');
    std::getline(fields, element.state, '|');
    std::getline(fields, element.reason, '|');
    std::getline(fields, element.name);
    element.index = std::atoi(index.c_str());  // "N/A" if the job is not an array
    const bool is_job = !element.name.empty() && !element.job.empty() &&
                        element.job.find_first_not_of("0123456789") == std::string::npos;
    if (is_job) elements.push_back(std::move(element));  // otherwise a line printed by the site
  }
  return elements;
}

Slurm::Submitted Slurm::submit(const std::vector<std::string>& options, const fs::path& script, int inherited) const {
  std::vector<std::string> command{"sbatch", "--parsable"};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back(script.string());
  const CommandResult result = run_command(std::move(command), inherited);
  if (result.code == 0) {
    std::string job = job_number_in(result.output);
    if (job.empty()) job = job_number_in(result.errors);
    if (!job.empty()) return {job, "", false, true};
  }
  const std::string error = in_one_line(result.errors.empty() ? result.output : result.errors);
  return {"", error, is_temporary_error(error), result.code == 0};
}

void Slurm::cancel(const std::vector<std::string>& elements) const {
  if (elements.empty()) return;
  std::vector<std::string> command{"scancel", "--quiet"};
  command.insert(command.end(), elements.begin(), elements.end());
  run_command(std::move(command));
}

void Slurm::release(const std::string& element) const { run_command({"scontrol", "release", element}); }

bool Slurm::requeue(const std::string& element) const {
  return run_command({"scontrol", "requeue", element}).code == 0;
}

std::map<std::string, Slurm::EndedElement> Slurm::ended_badly() const {
  const CommandResult result =
      run_command({"squeue", "--me", "-h", "-r", "-t", "OUT_OF_MEMORY,TIMEOUT,FAILED", "-o", "%F_%K|%T|%l|%m"});
  std::map<std::string, EndedElement> elements;
  for (const std::string& line : lines_of(result.output)) {
    static const std::regex form(R"(([0-9]+_[0-9]+)\|([A-Z_]+)\|([^|]*)\|([0-9.]+)([MGT]))");
    std::smatch found;
    if (!std::regex_match(line, found, form)) continue;
    const double units = found[5] == "M" ? 1 : found[5] == "G" ? 1024 : 1024 * 1024;
    elements[found[1]] = {found[2], found[3], static_cast<int>(std::stod(found[4]) * units)};
  }
  return elements;
}

std::pair<std::string, std::string> Slurm::time_limit(const std::string& element) const {
  for (const std::string& line : lines_of(run_command({"squeue", "-h", "-j", element, "-o", "%l|%L"}).output)) {
    const auto middle = line.find('|');
    if (middle != std::string::npos) return {line.substr(0, middle), line.substr(middle + 1)};
  }
  return {};
}

std::optional<std::string> Slurm::state(const std::string& element) const {
  const CommandResult result = run_command({"squeue", "-h", "-j", element, "-o", "%T"});
  if (result.code != 0) return {};
  std::optional<std::string> state;  // on a separate line, like RUNNING or OUT_OF_MEMORY; a site may print other lines
  for (const std::string& line : lines_of(result.output)) {
    if (!line.empty() && line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos) state = line;
  }
  return state;
}

std::optional<int> largest_array_if_known() { return max_array_size_in(answer_if_any({"scontrol", "show", "config"})); }

std::string list_of_mpi_flavours() { return answer_if_any({"srun", "--mpi=list"}); }

std::string job_number_in(const std::string& output) {
  static const std::regex number("(?:(?:sbatch: )?Submitted batch job )?([0-9]+)(?:;.*| on cluster .*)?");
  std::string job;
  for (const std::string& line : lines_of(output)) {
    std::smatch found;
    if (!std::regex_match(line, found, number) || found[1] == job) continue;
    if (!job.empty()) return "";
    job = found[1];
  }
  return job;
}

std::optional<std::string> own_slurm_element() {
  const char* const job = std::getenv("SLURM_ARRAY_JOB_ID");
  const char* const index = std::getenv("SLURM_ARRAY_TASK_ID");
  return job && index ? std::optional(fmt::format("{}_{}", job, index)) : std::nullopt;
}

}  // namespace pbn::slurm
