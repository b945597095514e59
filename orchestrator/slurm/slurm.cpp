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

namespace pbn {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

struct Said {
  int code;
  std::string output, errors;
};

Said ask(std::vector<std::string> command, int inherited = -1) {
  const MemoryFile output, errors;
  ProcessOptions options;
  options.command = std::move(command);
  options.output = errors.path();
  options.standard_output = output.descriptor();
  options.inherited = inherited;
  const int code = Process(options).wait();
  return {code, read_file(output.path()), read_file(errors.path())};
}

// Without what colours them, and without spaces around them.
std::vector<std::string> lines_of(const std::string& said) {
  std::vector<std::string> lines;
  std::istringstream text(said);
  for (std::string line; std::getline(text, line);) {
    const std::string shown = printable_line(line);
    const auto begin = shown.find_first_not_of(' '), end = shown.find_last_not_of(' ');
    lines.push_back(begin == std::string::npos ? "" : shown.substr(begin, end - begin + 1));
  }
  return lines;
}

// What a command said, for people.
std::string in_one_line(const std::string& said) {
  std::string line;
  for (const std::string& part : lines_of(said)) line += (line.empty() || part.empty() ? "" : " / ") + part;
  return line;
}

// Asks again after 1, 2, 4, ... s: a controller that is busy or starts anew needs no crowd at its door.
std::string ask_patiently(const std::vector<std::string>& command) {
  Said said{};
  for (auto pause = 1s; pause <= 32s; pause *= 2) {
    said = ask(command);
    if (said.code == 0) return said.output;
    if (pause == 1s) note("{} (asking again)", in_one_line(said.errors));
    std::this_thread::sleep_for(pause);
  }
  throw environment_error(command[0], "start this again once Slurm answers", "{}", in_one_line(said.errors));
}

// Slurm's words for trouble with its controller rather than with the job.
bool is_passing(const std::string& complaint) {
  constexpr const char* troubles[] = {
      "timed out",     "Unable to contact", "Connection refused",    "Connection reset",
      "Zero Bytes",    "standby mode",      "temporarily",           "Transport endpoint",
      "Communication", "try again",         "Invalid job credential"};
  return std::any_of(std::begin(troubles), std::end(troubles),
                     [&](const char* trouble) { return complaint.find(trouble) != std::string::npos; });
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
    throw environment_error(program, "start this where jobs are submitted, a login node of your cluster",
                            "is not in PATH");
  }
}

int Slurm::largest_array() const {
  std::istringstream configuration(ask_patiently({"scontrol", "show", "config"}));
  for (std::string line; std::getline(configuration, line);) {
    if (line.starts_with("MaxArraySize")) return std::stoi(line.substr(line.find('=') + 1));
  }
  throw environment_error("scontrol show config", "", "does not tell MaxArraySize");
}

std::vector<QueueElement> Slurm::queue() const {
  std::istringstream lines(ask_patiently({"squeue", "--me", "-h", "-r", "-t", "all", "-o", "%F|%K|%T|%r|%j"}));
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
    element.index = std::atoi(index.c_str());  // "N/A" of a job that is no array
    const bool is_job = !element.name.empty() && !element.job.empty() &&
                        element.job.find_first_not_of("0123456789") == std::string::npos;
    if (is_job) elements.push_back(std::move(element));  // else a line of the site's
  }
  return elements;
}

Slurm::Answer Slurm::submit(const std::vector<std::string>& options, const fs::path& script, int inherited) const {
  std::vector<std::string> command{"sbatch", "--parsable"};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back(script.string());
  const Said said = ask(std::move(command), inherited);
  if (said.code == 0) {
    const std::string job = job_number_in(said.output);
    if (const std::string known = job.empty() ? job_number_in(said.errors) : job; !known.empty()) {
      return {known, "", false, true};
    }
  }
  const std::string complaint = in_one_line(said.errors.empty() ? said.output : said.errors);
  return {"", complaint, is_passing(complaint), said.code == 0};
}

void Slurm::cancel(const std::vector<std::string>& elements) const {
  if (elements.empty()) return;
  std::vector<std::string> command{"scancel", "--quiet"};
  command.insert(command.end(), elements.begin(), elements.end());
  ask(std::move(command));
}

void Slurm::release(const std::string& element) const { ask({"scontrol", "release", element}); }

bool Slurm::requeue(const std::string& element) const { return ask({"scontrol", "requeue", element}).code == 0; }

std::optional<std::string> Slurm::state(const std::string& element) const {
  const Said said = ask({"squeue", "-h", "-j", element, "-o", "%T"});
  if (said.code != 0) return {};
  std::optional<std::string> state;  // in a line of its own, like RUNNING or OUT_OF_MEMORY; a site may print others
  for (const std::string& line : lines_of(said.output)) {
    if (!line.empty() && line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos) state = line;
  }
  return state;
}

std::string job_number_in(const std::string& said) {
  static const std::regex number("(?:(?:sbatch: )?Submitted batch job )?([0-9]+)(?:;.*| on cluster .*)?");
  std::string job;
  for (const std::string& line : lines_of(said)) {
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

}  // namespace pbn
