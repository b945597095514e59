#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/slurm/sweep_submission.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

// The command line of pbn report for the same sweep. The job starts in our working folder.
std::vector<std::string> report_arguments(const Arguments& arguments) {
  std::vector<std::string> words{"report", arguments["GRID"].as<std::string>()};
  for (const char* option : {"set", "only"}) {
    if (!arguments.count(option)) continue;
    for (const std::string& value : arguments[option].as<std::vector<std::string>>()) {
      words.push_back(fmt::format("--{}={}", option, value));
    }
  }
  for (const char* option : {"seeds", "base", "store"}) {
    const std::string value = arguments.count(option) ? arguments[option].as<std::string>() : "";
    if (!value.empty()) words.push_back(fmt::format("--{}={}", option, value));
  }
  return words;
}

std::string and_some(int count, const char* what) { return count > 0 ? fmt::format(", {} {}", count, what) : ""; }

void print_what_was_done(const SubmittedSweep& submitted, const SlurmProfile& profile) {
  const MissingRuns& missing = submitted.missing;
  fmt::print("{} submitted{}{}{}{}{}.\n", counted(missing.submitted(), "run"),
             and_some(missing.queued, "already in Slurm's queue"),
             and_some(missing.held, "being carried out by pbn run"), and_some(missing.cancelled, "cancelled"),
             and_some(missing.finished, "done"), and_some(missing.waiting, "not submitted yet"));
  for (std::size_t i = 0; i < submitted.jobs.size(); ++i) {
    fmt::print("  array {}: {}\n", submitted.jobs[i], counted(missing.chunks[i].runs.size(), "run"));
  }
  if (!submitted.report_job.empty()) fmt::print("  report {}: when they have ended\n", submitted.report_job);
  if (missing.waiting > 0) {
    fmt::print("{} found no place (limits.max_submit is {}); start this again when others have ended.\n",
               counted(missing.waiting, "run"), profile.max_submit);
  }
}

Json facts_of(const SubmittedSweep& submitted) {
  const MissingRuns& missing = submitted.missing;
  Json arrays = Json::array();
  for (std::size_t i = 0; i < submitted.jobs.size(); ++i) {
    arrays.push_back({{"job", submitted.jobs[i]}, {"runs", missing.chunks[i].runs.size()}});
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
  if (!arguments.count("profile")) {
    throw usage_error("submit", "describe your cluster as in slurm/profile-example.yaml", "--profile is missing");
  }
  if (arguments.count("dry-run") && arguments.count("json")) {
    throw usage_error("submit", "", "--dry-run prints scripts, which are no facts for --json");
  }
  const SlurmProfile profile = read_slurm_profile(arguments["profile"].as<std::string>());
  const Sweep sweep = planned_sweep(arguments, profile);
  note_advice(sweep);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  const auto report = arguments.count("report") ? report_arguments(arguments) : std::vector<std::string>();
  if (arguments.count("dry-run")) {
    fmt::print("{}", scripts_of_sweep(sweep, store, profile, report));
    return 0;
  }
  record_sweep(sweep, store);
  record_precision(sweep, store);
  const SubmittedSweep submitted = submit_sweep(sweep, store, profile, report);
  arguments.count("json") ? print_facts(facts_of(submitted)) : print_what_was_done(submitted, profile);
  return 0;
}

}  // namespace

Command submit_command() {
  Command command;
  command.name = "submit";
  command.summary = "hand what a grid asks for and is not done yet to Slurm";
  command.description =
      "Submits job arrays of all runs of the grid that have no result and are not in Slurm's queue, whoever put them\n"
      "there: started again, also after it was killed, it adds only what is missing or has failed. A run that comes "
      "near\n"
      "its time limit saves itself and is queued again; so is one whose node died or that was preempted. The profile\n"
      "describes the cluster: slurm/profile-example.yaml. docs/running-on-slurm.md is the manual.";
  command.positionals = {grid_positional};
  command.reads = {"GRID", "base", "profile"};
  add_grid_options(command.options);
  command.options.add_options()("profile", po::value<std::string>()->value_name("FILE"),
                                "a description of the cluster: partition, time limit, launcher, modules, ... (YAML)")(
      "report", "submit also a job that makes the report (pbn report) when all runs have ended")(
      "dry-run", "print the batch scripts of all runs that have no result, and submit nothing");
  add_json_option(command.options);
  command.examples =
      "pbn submit experiments/demo.yaml --profile my-cluster.yaml --dry-run\n"
      "pbn submit experiments/demo.yaml --profile my-cluster.yaml --store /scratch/me --report";
  command.run = submit;
  return command;
}

}  // namespace pbn
