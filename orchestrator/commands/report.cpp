#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/output.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "config/test_protocol.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/report/content/verdicts.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/tables/tables.h"
#include "orchestrator/runs/named_protocols.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

// A planned grid and the folder of its report.
struct PlannedReport {
  grid::Sweep sweep;
  report::ReportOptions options;
  fs::path folder;
};

// The protocol with this name in the grid or in the store; else the word itself, which may identify one.
std::string protocol_called(const std::string& word, const grid::Sweep& sweep, const runs::RunStore& store) {
  if (!sweep.grid.worker.is_external()) {
    const config::TestProtocol of_grid = config::test_protocol(sweep.cells.front().section("test"));
    if (of_grid.name == word) return config::protocol_name(of_grid);
  }
  const auto named = runs::named_protocols(store);
  return named.contains(word) ? config::protocol_name(named.at(word)) : word;
}

// The protocol that --test names; empty without it, for the figures of the trainings' own test.
std::string protocol_of(const Arguments& arguments, const grid::Sweep& sweep, const runs::RunStore& store) {
  if (arguments.text("test").empty()) return "";
  std::string protocol = protocol_called(arguments.text("test"), sweep, store);
  std::set<std::string> known;
  for (const auto& [name, test] : runs::named_protocols(store)) known.insert(name);
  for (const std::string& run : runs::runs_of(sweep).ids()) {
    if (store.tested(run, protocol)) return protocol;
    for (const std::string& test : store.tests(run)) known.insert(test);
  }
  throw usage_error(
      "--test",
      known.empty() ? "test them with pbn test" : suggestion(protocol, std::vector(known.begin(), known.end())),
      "no run of this grid was tested under {}", arguments.text("test"));
}

PlannedReport planned_report(const Arguments& arguments, const std::string& grid, const runs::RunStore& store,
                             bool is_only_grid) {
  PlannedReport report{planned_sweep(arguments, grid), {}, {}};
  grid::require_data(report.sweep);
  report.options = {protocol_of(arguments, report.sweep, store), !arguments.has("no-photos"),
                    !arguments.has("no-runs")};
  report.options.submitted = submit_times(store);
  if (arguments.has("out")) {
    const fs::path out = arguments.text("out");
    report.folder = is_only_grid ? out : out / report.sweep.folder_name();
  } else {
    const std::string test = arguments.text("test");
    report.folder = record_sweep(report.sweep, store) / (test.empty() ? "report" : "report-" + test);
  }
  return report;
}

void print_tables(const report::Report& report) {
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  const std::vector<std::string> verdicts = report::verdict_sentences(report);
  for (const std::string& sentence : verdicts) fmt::print("{}\n", wrapped(sentence, columns));
  if (!verdicts.empty()) fmt::print("{}\n\n", wrapped(report::verdict_note(report), columns));
  for (const report::ReportTable& table :
       {report::results_table(report), report::comparison_table(report), report::missing_runs_table(report)}) {
    if (table.table.rows.empty()) continue;
    fmt::print("{}\n{}", table.title, table.table.for_terminal());
    fmt::print("{}{}\n", wrapped(table.note, columns), table.note.empty() ? "" : "\n");
  }
  for (const std::string& warning : report.measured.warnings)
    fmt::print("{}\n", wrapped("Note: " + one_line(warning), columns));
  fmt::print("{}\n", wrapped(report::seed_statement(report), columns));
}

std::vector<runs::RunState> states_of(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::vector<runs::RunState> states;
  for (const runs::RunFacts& facts : runs::facts_of(store, runs::runs_of(sweep).ids())) states.push_back(facts.state);
  return states;
}

// Writes a report whenever the state of a run changes, until all runs have a result or are cancelled, or Ctrl-C.
void watch(std::vector<PlannedReport>& reports, const runs::RunStore& store, double interval) {
  const executors::StopSignals signals;
  std::vector<std::vector<runs::RunState>> known(reports.size());
  for (bool is_open = true; is_open && !executors::stop_requested();) {
    is_open = false;
    for (std::size_t i = 0; i < reports.size(); ++i) {
      grid::Sweep& sweep = reports[i].sweep;
      if (sweep.grid.rule) sweep = with_next_seeds(sweep, store);
      std::vector<runs::RunState> states = states_of(sweep, store);
      const auto completed = std::ranges::count(states, runs::RunState::completed);
      const auto over = completed + std::ranges::count(states, runs::RunState::cancelled);
      is_open |= over < std::ssize(states) || (sweep.grid.rule && !sweep.rounds.is_over);
      if (states == known[i]) continue;
      known[i] = std::move(states);
      report::ReportOptions options = reports[i].options;
      options.pdf = false;  // the last report has PDFs
      report::write_report(reports[i].sweep, store, reports[i].folder, options);
      fmt::print("{}: {} of {} a result\n", reports[i].sweep.grid.name, completed,
                 counted(known[i].size(), "run has", "runs have"));
      flush_output();
    }
    if (is_open) ::poll(nullptr, 0, static_cast<int>(1000 * interval));  // Ctrl-C ends it
  }
}

int report(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const std::vector<std::string> grids = arguments.texts("GRID");
  if (arguments.has("json") && arguments.has("watch")) {
    throw usage_error("report", "", "--watch and --json do not go together");
  }
  const auto interval = arguments.number("interval", 0.01, 86400.0);
  std::vector<PlannedReport> reports;
  for (const std::string& grid : grids) reports.push_back(planned_report(arguments, grid, store, grids.size() == 1));
  if (arguments.has("watch")) watch(reports, store, interval);
  Json all = Json::array();
  for (const PlannedReport& planned : reports) {
    const report::Report results = report::write_report(planned.sweep, store, planned.folder, planned.options);
    if (arguments.has("json")) {
      all.push_back(report::to_json(results));
      continue;
    }
    print_tables(results);
    fmt::print("\nReport: {}\n", fs::absolute(planned.folder / "index.html").lexically_normal().string());
  }
  if (arguments.has("json")) print_facts(all.size() == 1 ? all[0] : all);
  return 0;
}

}  // namespace

Command report_command() {
  return {
      .name = "report",
      .summary = "write the results of a grid as tables, figures and a page",
      .description =
          R"(Prints the tables and writes aggregate.json, report.md, tables.tex, cells.csv, runs.csv, figures/ (SVG, and
PDF where rsvg-convert is installed) and a self-contained index.html into the report's folder. With several
grids each gets its own folder in DIR. Runs without a result are named and never counted. The same results
give the same bytes. --json prints the aggregate, or a list of them for several grids.)",
      .positionals = {{.name = "GRID", .help = grid_positional.help, .is_repeatable = true, .takes_sweeps = true}},
      .options = joined(
          {grid_options(),
           {{"out", "DIR", "the report's folder (default: STORE/sweeps/NAME-HASH/report)"},
            {"test", "PROTOCOL", "report the figures of this test protocol: by its name, or as pbn test prints it"},
            {"no-photos", "", "leave out photographs, for example because of their licence"},
            {"no-runs", "", "leave out single runs: their attempts, hosts and the ends of their logs"},
            {"watch", "",
             "write the report again whenever a run changes its state, until all have a result or are cancelled"},
            {"interval", "SECONDS", "time between two checks of --watch", "5"},
            json_option}}),
      .examples = R"(pbn report experiments/demo.yaml
pbn report my.yaml --store /scratch/me --out my-report
pbn report my
pbn report fig5a.yaml fig5c.yaml --out figures --no-photos
pbn report my.yaml --test pyramid
pbn report my.yaml --watch)",
      .run = report,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
