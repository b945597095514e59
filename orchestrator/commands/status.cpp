#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
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
#include "orchestrator/runs/sweep_record.h"
#include "orchestrator/runs/waste_text.h"

namespace pbn::commands {
namespace {

// Reads the facts of all runs again, except of completed ones, which stay completed.
void refresh(SweepStatus& status, const runs::RunStore& store,
             runs::CompletedRuns completed = runs::CompletedRuns::by_result_alone) {
  const std::vector<std::string> ids = status.sweep.ids();
  const runs::SubmittedRuns submitted = submitted_runs(store);
  status.facts.resize(ids.size());
  std::vector<std::size_t> places;
  std::vector<std::string> open;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (status.facts[i].state == runs::RunState::completed) continue;
    places.push_back(i);
    open.push_back(ids[i]);
  }
  std::vector<runs::RunFacts> facts = runs::facts_of(store, open, submitted, completed);
  for (std::size_t i = 0; i < places.size(); ++i) status.facts[places[i]] = std::move(facts[i]);
}

// The lines that fit into the window, cut to its width: lines that wrap or scroll would spoil the picture, and a
// terminal that may not wrap writes the rest of a line over its last column.
std::string fitted(const std::string& text, const winsize& window) {
  std::string shown;
  std::istringstream lines(text);
  std::string line;
  for (int row = 1; row < window.ws_row && std::getline(lines, line); ++row) {
    shown += cut_to_columns(line, window.ws_col) + "\n";
  }
  return shown;
}

// Prints the text; on a terminal it replaces the text before.
void draw(const std::string& text) {
  winsize window{};
  if (isatty(1) != 1 || ::ioctl(1, TIOCGWINSZ, &window) != 0 || window.ws_row < 2) {
    fmt::print("{}\n", text);
  } else {
    fmt::print("\033[H\033[J\033[?7l{}\033[?7h", fitted(text, window));
  }
  flush_output();
}

bool has_rule_of_seeds(const runs::RunStore& store, const std::string& sweep) {
  try {
    return runs::recorded_grid(store, runs::read_sweep_record(store, sweep), {}).rule.has_value();
  } catch (const Error&) {
    return false;  // the record alone says enough
  }
}

// The runs of the sweep that GRID names, without their facts. A recorded sweep is planned only under a rule of seeds,
// whose rounds follow from the results, and if its data are there.
SweepStatus sweep_of(const Arguments& arguments, const runs::RunStore& store) {
  const std::string word = arguments.text("GRID");
  const std::string recorded = has_grid_options(arguments) ? "" : recorded_name(store, word);
  if (recorded.empty() || has_rule_of_seeds(store, recorded)) {
    try {
      const grid::Sweep sweep = planned_sweep(arguments, word);
      return {runs::runs_of(sweep), {}, rounds_of(sweep)};
    } catch (const Error&) {
      if (recorded.empty()) throw;
    }
  }
  return {runs::read_sweep_runs(store, recorded), {}};
}

bool has_ended(const runs::RunFacts& run) {
  return run.state == runs::RunState::completed || run.state == runs::RunState::cancelled;
}

bool is_over(const SweepStatus& status) { return std::ranges::all_of(status.facts, has_ended); }

void watch(SweepStatus status, const runs::RunStore& store, const Arguments& arguments) {
  const auto interval = arguments.number("interval", 0.1, 86400.0);
  const executors::StopSignals signals;
  while (!executors::stop_requested()) {
    refresh(status, store);
    if (status.rounds && is_over(status)) {  // there may be another round
      status = sweep_of(arguments, store);
      refresh(status, store);
    }
    draw(to_text(status, arguments.has("all")));
    if (is_over(status)) break;
    ::poll(nullptr, 0, static_cast<int>(interval * 1000));  // Ctrl-C ends it
  }
}

// A sweep of the store and its runs; or, with empty names and at the end, the runs that are in no sweep.
struct StoredSweep {
  runs::SweepRecord record;
  std::vector<std::string> runs;
  std::size_t cells = 0, seeds = 0;
};

StoredSweep stored_sweep(const runs::RunStore& store, const std::string& name) {
  const runs::SweepRuns sweep = runs::read_sweep_runs(store, name);
  std::set<std::uint32_t> seeds;
  for (const runs::CellRuns& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) seeds.insert(run.seed);
  }
  return {runs::read_sweep_record(store, name), sweep.ids(), sweep.cells.size(), seeds.size()};
}

std::vector<StoredSweep> sweeps_in(const runs::RunStore& store) {
  const std::vector<std::string> all = runs::runs_in(store);
  std::set<std::string> in_no_sweep(all.begin(), all.end());
  std::vector<StoredSweep> sweeps;
  for (const std::string& name : runs::recorded_sweeps(store)) {
    sweeps.push_back(stored_sweep(store, name));
    for (const std::string& id : sweeps.back().runs) in_no_sweep.erase(id.substr(0, 12));
  }
  if (!in_no_sweep.empty()) sweeps.push_back({{}, {in_no_sweep.begin(), in_no_sweep.end()}});
  return sweeps;
}

Json facts_of(const StoredSweep& sweep, const StateCounts& counts) {
  const runs::SweepRecord& record = sweep.record;
  return {{"sweep", record.sweep},     {"name", record.name},      {"began", record.began},
          {"cells", sweep.cells},      {"seeds", sweep.seeds},     {"options", runs::to_json(record.options)},
          {"runs", sweep.runs.size()}, {"counts", to_json(counts)}};
}

