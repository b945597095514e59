#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/process.h"
#include "base/table.h"
#include "data/pose_file/people_doubts.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/costs/measurements.h"
#include "orchestrator/executors/worker_command.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

struct Tried {
  Json report;         // of worker/commands/commands.h; null: it failed
  std::string reason;  // then, in words
};

// What the worker prints besides its report are complaints; the last one tells the most.
Tried read_output(const std::string& output, int code) {
  Tried tried;
  std::string last;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    Json value = Json::parse(line, nullptr, false);
    if (value.is_object() && value.contains("images_per_second")) {
      tried.report = std::move(value);
    } else if (line.starts_with("pbn_worker") || (last.empty() && !line.empty())) {
      last = line;
    }
  }
  if (code == 0 && tried.report.is_object()) return tried;
  tried.report = Json();
  const bool was_killed = code == 137;
  tried.reason = exit_code_in_words(code) + (was_killed     ? ": probably out of memory"
                                             : last.empty() ? ""
                                                            : ": " + printable_line(last));
  return tried;
}

class Trial {
 public:
  Trial(const fs::path& store, int steps) : folder_(store / fmt::format(".try-{}", ::getpid())), steps_(steps) {
    make_writable_folder(folder_.path());
  }

  Tried operator()(const Cell& cell) const {
    const fs::path config = fs::absolute(folder_.path() / "config.json"), output = folder_.path() / "output";
    write_json(config, cell.config_of(cell.runs.front()));
    fs::remove(output);
    const std::vector<std::string> worker{find_worker().string(), "try",     "--config",
                                          config.string(),        "--steps", std::to_string(steps_)};
    Process process({under_mpirun(cell.ranks(), worker), mpirun_environment(), output});
    const int code = process.wait();
    return read_output(read_file(output), code);
  }

 private:
  TemporaryPath folder_;
  int steps_;
};

Json facts_of(const Cell& cell, const Tried& tried) {
  Json facts = tried.report.is_object() ? tried.report : Json{{"failed", tried.reason}};
  facts["label"] = cell.label;
  facts["cell"] = cell.id;
  return facts;
}

std::vector<std::string> row_of(const Json& facts) {
  const std::string label = facts["label"];
  if (facts.contains("failed")) return {label, "-", "-", "-", facts["failed"]};
  return {label, facts["ranks"].dump(), fmt::format("{:.0f} MiB", facts["peak_memory_mib"].get<double>()),
          fmt::format("{:.1f}", facts["images_per_second"].get<double>()), "works"};
}

// What is allowed, but is a mistake more often than not.
void tell_doubts(const Sweep& sweep) {
  for (const DataFile& file : sweep.data) {
    for (const std::string& sentence : doubts_about(PoseFile(file.path)).sentences(file.info.reference)) {
      note("{}: {}", file.path.string(), sentence);
    }
  }
}

int try_cells(const Arguments& arguments) {
  const Sweep sweep = planned_sweep(arguments);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  const int steps = arguments["steps"].as<int>();
  if (steps < 1) throw usage_error("--steps", "expected 1 or more", "{} is not allowed", steps);
  if (sweep.grid.worker.is_external()) {
    throw usage_error(sweep.grid.file, "run one cell: pbn run GRID --only KEY=VALUE --seeds 1",
                      "only pbn_worker can be tried; this grid has a worker of its own");
  }
  tell_doubts(sweep);
  const Trial try_cell(store.root(), steps);
  Json all = Json::array();
  bool failed = false;
  for (const Cell& cell : sweep.cells) {
    const Tried tried = try_cell(cell);
    if (tried.report.is_object()) keep_try(store, cell, tried.report);
    all.push_back(facts_of(cell, tried));
    failed |= !tried.report.is_object();
    note("{}/{} {}", all.size(), sweep.cells.size(), fmt::join(row_of(all.back()), ", "));
  }
  if (arguments.count("json")) {
    print_facts(all);
    return failed;
  }
  Table table{{"cell", "ranks", "memory/rank", "images/s", ""}, {}};
  for (const Json& facts : all) table.rows.push_back(row_of(facts));
  fmt::print("{}", table.for_terminal());
  return failed;
}

}  // namespace

Command try_command() {
  Command command;
  command.name = "try";
  command.summary = "run the first steps of every cell, to see that it works and what it will cost";
  command.description =
      "Trains two steps of every cell with pbn_worker on this machine, one cell after the other, and prints the peak\n"
      "memory of a rank and the speed of the last step. Cells that fail are named with the reason; exit code 1 then.\n"
      "Nothing is kept but the measurements, in STORE/tries, from which pbn plan estimates time and memory.";
  command.positionals = {grid_positional};
  command.reads = {"GRID", "base"};
  add_grid_options(command.options);
  command.options.add_options()("steps", po::value<int>()->default_value(2)->value_name("N"),
                                "training steps of each cell");
  add_json_option(command.options);
  command.examples =
      "pbn try experiments/fig5a-depth.yaml --base experiments/bases/lsp-quick.yaml\n"
      "pbn try my.yaml --only model.stacks=8 --set run.ranks=4";
  command.run = try_cells;
  return command;
}

}  // namespace pbn
