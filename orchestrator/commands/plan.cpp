#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/counted.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/costs/plan.h"
#include "orchestrator/slurm/sweep_submission.h"

namespace pbn::commands {
namespace {

constexpr std::size_t most_damaged = 5;  // damaged results that are named

// "?" for a size that is known once the data exist, "-" for one that pbn cannot know.
std::string size_text(const grid::Cell& cell, bool is_known, const std::string& text) {
  return is_known ? text : cell.worker().is_external() ? "-" : "?";
}

std::vector<std::string> row_of(const grid::Cell& cell, const costs::CellPlan& plan) {
  const costs::Estimate& estimate = plan.estimate;
  const std::string about = estimate.is_scaled ? "~" : "";
  return {cell.label + (cell.is_baseline ? " (baseline)" : ""),
          size_text(cell, cell.parameters > 0, std::to_string(cell.parameters)),
          size_text(cell, cell.parameters > 0, fmt::format("{:.3g}", cell.gflop_per_image)),
          size_text(cell, cell.steps > 0, std::to_string(cell.steps)),
          estimate.seconds ? about + human_duration(*estimate.seconds) : "-",
          estimate.peak_memory_mib ? about + bytes_in_words(*estimate.peak_memory_mib * 0x1p20) : "-",
          estimate.disk_bytes ? bytes_in_words(static_cast<double>(*estimate.disk_bytes)) : "-",
          std::to_string(cell.runs.size()),
          std::to_string(plan.done)};
}

// "0.25", "12", "3400"
std::string hours_in_words(double hours) {
  return hours >= 10 ? fmt::format("{:.0f}", hours) : fmt::format("{:.2g}", hours);
}

void print_cost(const costs::Plan& plan) {
  const std::size_t to_do = plan.runs - plan.done;
  if (to_do == 0) return;
  if (plan.runs_without_estimate < to_do) {
    fmt::print("To do: {}{} of training, one run after another", plan.is_scaled ? "~" : "",
               human_duration(plan.seconds));
    if (plan.seconds >= 172800) fmt::print(" ({:.0f} days)", plan.seconds / 86400);
    fmt::print(", {} core-hours", hours_in_words(plan.core_hours));
    if (plan.gpu_hours > 0) fmt::print(", {} GPU-hours", hours_in_words(plan.gpu_hours));
    if (plan.runs_without_estimate > 0)
      fmt::print(", and {} of unknown length", counted(plan.runs_without_estimate, "run"));
    if (plan.disk_bytes > 0) fmt::print("; {} on the disk", bytes_in_words(static_cast<double>(plan.disk_bytes)));
    fmt::print(".{}\n", plan.is_scaled ? " ~: scaled from other cells by GFLOP per image." : "");
  } else if (plan.disk_bytes > 0) {
    fmt::print("To do: {} on the disk; the time is not known yet: pbn try GRID measures it.\n",
               bytes_in_words(static_cast<double>(plan.disk_bytes)));
  }
}

// The words of the command that are files of the grid's folder, as they would be listed.
std::string likely_files(const grid::Worker& worker, const std::string& grid) {
  const auto folder = std::filesystem::absolute(grid).parent_path();
  std::vector<std::string> files;
  for (const std::string& word : worker.is_script() ? worker.script : worker.command) {
    std::error_code unreachable;
    if (!std::filesystem::path(word).is_absolute() && std::filesystem::is_regular_file(folder / word, unreachable))
      files.push_back(word);
  }
  return files.empty() ? "train.py" : fmt::format("{}", fmt::join(files, ", "));
}

// What of the program is part of an external worker's runs.
std::string program_in_words(const grid::Grid& grid) {
  const grid::Worker& worker = grid.worker;
  if (!worker.program.is_listed() && worker.version.empty()) {
    return fmt::format(
        "The program is not part of these runs: after a change of it, they count as done. worker: {{files: [{}]}}, or "
        "worker.version, makes it part of them.",
        likely_files(worker, grid.file));
  }
  std::string words;
  if (worker.program.is_listed()) {
    words =
        fmt::format("{} ({}), {}", counted(worker.program.files.size(), "file"), worker.program.digest.substr(0, 12),
                    worker.is_copied ? "which every run gets a copy of" : "not copied");
  }
  if (!worker.version.empty()) words += fmt::format("{}version {}", words.empty() ? "" : "; ", worker.version);
  return fmt::format("Program: {}.", words);
}

void print_table(const grid::Sweep& sweep, const costs::Plan& plan) {
  Table table{{"cell", "parameters", "GFLOP/image", "steps/run", "time/run", "memory/rank", "disk/run", "runs", "done"},
              {}};
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) table.rows.push_back(row_of(sweep.cells[i], plan.cells[i]));
  const char* const usual_metric =
      sweep.grid.worker.is_external() ? "the first figure of the results" : "the usual one for the data";
  fmt::print("{}\n{}: {}, {}: {} done, {} to do. Metric: {}.\n", table.for_terminal(), sweep.grid.name,
             counted(sweep.cells.size(), "cell"), counted(plan.runs, "run"), plan.done, plan.runs - plan.done,
             sweep.metric.empty() ? usual_metric : sweep.metric);
  print_cost(plan);
  for (std::size_t i = 0; i < std::min(plan.damaged.size(), most_damaged); ++i) {
    fmt::print("{}. The next attempt puts it aside.\n", plan.damaged[i]);
  }
  if (plan.damaged.size() > most_damaged) {
    fmt::print("{} more results are damaged: pbn status names them.\n", plan.damaged.size() - most_damaged);
  }
  if (sweep.grid.rule) {
    fmt::print("Seeds until decided: {} to {} a cell; round {}{}.\n", sweep.grid.rule->least, sweep.grid.rule->most,
               sweep.rounds.rounds, sweep.rounds.is_over ? ", the last" : "");
  }
  const auto advice = costs::seed_advice(sweep);
  if (advice && !advice->is_enough()) fmt::print("{}\n", advice->sentence());
  if (sweep.grid.worker.is_external())
    fmt::print("{}\n", wrapped(program_in_words(sweep.grid), terminal_columns(STDOUT_FILENO)));
  for (const std::string& file : sweep.missing) {
    fmt::print("{} does not exist yet: identities and numbers of steps are known when it does.\n", file);
  }
}

// The job arrays that pbn submit would make of the remaining runs; none while data files are missing.
slurm::MissingRuns arrays_of(const grid::Sweep& sweep, const runs::RunStore& store,
                             const slurm::SlurmProfile& profile) {
  return sweep.missing.empty() ? slurm::missing_runs(sweep, store, profile) : slurm::MissingRuns();
}

void print_arrays(const slurm::MissingRuns& missing) {
  for (const slurm::SlurmChunk& chunk : missing.chunks) {
    fmt::print("On Slurm: an array of {}{}.\n", chunk.size(),
               chunk.ranks > 1 ? fmt::format(" with {} ranks", chunk.ranks) : "");
  }
}

Json or_null(const auto& optional) { return optional ? Json(*optional) : Json(); }

Json facts_of(const grid::Cell& cell, const costs::CellPlan& plan) {
  Json runs = Json::array();
  for (std::size_t i = 0; i < cell.runs.size(); ++i) {
    runs.push_back({{"seed", cell.runs[i].seed}, {"run", cell.runs[i].id}, {"state", runs::word_of(plan.states[i])}});
  }
  const bool has_size = cell.parameters > 0;
  return {{"label", cell.label},
          {"cell", cell.id},
          {"settings", cell.differing()},
          {"baseline", cell.is_baseline},
          {"parameters", has_size ? Json(cell.parameters) : Json()},
          {"gflop_per_image", has_size ? Json(cell.gflop_per_image) : Json()},
          {"steps_per_run", cell.steps > 0 ? Json(cell.steps) : Json()},
          {"seconds_per_run", or_null(plan.estimate.seconds)},
          {"peak_memory_mib", or_null(plan.estimate.peak_memory_mib)},
          {"scaled_from_other_cells", plan.estimate.is_scaled},
          {"disk_bytes_per_run", or_null(plan.estimate.disk_bytes)},
          {"runs", runs}};
}

Json facts_of(const costs::SeedAdvice& advice) {
  return {{"seeds", advice.seeds},
          {"compared", advice.compared},
          {"smallest_p", advice.smallest_p},
          {"needed", advice.needed},
          {"enough", advice.is_enough()}};
}

Json facts_of(const slurm::MissingRuns& missing) {
  Json arrays = Json::array();
  for (const slurm::SlurmChunk& chunk : missing.chunks) {
    arrays.push_back({{"runs", chunk.runs()},
                      {"elements", chunk.elements.size()},
                      {"side_by_side", chunk.side_by_side},
                      {"ranks", chunk.ranks}});
  }
  return arrays;
}

void print_json(const grid::Sweep& sweep, const costs::Plan& plan, const std::optional<slurm::MissingRuns>& missing) {
  Json cells = Json::array();
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) cells.push_back(facts_of(sweep.cells[i], plan.cells[i]));
  const auto advice = costs::seed_advice(sweep);
  Json facts = {{"name", sweep.grid.name},
                {"metric", sweep.metric},
                {"cells", std::move(cells)},
                {"missing", sweep.missing},
                {"runs", plan.runs},
                {"done", plan.done},
                {"to_do",
                 {{"runs", plan.runs - plan.done},
                  {"seconds", plan.seconds},
                  {"core_hours", plan.core_hours},
                  {"gpu_hours", plan.gpu_hours},
                  {"disk_bytes", plan.disk_bytes},
                  {"runs_without_estimate", plan.runs_without_estimate}}},
                {"damaged_results", plan.damaged},
                {"seed_advice", advice ? facts_of(*advice) : Json()}};
  const grid::Worker& worker = sweep.grid.worker;
  if (worker.program.is_listed()) {
    facts["program"] = {
        {"digest", worker.program.digest}, {"files", worker.program.files}, {"copied", worker.is_copied}};
  }
  if (!worker.version.empty()) facts["version"] = worker.version;
  if (sweep.grid.rule) {
    facts["seed_rule"] = {{"least", sweep.grid.rule->least},
                          {"most", sweep.grid.rule->most},
                          {"round", sweep.rounds.rounds},
                          {"over", sweep.rounds.is_over}};
  }
  if (missing) facts["arrays"] = facts_of(*missing);
  print_facts(facts);
}

