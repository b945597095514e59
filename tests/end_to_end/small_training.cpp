#include "small_training.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/files.h"
#include "tests/becomes_true.h"
#include "tests/places.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

// The words in a file of /proc that are separated by NUL: a command line, or an environment.
std::vector<std::string> words_of(const fs::path& file) {
  std::ifstream all(file, std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(all, word, '\0');) words.push_back(word);
  return words;
}

int rank_of(const fs::path& process) {
  const std::string name = "OMPI_COMM_WORLD_RANK=";
  for (const std::string& variable : words_of(process / "environ")) {
    if (variable.starts_with(name)) return std::stoi(variable.substr(name.size()));
  }
  return 0;
}

const std::string worker = built_program("pbn_worker");

}  // namespace

SmallTraining::SmallTraining()
    : train_(small_people(place_, "train", 27)), validation_(small_people(place_, "validation", 9)) {}

std::vector<std::string> SmallTraining::options(const std::string& folder, const std::string& more) const {
  std::vector<std::string> words{worker};
  std::istringstream all(fmt::format(
      "--model.features 16 --train.epochs 3 --train.global_batch 8 --train.learning_rate 1e-3 --train.precision fp32 "
      "--run.validate_every 1 --run.checkpoint_seconds 0 {}",
      more));
  for (std::string word; all >> word;) words.push_back(word);
  words.insert(words.end(), {"--train", train_, "--validation", validation_, "--out", path(folder)});
  return words;
}

std::vector<std::string> SmallTraining::command(int ranks, const std::string& folder, const std::string& more) const {
  std::vector<std::string> words{"mpirun",          "--quiet",   "-np", std::to_string(ranks),
                                 "--oversubscribe", "--bind-to", "none"};
  const auto own = options(folder, more);
  words.insert(words.end(), own.begin(), own.end());
  return words;
}

std::unique_ptr<Process> SmallTraining::start(int ranks, const std::string& folder, const std::string& more) const {
  return start(command(ranks, folder, more), folder);
}

std::unique_ptr<Process> SmallTraining::start(const std::vector<std::string>& command,
                                              const std::string& folder) const {
  const std::vector<std::pair<std::string, std::string>> environment{
      {"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}, {"OMP_NUM_THREADS", "1"}};
  return std::make_unique<Process>(
      ProcessOptions{.command = command, .environment = environment, .output = path(folder + ".log")});
}

std::unique_ptr<Process> SmallTraining::start_alone(const std::string& folder, const std::string& more) const {
  return std::make_unique<Process>(ProcessOptions{.command = options(folder, more), .output = path(folder + ".log")});
}

std::string SmallTraining::output(const std::string& folder) const {
  return read_file_if_there(path(folder + ".log")).value_or("");
}

std::vector<pid_t> SmallTraining::ranks_of(const std::string& folder) const {
  std::vector<std::pair<int, pid_t>> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto words = words_of(entry.path() / "cmdline");
    if (!words.empty() && words.front() == worker && words.back() == path(folder)) {
      found.emplace_back(rank_of(entry.path()), std::stoi(name));
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<pid_t> processes;
  for (const auto& [rank, process] : found) processes.push_back(process);
  return processes;
}

bool SmallTraining::wait_for_file(Process& process, const std::string& folder, const std::string& name_pattern) const {
  const fs::path pattern = fs::path(path(folder)) / name_pattern;
  const auto is_there = [&] {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(pattern.parent_path(), missing)) {
      if (::fnmatch(pattern.filename().c_str(), entry.path().filename().c_str(), 0) == 0) return true;
    }
    return false;
  };
  return becomes_true([&] { return is_there() || process.wait_for(0ms); }, 60s) && is_there();
}

bool SmallTraining::wait_for_end_of_ranks(const std::string& folder) const {
  return becomes_true([&] { return ranks_of(folder).empty(); }, 20s);
}

}  // namespace pbn