std::vector<std::string> row_of(const StoredSweep& sweep, const StateCounts& counts) {
  const runs::SweepRecord& record = sweep.record;
  if (record.sweep.empty()) return {"(in no sweep)", "", "", "", in_words(counts), ""};
  return {record.sweep,     record.began.substr(0, 10),    std::to_string(sweep.cells), std::to_string(sweep.seeds),
          in_words(counts), runs::in_words(record.options)};
}

void show_store(const runs::RunStore& store, bool as_json) {
  const std::vector<StoredSweep> sweeps = sweeps_in(store);
  std::set<std::string> unique;  // sweeps may share runs
  for (const StoredSweep& sweep : sweeps) unique.insert(sweep.runs.begin(), sweep.runs.end());
  const std::vector<std::string> all(unique.begin(), unique.end());
  const std::vector<runs::RunFacts> facts = runs::facts_of(store, all, submitted_runs(store));
  std::map<std::string, runs::RunState> states;
  for (std::size_t i = 0; i < all.size(); ++i) states[all[i]] = facts[i].state;

  Json list = Json::array();
  Table table{{"sweep", "began", "cells", "seeds", "runs", "overridden"}, {}};
  for (const StoredSweep& sweep : sweeps) {
    StateCounts counts{};
    for (const std::string& id : sweep.runs) ++counts[static_cast<std::size_t>(states.at(id))];
    list.push_back(facts_of(sweep, counts));
    table.rows.push_back(row_of(sweep, counts));
  }
  if (as_json) {
    print_facts({{"sweeps", list}});
  } else if (table.rows.empty()) {
    fmt::print("There are no runs in {}.\n", store.root().string());
  } else {
    fmt::print("{}", table.for_terminal());
  }
}

// Where the time went: as a table with --waste, else in a line, unless the sweep is so large that it would take long.
void print_waste(const SweepStatus& status, const runs::RunStore& store, bool as_table) {
  constexpr std::size_t most_runs = 1000;
  if (!as_table && status.facts.size() > most_runs) return;
  const runs::SweepWaste waste = runs::waste_of(store, status.sweep, submit_times(store));
  const std::string line = runs::in_words(waste.all);
  if (line.empty()) return;
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  if (!as_table) {
    fmt::print("\n{}\n", wrapped("Where the time went: " + line + ".", columns));
    return;
  }
  std::vector<std::string> labels;
  for (const runs::CellRuns& cell : status.sweep.cells) labels.push_back(cell.label);
  fmt::print("\nWhere the time went\n{}{}\n", runs::waste_table(waste, labels).for_terminal(),
             wrapped(runs::waste_note, columns));
}

Json with_waste(Json json, const SweepStatus& status, const runs::RunStore& store) {
  const runs::SweepWaste waste = runs::waste_of(store, status.sweep, submit_times(store));
  json["waste"] = runs::to_json(waste.all);
  for (std::size_t i = 0; i < waste.cells.size(); ++i) json["cells"][i]["waste"] = runs::to_json(waste.cells[i]);
  return json;
}

int status(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const bool as_json = arguments.has("json"), is_watched = arguments.has("watch"), has_waste = arguments.has("waste");
  if (has_waste && (is_watched || !arguments.has("GRID"))) {
    throw usage_error("status", "pbn status GRID --waste", "--waste is for one sweep, and not for --watch");
  }
  if (as_json && is_watched)
    throw usage_error("status", "call it repeatedly with --json", "--watch and --json do not go together");
  if (!arguments.has("GRID")) {
    if (is_watched) throw usage_error("status", "name one: pbn status GRID --watch", "--watch is for one sweep");
    show_store(store, as_json);
    return 0;
  }
  SweepStatus status = sweep_of(arguments, store);
  if (is_watched) {
    watch(std::move(status), store, arguments);
    return 0;
  }
  refresh(status, store, as_json ? runs::CompletedRuns::with_attempts : runs::CompletedRuns::by_result_alone);
  if (as_json) {
    print_facts(has_waste ? with_waste(to_json(status), status, store) : to_json(status));
  } else {
    fmt::print("{}", to_text(status, arguments.has("all")));
    print_waste(status, store, has_waste);
  }
  return 0;
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .summary = "show the state and progress of runs",
      .description =
          R"(Reads the store and changes nothing. A run is pending, submitted (to Slurm), running, requeued (it saved
itself and waits for its next attempt), lost (its process died without leaving an exit code), failed,
completed or cancelled. The time left is an estimate: that of a run is its worker's own; that of the sweep
follows from the speed of its running runs. Under a rule of seeds (seeds: {until: decided, ...}) the round is
named, with the cells that are not decided yet. The last line says where the time went
(docs/reading-the-report.md explains it); that of sweeps with more than 1000 runs takes --waste.)",
      .positionals =
          {{.name = "GRID",
            .help = "a grid file, or the name of a sweep; without it: all sweeps of the store, and what was overridden",
            .is_required = false,
            .takes_sweeps = true}},
      .options =
          joined({grid_options(),
                  {{"all", "", "show every cell and every run"},
                   {"waste", "", "show for each cell where the time went: attempts lost, waiting, idle, in the queue"},
                   {"watch", "", "show the state repeatedly, until all runs are completed or cancelled, or Ctrl-C"},
                   {"interval", "SECONDS", "time between two pictures of --watch", "2"},
                   json_option}}),
      .examples = R"(pbn status
pbn status experiments/demo.yaml
pbn status demo --watch
pbn status demo --waste
pbn status my.yaml --store /scratch/me --json)",
      .run = status,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