int plan(const Arguments& arguments) {
  std::optional<slurm::SlurmProfile> profile;
  if (arguments.has("profile")) profile = slurm::read_slurm_profile(arguments.text("profile"));
  const grid::Sweep sweep = planned_sweep(arguments, arguments.text("GRID"), profile ? &*profile : nullptr);
  const runs::RunStore store = store_of(arguments);
  note_advice(sweep, store);
  const costs::Plan plan = costs::plan_of(sweep, store, submitted_runs(store));
  std::optional<slurm::MissingRuns> missing;
  if (profile) missing = arrays_of(sweep, store, *profile);
  if (arguments.has("json")) {
    print_json(sweep, plan, missing);
  } else {
    print_table(sweep, plan);
    if (missing) print_arrays(*missing);
  }
  return 0;
}

}  // namespace

Command plan_command() {
  return {
      .name = "plan",
      .summary = "show the cells of a grid, what is done, and what the rest will cost",
      .description =
          R"(Expands the grid into cells and runs and starts nothing. Parameters and operations (forward pass, 2 per
multiply-add) come from closed forms. Time and memory come from finished runs of the store and from pbn try:
of the same cell, else (~) scaled by GFLOP per image from the nearest cell of the same precision and ranks. A
plan also says whether there are enough seeds for the tests of the report, whether an external worker's program
is part of its runs, and with --profile into which job arrays pbn submit would put the runs that are left. It
works before the data files exist.)",
      .positionals = {grid_positional},
      .options = joined(
          {grid_options(),
           {{"profile", "FILE", "the description of a cluster, as for pbn submit: show the job arrays"}, json_option}}),
      .examples = R"(pbn plan experiments/demo.yaml
pbn plan demo-f5c6d481
pbn plan experiments/demo.yaml --profile my-cluster.yaml
pbn plan experiments/fig5a-depth.yaml --base experiments/bases/lsp-quick.yaml --seeds 1..3
pbn plan experiments/fig5a-depth.yaml --only model.depth=1 --only model.width=32,64 --json)",
      .run = plan,
      .input_files = {"base", "profile"}};
}

}  // namespace pbn::commands
