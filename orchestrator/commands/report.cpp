#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/report/aggregate.h"
#include "orchestrator/report/page.h"
#include "orchestrator/report/tables.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

// Empty where nobody asked for another than training's own.
std::string protocol_of(const Arguments& arguments, const Sweep& sweep, const RunStore& store) {
  if (!arguments.count("test")) return "";
  const std::string protocol = arguments["test"].as<std::string>();
  std::vector<std::string> known;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) {
      if (store.test_result(run.id, protocol)) return protocol;
      const auto tests = store.tests(run.id);
      known.insert(known.end(), tests.begin(), tests.end());
    }
  }
  throw usage_error("--test", known.empty() ? "test them with pbn test" : suggestion(protocol, known),
                    "no run of this grid was tested under {}", protocol);
}

int report(const Arguments& arguments) {
  const Sweep sweep = planned_sweep(arguments);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  const std::string protocol = protocol_of(arguments, sweep, store);
  const Json results = aggregate(sweep, store, protocol);
  const std::string usual_name = protocol.empty() ? "report" : "report-" + protocol;
  const fs::path folder =
      arguments.count("out") ? fs::path(arguments["out"].as<std::string>()) : record_sweep(sweep, store) / usual_name;
  make_writable_folder(folder);
  write_json(folder / "aggregate.json", results);
  write_atomically(folder / "report.md", markdown_report(results));
  write_atomically(folder / "index.html", html_page(results, gallery(sweep, store, protocol), common_settings(sweep)));

  if (arguments.count("json")) {
    fmt::print("{}\n", results.dump(1));
    return 0;
  }
  fmt::print("{}\n{}.\n{}\n", results_table(results).to_text(), metric_description(results["metric"]),
             seed_statement());
  if (const Table missing = missing_runs_table(results); !missing.rows.empty()) {
    fmt::print("\nRuns without a result:\n{}", missing.to_text());
  }
  fmt::print("\nReport: {}\n", fs::absolute(folder / "index.html").lexically_normal().string());
  return 0;
}

}  // namespace

Command report_command() {
  Command command;
  command.name = "report";
  command.summary = "put the results of a grid into tables and a page";
  command.description =
      "Prints the table and writes aggregate.json, report.md and a self-contained index.html into the report's "
      "folder.\n"
      "Runs without a result are named and never counted. The same results give the same bytes.";
  command.positionals = {grid_positional};
  add_grid_options(command.options);
  command.options.add_options()("out", po::value<std::string>()->value_name("DIR"),
                                "the report's folder (default: STORE/sweeps/NAME-HASH/report)")(
      "test", po::value<std::string>()->value_name("PROTOCOL"),
      "the figures of another test of the same runs, as pbn test names it")("json",
                                                                            "print the aggregate instead of the table");
  command.examples =
      "pbn report experiments/demo.yaml\npbn report my.yaml --store /scratch/me --out my-report\n"
      "pbn report my.yaml --test scale-1-flip-shift";
  command.run = report;
  return command;
}

}  // namespace pbn
