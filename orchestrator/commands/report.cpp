#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/output.h"
#include "base/suggestion.h"
#include "base/text.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/tables/tables.h"
#include "orchestrator/runs/run_state.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

// One grid and where its report goes.
struct PlannedReport {
  Sweep sweep;
  ReportOptions options;
  fs::path folder;
};

// Empty where nobody asked for another than training's own.
std::string protocol_of(const Arguments& arguments, const Sweep& sweep, const RunStore& store) {
  if (!arguments.count("test")) return "";
  const std::string protocol = arguments["test"].as<std::string>();
  std::set<std::string> known;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) {
      if (store.test_result(run.id, protocol)) return protocol;
      for (const std::string& test : store.tests(run.id)) known.insert(test);
    }
  }
  throw usage_error(
      "--test",
      known.empty() ? "test them with pbn test" : suggestion(protocol, std::vector(known.begin(), known.end())),
      "no run of this grid was tested under {}", protocol);
}

PlannedReport planned_report(const Arguments& arguments, const std::string& grid, const RunStore& store,
                             bool is_alone) {
  PlannedReport report{planned_sweep(arguments, grid), {}, {}};
  require_data(report.sweep);
  report.options = {protocol_of(arguments, report.sweep, store), arguments.count("no-photos") == 0,
                    arguments.count("no-runs") == 0};
  const std::string name = report.options.protocol.empty() ? "report" : "report-" + report.options.protocol;
  if (!arguments.count("out")) {
    report.folder = record_sweep(report.sweep, store) / name;
  } else {
    const fs::path out = arguments["out"].as<std::string>();
    report.folder = is_alone ? out : out / report.sweep.folder_name();
  }
  return report;
}

void print_tables(const Report& report) {
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  for (const ReportTable& table : {results_table(report), comparison_table(report), missing_runs_table(report)}) {
    if (table.table.rows.empty()) continue;
    fmt::print("{}\n{}", table.title, table.table.for_terminal());
    fmt::print("{}{}\n", wrapped(table.note, columns), table.note.empty() ? "" : "\n");
  }
  for (const std::string& warning : report.measured.warnings)
    fmt::print("{}\n", wrapped("Note: " + one_line(warning), columns));
  fmt::print("{}\n", wrapped(seed_statement(report), columns));
}

// The states of a grid's runs: when they change, its report does.
std::vector<RunState> states_of(const Sweep& sweep, const RunStore& store) {
  std::vector<std::string> ids;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) ids.push_back(run.id);
  }
  std::vector<RunState> states;
  for (const RunFacts& facts : facts_of(store, ids)) states.push_back(facts.state);
  return states;
}

// Until all runs have a result, or Ctrl-C.
void watch(const std::vector<PlannedReport>& reports, const RunStore& store, double interval) {
  if (!(interval >= 0.01 && interval <= 86400)) throw usage_error("--interval", "", "takes 0.01 to 86400 seconds");
  const StopSignals signals;
  std::vector<std::vector<RunState>> known(reports.size());
  for (std::size_t open = reports.size(); open > 0 && !stop_requested();) {
    open = 0;
    for (std::size_t i = 0; i < reports.size(); ++i) {
      std::vector<RunState> states = states_of(reports[i].sweep, store);
      const auto completed = static_cast<std::size_t>(std::count(states.begin(), states.end(), RunState::completed));
      open += completed < states.size();
      if (states == known[i]) continue;
      known[i] = std::move(states);
      ReportOptions passing = reports[i].options;
      passing.pdf = false;  // made of what stands at the end
      write_report(reports[i].sweep, store, reports[i].folder, passing);
      fmt::print("{}: {} of {} a result\n", reports[i].sweep.grid.name, completed,
                 counted(known[i].size(), "run has", "runs have"));
      flush_output();
    }
    if (open > 0) ::poll(nullptr, 0, static_cast<int>(1000 * interval));  // Ctrl-C ends it
  }
}

int report(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const auto grids = arguments["GRID"].as<std::vector<std::string>>();
  const bool as_json = arguments.count("json") > 0, watched = arguments.count("watch") > 0;
  if (as_json && watched) throw usage_error("report", "", "--watch and --json do not go together");
  std::vector<PlannedReport> reports;
  for (const std::string& grid : grids) reports.push_back(planned_report(arguments, grid, store, grids.size() == 1));
  if (watched) watch(reports, store, arguments["interval"].as<double>());
  Json all = Json::array();
  for (const PlannedReport& planned : reports) {
    const Report results = write_report(planned.sweep, store, planned.folder, planned.options);
    if (as_json) {
      all.push_back(to_json(results));
      continue;
    }
    print_tables(results);
    fmt::print("\nReport: {}\n", fs::absolute(planned.folder / "index.html").lexically_normal().string());
  }
  if (as_json) print_facts(all.size() == 1 ? all[0] : all);
  return 0;
}

}  // namespace

Command report_command() {
  Command command;
  command.name = "report";
  command.summary = "put the results of a grid into tables and a page";
  command.description =
      "Prints the tables and writes aggregate.json, report.md, tables.tex, cells.csv, runs.csv, figures/ (SVG, and "
      "PDF\n"
      "where there is rsvg-convert) and a self-contained index.html into the report's folder. Of several grids each "
      "gets a folder of its own under DIR. Runs without a\n"
      "result are named and never counted. The same results give the same bytes. --json prints the aggregate; of "
      "several\n"
      "grids a list.";
  command.positionals = {{.name = "GRID", .help = grid_positional.help, .many = true}};
  command.reads = {"GRID", "base"};
  add_grid_options(command.options);
  command.options.add_options()("out", po::value<std::string>()->value_name("DIR"),
                                "the report's folder (default: STORE/sweeps/NAME-HASH/report)")(
      "test", po::value<std::string>()->value_name("PROTOCOL"),
      "the figures of another test of the same runs, as pbn test names it")(
      "no-photos", "leave the photographs out, as where they must not be passed on")(
      "no-runs", "leave single runs out: their attempts, hosts and the ends of their logs")(
      "watch", "write the report again whenever a run finishes or fails, until all have a result")(
      "interval", po::value<double>()->default_value(5, "5")->value_name("SECONDS"), "how often --watch looks");
  add_json_option(command.options);
  command.examples =
      "pbn report experiments/demo.yaml\npbn report my.yaml --store /scratch/me --out my-report\n"
      "pbn report fig5a.yaml fig5c.yaml --out figures --no-photos\n"
      "pbn report my.yaml --test scale-1-flip-shift\npbn report my.yaml --watch";
  command.run = report;
  return command;
}

}  // namespace pbn
