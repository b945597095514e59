#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/process.h"
#include "base/table.h"
#include "data/pose_file/people_warnings.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/costs/measurements.h"
#include "orchestrator/executors/worker_command.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

struct TryOutcome {
  Json report;         // of worker/commands/commands.h; null if the try failed
  std::string reason;  // why it failed
};

// Finds the worker's report in its output. The other lines are complaints, of which the last says the most.
TryOutcome read_output(const std::string& output, int code) {
  TryOutcome outcome;
  std::string last;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    Json value = Json::parse(line, nullptr, false);
    if (value.is_object() && value.contains("images_per_second")) {
      outcome.report = std::move(value);
    } else if (line.starts_with("pbn_worker") || (last.empty() && !line.empty())) {
      last = line;
    }
  }
  if (code == 0 && outcome.report.is_object()) return outcome;
  const bool was_killed = code == 137;
  return {Json(), exit_code_in_words(code) + (was_killed     ? ": probably out of memory"
                                              : last.empty() ? ""
                                                             : ": " + printable_line(last))};
}

// Trains the first steps of a cell in a temporary folder of the store. `options` are further ones of the worker.
TryOutcome try_cell(const grid::Cell& cell, const runs::RunStore& store, const std::vector<std::string>& options) {
  const TemporaryPath folder(store.root() / fmt::format(".try-{}", ::getpid()));
  make_writable_folder(folder.path());
  const fs::path config = fs::absolute(folder.path() / "config.json"), output = folder.path() / "output";
  write_json(config, cell.config_of(cell.runs.front()));
  std::vector<std::string> worker{executors::find_worker().string(), "try", "--config", config.string()};
  worker.insert(worker.end(), options.begin(), options.end());
  Process process({executors::under_mpirun(cell.ranks(), worker), executors::mpirun_environment(), output});
  const int code = process.wait();
  return read_output(read_file(output), code);
}

Json facts_of(const grid::Cell& cell, const TryOutcome& outcome) {
  Json facts = outcome.report.is_object() ? outcome.report : Json{{"failed", outcome.reason}};
  facts["label"] = cell.label;
  facts["cell"] = cell.id;
  return facts;
}

std::vector<std::string> row_of(const Json& facts) {
  const std::string label = facts["label"];
  if (facts.contains("failed")) return {label, "-", "-", "-", facts["failed"]};
  return {label, facts["ranks"].dump(), bytes_in_words(facts["peak_memory_mib"].get<double>() * 0x1p20),
          fmt::format("{:.1f}", facts["images_per_second"].get<double>()), "works"};
}

// Notes what is allowed in the data, but usually a mistake.
void note_doubts(const grid::Sweep& sweep) {
  for (const grid::DataFile& file : sweep.data) {
    for (const std::string& sentence : data::warnings_about(data::PoseFile(file.path)).sentences(file.info.reference)) {
      note("{}: {}", file.path.string(), sentence);
    }
  }
}

int try_cells(const Arguments& arguments) {
  const grid::Sweep sweep = planned_sweep(arguments);
  const runs::RunStore store = store_of(arguments);
  grid::require_data(sweep);
  std::vector<std::string> options;
  if (arguments.has("steps")) options = {"--steps", std::to_string(arguments.number("steps", 1))};
  if (sweep.grid.worker.is_external()) {
    throw usage_error(sweep.grid.file, "run one cell: pbn run GRID --only KEY=VALUE --seeds 1",
                      "only pbn_worker can be tried; this grid has an external worker");
  }
  note_doubts(sweep);
  Json all = Json::array();
  bool has_failed = false;
  for (const grid::Cell& cell : sweep.cells) {
    const TryOutcome outcome = try_cell(cell, store, options);
    if (outcome.report.is_object()) costs::keep_try(store, cell, outcome.report);
    all.push_back(facts_of(cell, outcome));
    has_failed |= !outcome.report.is_object();
    note("{}/{} {}", all.size(), sweep.cells.size(), fmt::join(row_of(all.back()), ", "));
  }
  if (arguments.has("json")) {
    print_facts(all);
    return has_failed;
  }
  Table table{{"cell", "ranks", "memory/rank", "images/s", ""}, {}};
  for (const Json& facts : all) table.rows.push_back(row_of(facts));
  fmt::print("{}", table.for_terminal());
  return has_failed;
}

}  // namespace

Command try_command() {
  return {
      .name = "try",
      .summary = "train a few steps of every cell, to check it and measure its cost",
      .description =
          R"(Trains a few steps of every cell with pbn_worker on this machine, one cell after another, and prints the peak
memory of a rank and the median speed of the steps after the first (on a GPU after the first four). A cell that
fails is named with the reason; the exit code is 1 then. Only the measurements are kept, in STORE/tries, from
which pbn plan estimates time and memory.)",
      .positionals = {grid_positional},
      .options =
          joined({grid_options(),
                  {{"steps", "N", "number of training steps of each cell (default: 2, on a GPU 12)"}, json_option}}),
      .examples = R"(pbn try experiments/fig5a-depth.yaml --base experiments/bases/lsp-quick.yaml
pbn try my.yaml --only model.stacks=8 --set run.ranks=4)",
      .run = try_cells,
      .input_files = {"GRID", "base"}};
}

}  // namespace pbn::commands
