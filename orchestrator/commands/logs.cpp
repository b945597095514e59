#include <fmt/format.h>
#include <poll.h>

#include "base/error.h"
#include "base/files.h"
#include "base/output.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/runs/log_end.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_unfinished = 1 << 20;  // bytes that are kept of a line that has no end yet

// Prints the lines of a log that is being written.
class FollowedLog {
 public:
  FollowedLog(fs::path file, std::string prefix) : file_(std::move(file)), prefix_(std::move(prefix)) {}

  void print_last(std::size_t count) {
    offset_ = size();
    for (const std::string& line : runs::last_lines_of(file_, count)) print(line);
  }

  // Prints the lines that were completed since the last call. False if the log has not grown.
  bool print_new() {
    const std::uintmax_t end_of_log = size();
    if (end_of_log <= offset_) return false;
    unfinished_ += read_end_of(file_, end_of_log - offset_).substr(0, end_of_log - offset_);
    offset_ = end_of_log;
    std::size_t begin = 0;
    for (std::size_t end; (end = unfinished_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      print(runs::as_shown(std::string_view(unfinished_).substr(begin, end - begin)));
    }
    unfinished_.erase(0, begin);
    if (unfinished_.size() > most_unfinished) unfinished_.erase(0, unfinished_.size() - most_unfinished);
    return true;
  }

 private:
  std::uintmax_t size() const {
    std::error_code missing;
    const auto bytes = fs::file_size(file_, missing);
    return missing ? 0 : bytes;
  }

  void print(const std::string& line) const { fmt::print("{}{}\n", prefix_, line); }

  fs::path file_;
  std::string prefix_, unfinished_;
  std::uintmax_t offset_ = 0;
};

bool may_still_print(const runs::RunStore& store, const std::vector<std::string>& runs) {
  for (const runs::RunFacts& facts : runs::facts_of(store, runs)) {
    if (!is_final(facts.state)) return true;
  }
  return false;
}

void follow(std::vector<FollowedLog>& logs, const runs::RunStore& store, const std::vector<std::string>& runs) {
  const executors::StopSignals signals;
  for (int quiet = 0; !executors::stop_requested(); ++quiet) {
    flush_output();
    ::poll(nullptr, 0, 200);
    for (FollowedLog& log : logs) quiet = log.print_new() ? -1 : quiet;
    if (quiet > 0 && quiet % 5 == 0 && !may_still_print(store, runs)) return;
  }
}

int logs(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const auto count = static_cast<std::size_t>(arguments.number("lines", 0));
  const std::vector<std::string> runs = selected_runs(arguments, store).runs;
  std::vector<FollowedLog> logs;
  for (const std::string& run : runs) {
    logs.emplace_back(store.folder(run) / "log", runs.size() > 1 ? run + " | " : "");
    logs.back().print_last(count);
  }
  if (arguments.has("follow")) follow(logs, store, runs);
  return 0;
}

}  // namespace

Command logs_command() {
  return {
      .name = "logs",
      .summary = "print the logs of runs",
      .description =
          R"(Prints the last lines of each run's log, without control sequences: of a progress bar its last state, of a
very long line its end. The whole log is in STORE/runs/ab/RUN/log. With several runs each line begins with the
run's id. --follow continues until all runs are completed, failed or cancelled, or until Ctrl-C.)",
      .positionals = {runs_positional},
      .options = joined({grid_options(),
                         {{"follow,f", "", "continue to print what the workers print"},
                          {"lines,n", "N", "number of last lines that are printed first", "20"}}}),
      .examples = "pbn logs 7f32\npbn logs -f 7f32 a01b\npbn logs -f my.yaml -n 0",
      .run = logs,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
