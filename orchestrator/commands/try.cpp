#include <fmt/format.h>

#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/foreign_text.h"
#include "base/log.h"
#include "base/process.h"
#include "base/table.h"
#include "base/time.h"
#include "data/pose_file/people_warnings.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/costs/measurements.h"
#include "orchestrator/executors/local_schedule.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/executors/try_external.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/program_copy.h"

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
TryOutcome try_cell(const grid::Cell& cell, const runs::RunStore& store, const std::vector<std::string>& options,
                    const std::optional<executors::Container>& container) {
  const TemporaryPath folder(store.root() / fmt::format(".try-{}", ::getpid()));
  make_writable_folder(folder.path());
  const fs::path config = fs::absolute(folder.path() / "config.json"), output = folder.path() / "output";
  write_json(config, cell.config_of(cell.runs.front()));
  std::vector<std::string> worker = executors::pbn_worker_words(executors::container_for(cell, container));
  worker.insert(worker.end(), {"try", "--config", config.string()});
  worker.insert(worker.end(), options.begin(), options.end());
  executors::Variables environment = executors::environment_here(cell);
  environment.emplace_back("PBN_RUN", config.parent_path().string());  // what a container has to see
  Process process({executors::under_mpirun(cell.ranks(), worker), environment, output});
  const int code = process.wait();
  return read_output(read_file(output), code);
}

// The same for an external worker, which is asked for nothing but its usual work.
TryOutcome try_external_cell(const grid::Cell& cell, const runs::RunStore& store,
                             const executors::TrialOptions& options) {
  const TemporaryPath folder(store.root() / fmt::format(".try-{}", ::getpid()));
  const executors::Trial trial = executors::try_external(cell, fs::absolute(folder.path()), options);
  if (!trial.failure.empty()) return {Json(), trial.failure};
  Json report = {{"ranks", cell.ranks()}, {"peak_memory_mib", trial.peak_memory_mib}};
  if (trial.seconds) report["seconds_per_run"] = *trial.seconds;
  if (trial.images_per_second) report["images_per_second"] = *trial.images_per_second;
  return {report, ""};
}

Json facts_of(const grid::Cell& cell, const TryOutcome& outcome) {
  Json facts = outcome.report.is_object() ? outcome.report : Json{{"failed", outcome.reason}};
  facts["label"] = cell.label;
  facts["cell"] = cell.id;
  return facts;
}

std::vector<std::string> row_of_external(const std::string& label, const Json& facts) {
  const auto seconds = facts.find("seconds_per_run");
  const double memory = facts["peak_memory_mib"];
  return {label, facts["ranks"].dump(), memory > 0 ? bytes_in_words(memory * 0x1p20) : "-",
          seconds == facts.end() ? "-" : human_duration(*seconds),
          seconds == facts.end() ? "works, but reports no progress" : "works"};
}

std::vector<std::string> row_of(const Json& facts, bool is_external) {
  const std::string label = facts["label"];
  if (facts.contains("failed")) return {label, "-", "-", "-", facts["failed"]};
  if (is_external) return row_of_external(label, facts);
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

std::function<TryOutcome(const grid::Cell&)> trial_of_pbn_worker(const Arguments& arguments,
                                                                 const runs::RunStore& store) {
  std::vector<std::string> options;
  if (arguments.has("steps")) options = {"--steps", std::to_string(arguments.number("steps", 1))};
  return [&store, options, container = container_of(arguments)](const grid::Cell& cell) {
    return try_cell(cell, store, options, container);
  };
}

std::function<TryOutcome(const grid::Cell&)> trial_of_external(const Arguments& arguments,
                                                               const runs::RunStore& store) {
  executors::TrialOptions options;
  options.programs = fs::absolute(store.programs());
  options.container = container_of(arguments);
  if (arguments.has("steps")) options.reports = arguments.number("steps", 1);
  options.patience = std::chrono::seconds(arguments.number("patience", 1, 86400));
  return [&store, options](const grid::Cell& cell) { return try_external_cell(cell, store, options); };
}

int try_cells(const Arguments& arguments) {
  const grid::Sweep sweep = planned_sweep(arguments);
  const runs::RunStore store = store_of(arguments);
  grid::require_data(sweep);
  const bool is_external = sweep.grid.worker.is_external();
  const std::function<TryOutcome(const grid::Cell&)> tried =
      is_external ? trial_of_external(arguments, store) : trial_of_pbn_worker(arguments, store);
  note_doubts(sweep);
  runs::keep_program(sweep.grid.worker, store);
  Json all = Json::array();
  bool has_failed = false;
  for (const grid::Cell& cell : sweep.cells) {
    const TryOutcome outcome = tried(cell);
    if (executors::stop_requested()) return static_cast<int>(Blame::requeue);
    if (outcome.report.is_object()) costs::keep_try(store, cell, outcome.report);
    all.push_back(facts_of(cell, outcome));
    has_failed |= !outcome.report.is_object();
    note("{}/{} {}", all.size(), sweep.cells.size(), fmt::join(row_of(all.back(), is_external), ", "));
  }
  if (arguments.has("json")) {
    print_facts(all);
    return has_failed;
  }
  Table table{{"cell", "ranks", "memory/rank", is_external ? "time/run" : "images/s", ""}, {}};
  for (const Json& facts : all) table.rows.push_back(row_of(facts, is_external));
  fmt::print("{}", table.for_terminal());
  return has_failed;
}

}  // namespace

Command try_command() {
  return {
      .name = "try",
      .summary = "start every cell of a grid for a moment, to check it and measure its cost",
      .description =
          R"(Trains a few steps of every cell with pbn_worker on this machine, one cell after another, and prints the peak
memory of a rank and the median speed of the steps after the first (on a GPU after the first four). A cell that
fails is named with the reason; the exit code is 1 then. Only the measurements are kept, in STORE/tries, from
which pbn plan estimates time and memory.

An external worker does its usual work in a temporary folder until it has reported its progress a few times in
metrics.jsonl, or has ended; then it is stopped. The time of a run follows from the speed of its progress, and
the memory is that of its largest process.)",
      .positionals = {grid_positional},
      .options = joined(
          {grid_options(),
           {{"steps", "N",
             "number of training steps of each cell (default: 2, on a GPU 12); of an external worker, reports of "
             "its progress after the first (default: 2)"},
            {"patience", "SECONDS", "time without a report after which an external worker is stopped", "60"},
            container_option,
            json_option}}),
      .examples = R"(pbn try experiments/fig5a-depth.yaml --base experiments/bases/lsp-quick.yaml
pbn try my.yaml --only model.stacks=8 --set run.ranks=4
pbn try my-script.yaml --seeds 1 --patience 600
pbn try my.yaml --container my-container.yaml)",
      .run = try_cells,
      .input_files = {"base", "container"}};
}

}  // namespace pbn::commands
