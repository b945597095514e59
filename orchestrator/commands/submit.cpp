#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/error.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/slurm/mpi_flavour.h"
#include "orchestrator/slurm/sbatch_options.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/sweep_submission.h"

namespace pbn::commands {
namespace {

// The command line of pbn report for the same sweep. Its job starts in this working folder. A sweep that was named gets
// its whole name, which stays its own when other sweeps of the grid are started.
std::vector<std::string> report_command_line(const Arguments& arguments, const grid::Sweep& sweep) {
  const std::string grid = arguments.text("GRID");
  if (!recorded_name(store_of(arguments), grid).empty())
    return {"report", sweep.folder_name(), "--store=" + arguments.text("store")};
  std::vector<std::string> words{"report", grid};
  for (const char* option : {"set", "only", "seeds", "base", "store"}) {
    for (const std::string& value : arguments.texts(option)) words.push_back(fmt::format("--{}={}", option, value));
  }
  return words;
}

std::string and_some(int count, const char* what) { return count > 0 ? fmt::format(", {} {}", count, what) : ""; }

void print_submission(const slurm::SubmittedSweep& submitted, const slurm::SlurmProfile& profile) {
  const slurm::MissingRuns& missing = submitted.missing;
  fmt::print("{} submitted{}{}{}{}{}.\n", counted(missing.submitted(), "run"),
             and_some(missing.queued, "already in Slurm's queue"), and_some(missing.held, "held by pbn run"),
             and_some(missing.cancelled, "cancelled"), and_some(missing.finished, "done"),
             and_some(missing.waiting, "not submitted yet"));
  for (std::size_t i = 0; i < submitted.jobs.size(); ++i) {
    fmt::print("  array {}: {}\n", submitted.jobs[i], missing.chunks[i].size());
  }
  if (!submitted.report_job.empty()) fmt::print("  report {}: starts when they have ended\n", submitted.report_job);
  if (missing.waiting > 0) {
    fmt::print("{} not submitted, since limits.max_submit is {}; submit again when others have ended.\n",
               counted(missing.waiting, "run is", "runs are"), profile.max_submit);
  }
}

// Whether some runs are started by the profile's launcher.
bool is_launched(const grid::Sweep& sweep) {
  return std::ranges::any_of(sweep.cells,
                             [](const grid::Cell& cell) { return !cell.worker().is_external() || cell.ranks() > 1; });
}

Json facts_of(const slurm::SubmittedSweep& submitted) {
  const slurm::MissingRuns& missing = submitted.missing;
  Json arrays = Json::array();
  for (std::size_t i = 0; i < submitted.jobs.size(); ++i) {
    const slurm::SlurmChunk& chunk = missing.chunks[i];
    arrays.push_back({{"job", submitted.jobs[i]},
                      {"runs", chunk.runs()},
                      {"elements", chunk.elements.size()},
                      {"side_by_side", chunk.side_by_side}});
  }
  return {{"submitted", missing.submitted()},
          {"arrays", std::move(arrays)},
          {"report_job", submitted.report_job},
          {"queued", missing.queued},
          {"held", missing.held},
          {"cancelled", missing.cancelled},
          {"done", missing.finished},
          {"not_submitted", missing.waiting}};
}

int submit(const Arguments& arguments) {
  if (!arguments.has("profile")) {
    throw usage_error("submit", "describe your cluster as in slurm/profile-example.yaml", "--profile is missing");
  }
  if (arguments.has("dry-run") && arguments.has("json")) {
    throw usage_error("submit", "", "--dry-run prints scripts, not facts for --json");
  }
  const slurm::SlurmProfile profile = slurm::read_slurm_profile(arguments.text("profile"));
  const grid::Sweep sweep = planned_sweep(arguments, arguments.text("GRID"), &profile);
  const runs::RunStore store = store_of(arguments);
  note_advice(sweep, store);
  grid::require_data(sweep);
  const auto report = arguments.has("report") ? report_command_line(arguments, sweep) : std::vector<std::string>();
  std::vector<std::string> after;
  for (const std::string& job : arguments.texts("after")) after.push_back(slurm::as_dependency(job));
  if (arguments.has("dry-run")) {
    fmt::print("{}", slurm::scripts_of_sweep(sweep, store, profile, report, after));
    return 0;
  }
  if (is_launched(sweep)) slurm::require_mpi_flavour(profile, slurm::list_of_mpi_flavours());
  record_sweep(sweep, store);
  record_precision(sweep, store);
  const slurm::SubmittedSweep submitted = slurm::submit_sweep(sweep, store, profile, report, after);
  arguments.has("json") ? print_facts(facts_of(submitted)) : print_submission(submitted, profile);
  return 0;
}

}  // namespace

Command submit_command() {
  return {
      .name = "submit",
      .summary = "train all runs of a grid that have no result, on a Slurm cluster",
      .description =
          R"(Submits job arrays of all runs of the grid that have no result and are not in Slurm's queue yet. The command
may be repeated, even after it was killed: it adds only the runs that are missing or have failed, and under a
rule of seeds (seeds: {until: decided, ...}) those of the next round. A run that
comes near its time limit saves itself and is queued again; so is a run whose node died or that was preempted.
With array.runs_per_element in the profile, one job carries several runs, side by side and one after another, so
that a hundred short runs are queued once. The profile describes the cluster: see slurm/profile-example.yaml.
docs/running-on-slurm.md is the manual.)",
      .positionals = {grid_positional},
      .options = joined(
          {grid_options(),
           {{"profile", "FILE", "the description of the cluster (YAML): partition, time limit, launcher, modules, ..."},
            {"report", "", "submit also a job that runs pbn report when all runs have ended"},
            {"after", "JOB",
             "begin once this job has ended well, such as one that prepares the data: 123, 123_4, or as sbatch "
             "--dependency takes it, afterany:123",
             "", true},
            {"dry-run", "",
             "print what sbatch would get for all runs that have no result, command lines and scripts, and submit "
             "nothing; works without Slurm"},
            json_option}}),
      .examples = R"(pbn submit experiments/demo.yaml --profile my-cluster.yaml --dry-run
pbn submit experiments/demo.yaml --profile my-cluster.yaml --store /scratch/me --report
pbn submit experiments/demo.yaml --profile my-cluster.yaml --after 4711)",
      .run = submit,
      .input_files = {"base", "profile"}};
}

}  // namespace pbn::commands
