#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/output.h"
#include "base/table.h"
#include "base/text.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/commands/status_view.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

// Completed runs stay so; the others are read again.
void refresh(SweepStatus& status, const RunStore& store, CompletedRuns completed = CompletedRuns::by_result_alone) {
  const std::vector<std::string> ids = status.sweep.ids();
  const SubmittedRuns submitted = submitted_runs(store);
  status.facts.resize(ids.size());
  std::vector<std::size_t> places;
  std::vector<std::string> open;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (status.facts[i].state == RunState::completed) continue;
    places.push_back(i);
    open.push_back(ids[i]);
  }
  std::vector<RunFacts> facts = facts_of(store, open, submitted, completed);
  for (std::size_t i = 0; i < places.size(); ++i) status.facts[places[i]] = std::move(facts[i]);
}

// The lines that fit into the window, each cut to its width: what wraps or scrolls would tear it, and a terminal that
// may not wrap writes the rest of a line over its last column.
std::string fitted(const std::string& text, const winsize& window) {
  std::string shown;
  std::istringstream lines(text);
  std::string line;
  for (int row = 1; row < window.ws_row && std::getline(lines, line); ++row) {
    shown += cut_to_columns(line, window.ws_col) + "\n";
  }
  return shown;
}

// On a terminal the text takes the place of the one before.
void draw(const std::string& text) {
  winsize window{};
  if (isatty(1) != 1 || ::ioctl(1, TIOCGWINSZ, &window) != 0 || window.ws_row < 2) {
    fmt::print("{}\n", text);
  } else {
    fmt::print("\033[H\033[J\033[?7l{}\033[?7h", fitted(text, window));
  }
  flush_output();
}

int watch(SweepStatus status, const RunStore& store, const Arguments& arguments) {
  const double interval = arguments["interval"].as<double>();
  if (!(interval >= 0.1 && interval <= 86400)) throw usage_error("--interval", "", "takes 0.1 to 86400 seconds");
  const StopSignals signals;
  while (!stop_requested()) {
    refresh(status, store);
    draw(to_text(status, arguments.count("all") > 0));
    const auto completed = count_states(status.facts)[static_cast<std::size_t>(RunState::completed)];
    if (static_cast<std::size_t>(completed) == status.facts.size()) break;
    ::poll(nullptr, 0, static_cast<int>(interval * 1000));  // Ctrl-C ends it
  }
  return 0;
}

int show_store(const RunStore& store, bool as_json) {
  std::set<std::string> in_no_sweep;
  for (std::string& run : runs_in(store)) in_no_sweep.insert(std::move(run));
  std::map<std::string, RunFacts> known;
  const SubmittedRuns submitted = submitted_runs(store);
  const auto counts_of = [&](const std::vector<std::string>& ids) {
    std::vector<std::string> unknown;
    for (const std::string& id : ids) {
      if (!known.contains(id)) unknown.push_back(id);
    }
    std::vector<RunFacts> facts = facts_of(store, unknown, submitted);
    for (std::size_t i = 0; i < unknown.size(); ++i) known[unknown[i]] = std::move(facts[i]);
    StateCounts counts{};
    for (const std::string& id : ids) ++counts[static_cast<std::size_t>(known.at(id).state)];
    return counts;
  };
  Json sweeps = Json::array();
  Table table{{"sweep", "runs"}, {}};
  const auto add = [&](const std::string& name, const std::vector<std::string>& ids) {
    const StateCounts counts = counts_of(ids);
    sweeps.push_back({{"sweep", name}, {"runs", ids.size()}, {"counts", to_json(counts)}});
    table.rows.push_back({name.empty() ? "(in no sweep)" : name, in_words(counts)});
  };
  for (const std::string& name : recorded_sweeps(store)) {
    const std::vector<std::string> ids = read_sweep_runs(store, name).ids();
    for (const std::string& id : ids) in_no_sweep.erase(id.substr(0, 12));
    add(name, ids);
  }
  if (!in_no_sweep.empty()) add("", {in_no_sweep.begin(), in_no_sweep.end()});
  if (as_json) {
    print_facts({{"sweeps", sweeps}});
  } else if (table.rows.empty()) {
    fmt::print("There are no runs in {}.\n", store.root().string());
  } else {
    fmt::print("{}", table.for_terminal());
  }
  return 0;
}

int status(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const bool as_json = arguments.count("json") > 0, watched = arguments.count("watch") > 0;
  if (as_json && watched)
    throw usage_error("status", "call it again and again with --json", "--watch and --json do not go together");
  if (!arguments.count("GRID")) {
    if (watched) throw usage_error("status", "name one: pbn status GRID --watch", "--watch is for one sweep");
    return show_store(store, as_json);
  }
  SweepStatus status{sweep_named(arguments, store, arguments["GRID"].as<std::string>()), {}};
  if (watched) return watch(std::move(status), store, arguments);
  refresh(status, store, as_json ? CompletedRuns::with_attempts : CompletedRuns::by_result_alone);
  as_json ? print_facts(to_json(status)) : fmt::print("{}", to_text(status, arguments.count("all") > 0));
  return 0;
}

}  // namespace

Command status_command() {
  Command command;
  command.name = "status";
  command.summary = "how far the runs of a sweep are, or of all sweeps";
  command.description =
      "Reads the store and changes nothing. A run is pending, submitted (to Slurm), running, requeued (it saved "
      "itself\n"
      "and waits for its next attempt), lost (its owner died without a word), failed, completed or cancelled. Times\n"
      "left are estimates: of a run its worker's own, in all from the pace of those that are running.";
  command.positionals = {{"GRID", "a grid file, or a sweep's name; without it: all sweeps of the store", false}};
  command.reads = {"base"};
  add_grid_options(command.options);
  command.options.add_options()("all", "show every cell and every run")(
      "watch", "show the state again and again, until all runs are completed or Ctrl-C")(
      "interval", po::value<double>()->default_value(2, "2")->value_name("SECONDS"),
      "time between two looks of --watch");
  add_json_option(command.options);
  command.examples =
      "pbn status\npbn status experiments/demo.yaml\npbn status demo-7f3271e7 --watch\npbn status my.yaml --store "
      "/scratch/me --json";
  command.run = status;
  return command;
}

}  // namespace pbn
