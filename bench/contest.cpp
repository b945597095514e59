#include "bench/contest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/process.h"
#include "tests/places.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

double peak_of_process_and_descendants(pid_t process) {
  double largest = 0;
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string word; status >> word;) {
    if (double kibibytes = 0; word == "VmHWM:" && status >> kibibytes) largest = kibibytes / 1024;
  }
  for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", process))) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;) largest = std::max(largest, peak_of_process_and_descendants(child));
  }
  return largest;
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<double> medians_in_turn(const std::vector<Contestant>& contestants, const Effort& effort) {
  std::vector<std::vector<double>> figures(contestants.size());
  for (const Contestant& contestant : contestants) contestant.measure(std::min(effort.seconds, 1.0));
  for (int round = 0; round < effort.rounds; ++round) {
    for (std::size_t c = 0; c < contestants.size(); ++c) figures[c].push_back(contestants[c].measure(effort.seconds));
  }
  std::vector<double> medians;
  for (const auto& of_one : figures) medians.push_back(median(of_one));
  return medians;
}

struct Peer::State {
  std::string name;
  FILE* questions = nullptr;
  FILE* answers = nullptr;
  std::optional<Process> process;

  ~State() {
    if (questions) std::fclose(questions);  // the peer ends at the end of its input
    if (answers) std::fclose(answers);
    if (process) process->wait_for(std::chrono::seconds(5));
  }

  std::string answer() {
    std::string line;
    for (int c = std::fgetc(answers); c != '\n'; c = std::fgetc(answers)) {
      if (c == EOF) throw environment_error(name, "standard error says why", "the peer broke off");
      line += static_cast<char>(c);
    }
    return line;
  }
};

Peer::Peer(std::vector<std::string> command, const std::string& processors) : state_(std::make_unique<State>()) {
  state_->name = fmt::format("{}", fmt::join(command, " "));
  if (!processors.empty()) command.insert(command.begin(), {"taskset", "--cpu-list", processors});
  int questions[2], answers[2];
  if (::pipe2(questions, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0) {
    throw environment_error(state_->name, "", "no pipe: {}", std::strerror(errno));
  }
  state_->questions = ::fdopen(questions[1], "w");
  state_->answers = ::fdopen(answers[0], "r");
  state_->process.emplace(
      ProcessOptions{.command = command, .standard_input = questions[0], .standard_output = answers[1]});
  ::close(questions[0]);
  ::close(answers[1]);
  while (!state_->answer().starts_with("ready")) continue;
}

Peer::~Peer() = default;
Peer::Peer(Peer&&) noexcept = default;
Peer& Peer::operator=(Peer&&) noexcept = default;

double Peer::measure(double seconds) {
  fmt::print(state_->questions, "{}\n", seconds);
  std::fflush(state_->questions);
  const std::string line = state_->answer();
  char* end = nullptr;
  const double figure = std::strtod(line.c_str(), &end);
  if (end == line.c_str()) throw environment_error(state_->name, "", "answered \"{}\"; expected a number", line);
  return figure;
}

double Peer::peak_mebibytes() const { return peak_of_process_and_descendants(state_->process->id()); }

std::optional<fs::path> peer_python() {
  const char *given = std::getenv("PBN_PEER_PYTHON"), *cache = std::getenv("XDG_CACHE_HOME"),
             *home = std::getenv("HOME");
  const fs::path python = given   ? fs::path(given)
                          : cache ? fs::path(cache) / "pbn/peers/bin/python"
                                  : fs::path(home ? home : ".") / ".cache/pbn/peers/bin/python";
  return fs::exists(python) ? std::optional(python) : std::nullopt;
}

std::vector<std::string> peer_command(const std::string& script, const std::vector<std::string>& arguments) {
  const char* scripts = std::getenv("PBN_PEER_SCRIPTS");
  const fs::path folder = scripts ? fs::path(scripts) : source_folder() / "bench/peers";
  std::vector<std::string> command{peer_python().value().string(), folder / script};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

Contestant python_contestant(const std::string& name, const std::string& script,
                             const std::vector<std::string>& arguments, const std::string& processors) {
  auto peer = std::make_shared<Peer>(peer_command(script, arguments), processors);
  return {name, [peer](double seconds) { return peer->measure(seconds); }};
}

}  // namespace pbn::bench
