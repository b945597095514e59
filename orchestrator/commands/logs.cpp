#include <fmt/format.h>
#include <poll.h>

#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "base/output.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/log_end.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr std::size_t most_unfinished = 1 << 20;  // bytes of a line that does not end; its end is shown

// Whole lines of a log as they come.
class FollowedLog {
 public:
  FollowedLog(fs::path file, std::string prefix) : file_(std::move(file)), prefix_(std::move(prefix)) {}

  void print_last(std::size_t count) {
    std::error_code missing;
    const auto size = fs::file_size(file_, missing);
    offset_ = missing ? 0 : size;
    for (const std::string& line : last_lines_of(file_, count)) print(line);
  }

  bool print_new() {
    std::error_code missing;
    const auto size = fs::file_size(file_, missing);
    if (missing || size <= offset_) return false;
    unfinished_ += read_end_of(file_, size - offset_).substr(0, size - offset_);
    offset_ = size;
    std::size_t begin = 0;
    for (std::size_t end; (end = unfinished_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      print(as_shown(std::string_view(unfinished_).substr(begin, end - begin)));
    }
    unfinished_.erase(0, begin);
    if (unfinished_.size() > most_unfinished) unfinished_.erase(0, unfinished_.size() - most_unfinished);
    return true;
  }

 private:
  void print(const std::string& line) const { fmt::print("{}{}\n", prefix_, line); }

  fs::path file_;
  std::string prefix_, unfinished_;
  std::uintmax_t offset_ = 0;
};

bool may_still_print(RunState state) {
  return state != RunState::completed && state != RunState::cancelled && state != RunState::failed;
}

int logs(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const int count = arguments["lines"].as<int>();
  if (count < 0) throw usage_error("--lines", "", "takes a number from 0 on");
  const SelectedRuns selected = runs_named(arguments, store, arguments["RUN"].as<std::vector<std::string>>());
  std::vector<FollowedLog> logs;
  for (const std::string& run : selected.runs) {
    logs.emplace_back(store.folder(run) / "log", selected.runs.size() > 1 ? run + " | " : "");
    logs.back().print_last(static_cast<std::size_t>(count));
  }
  if (!arguments.count("follow")) return 0;

  const StopSignals signals;
  for (int quiet = 0; !stop_requested();) {
    flush_output();
    ::poll(nullptr, 0, 200);
    bool any = false;
    for (FollowedLog& log : logs) any |= log.print_new();
    quiet = any ? 0 : quiet + 1;
    if (quiet < 5) continue;
    quiet = 0;
    bool goes_on = false;
    for (const RunFacts& facts : facts_of(store, selected.runs)) goes_on |= may_still_print(facts.state);
    if (!goes_on) break;
  }
  return 0;
}

}  // namespace

Command logs_command() {
  Command command;
  command.name = "logs";
  command.summary = "what the workers of runs print";
  command.description =
      "The last lines of each run's log; of a progress bar its last state, of a very long line its end, without "
      "control\n"
      "sequences (the file itself has all: STORE/runs/ab/RUN/log). Of several runs each line begins with the run's "
      "id.\n"
      "--follow goes on until all of them are completed, failed or cancelled, or until Ctrl-C.";
  command.positionals = {{"RUN", runs_word_help, true, true}};
  command.reads = {"base"};
  add_grid_options(command.options);
  command.options.add_options()("follow,f", "go on printing what the workers print from now on")(
      "lines,n", po::value<int>()->default_value(20)->value_name("N"), "how many of the last lines are printed first");
  command.examples = "pbn logs 7f32\npbn logs -f 7f32 a01b\npbn logs -f my.yaml -n 0";
  command.run = logs;
  return command;
}

}  // namespace pbn
