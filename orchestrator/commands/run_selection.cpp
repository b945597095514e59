#include "orchestrator/commands/run_selection.h"

#include <set>

#include "base/error.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/slurm/submission_journal.h"

namespace pbn::commands {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t fewest_digits = 4;

bool is_hexadecimal(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Both accept words that are too long for a file name.
bool is_there(const fs::path& path) {
  std::error_code unreachable;
  return fs::exists(path, unreachable);
}
bool is_folder(const fs::path& path) {
  std::error_code unreachable;
  return fs::is_directory(path, unreachable);
}

std::string last_part(const std::string& path) {
  const fs::path whole = fs::path(path).lexically_normal();
  return (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
}

bool names_a_run(const runs::RunStore& store, const std::string& word) {
  if ((is_there(word) && !is_folder(word)) || !recorded_name(store, word).empty()) return false;
  return is_hexadecimal(word) || is_folder(word);
}

std::string run_in_folder(const runs::RunStore& store, const std::string& folder) {
  std::string name = last_part(folder);
  const bool is_in_store = name.size() == 12 && is_hexadecimal(name) && fs::exists(store.folder(name)) &&
                           fs::equivalent(folder, store.folder(name));
  if (!is_in_store)
    throw usage_error(folder, "name its store with --store DIR", "is not the folder of a run in this store");
  return name;
}

}  // namespace

runs::SweepRuns sweep_named(const Arguments& arguments, const runs::RunStore& store, const std::string& word) {
  const std::string name = has_grid_options(arguments) ? "" : recorded_name(store, word);
  return name.empty() ? runs::runs_of(planned_sweep(arguments, word)) : runs::read_sweep_runs(store, name);
}

std::string run_named(const runs::RunStore& store, const std::string& word) {
  if (is_folder(word)) return run_in_folder(store, word);
  if (!is_hexadecimal(word) || word.size() < fewest_digits) {
    throw usage_error(word, "pbn status GRID --all lists them",
                      "does not name a run; expected its folder or at least {} digits of its id", fewest_digits);
  }
  const std::string digits = word.substr(0, 12);
  std::set<std::string> found;
  for (const std::string& run : runs::runs_in(store)) {
    if (run.starts_with(digits)) found.insert(run);
  }
  for (const std::string& sweep : found.empty() ? runs::recorded_sweeps(store) : std::vector<std::string>()) {
    for (const std::string& id :
         runs::read_sweep_runs(store, sweep).ids()) {  // runs that have not begun have no folder
      if (id.starts_with(digits)) found.insert(id.substr(0, 12));
    }
  }
  if (found.size() == 1) return *found.begin();
  if (found.empty()) throw usage_error(word, "is --store right?", "no run of this store has such an id");
  throw usage_error(word, "add a digit or two", "{} runs have ids that begin with these digits", found.size());
}

SelectedRuns selected_runs(const Arguments& arguments, const runs::RunStore& store) {
  SelectedRuns selected;
  std::set<std::string> known;
  const auto add = [&](const std::string& run) {
    if (!run.empty() && known.insert(run).second) selected.runs.push_back(run);
  };
  for (const std::string& word : arguments.texts("RUN")) {
    if (names_a_run(store, word)) {
      add(run_named(store, word));
      continue;
    }
    selected.has_sweep = true;
    for (const runs::CellRuns& cell : sweep_named(arguments, store, word).cells) {
      for (const grid::Run& run : cell.runs) {
        add(run.id.substr(0, 12));
        selected.names.emplace(run.id.substr(0, 12), fmt::format("{}, seed {}", cell.label, run.seed));
      }
    }
  }
  return selected;
}

runs::SubmittedRuns submitted_runs(const runs::RunStore& store) {
  runs::SubmittedRuns runs;
  for (const std::string& sweep : runs::recorded_sweeps(store)) {
    for (auto& [run, element] : slurm::SubmissionJournal(store.sweeps() / sweep).submitted_runs()) runs[run] = element;
  }
  return runs;
}

runs::SubmitTimes submit_times(const runs::RunStore& store) {
  runs::SubmitTimes times;
  for (const std::string& sweep : runs::recorded_sweeps(store)) {
    for (const slurm::Submission& submission : slurm::SubmissionJournal(store.sweeps() / sweep).read()) {
      if (submission.given_up || submission.at.empty()) continue;
      for (const std::vector<std::string>& element : submission.elements) {
        for (const std::string& run : element) times.emplace(run, submission.at);
      }
    }
  }
  return times;
}

std::string described(const runs::RunStore& store, const std::string& run) {
  const auto names = runs::names_of(store, run);
  return names.empty() ? run : fmt::format("{} ({})", names.front().text, run);
}

}  // namespace pbn::commands
