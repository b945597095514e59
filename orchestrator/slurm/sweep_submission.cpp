#include "orchestrator/slurm/sweep_submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>

#include "base/files.h"
#include "base/log.h"
#include "base/shared_folder.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/slurm/chunk_folders.h"
#include "orchestrator/slurm/sbatch_options.h"
#include "orchestrator/slurm/script.h"
#include "orchestrator/slurm/second_chance.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

constexpr int default_max_array_size = 1001;  // Slurm's default

fs::path folder_of(const grid::Sweep& sweep, const runs::RunStore& store) {
  return store.sweeps() / sweep.folder_name();
}

// The command of a run's worker; empty for pbn_worker on the host.
std::vector<std::string> worker_of(const SlurmChunk::Entry& entry, const fs::path& run_folder,
                                   const SlurmProfile& profile) {
  const grid::Worker& worker = entry.cell->worker();
  if (worker.is_script()) return executors::external_command(*entry.cell, *entry.run, run_folder);
  if (!worker.is_external() && profile.container) return {profile.container->worker};
  return executors::worker_words(worker);
}

SlurmRun run_of(const SlurmChunk::Entry& entry, const runs::RunStore& store, const SlurmProfile& profile) {
  const auto& [cell, run] = entry;
  const runs::RunStore absolute(fs::absolute(store.root()).lexically_normal());
  const auto newest = runs::newest_attempt(store.folder(run->id));
  return {.run = run->id,
          .name = fmt::format("{}, seed {}", cell->label, run->seed),
          .store = absolute.root().string(),
          .config = cell->config_of(*run),
          .worker = worker_of(entry, absolute.folder(run->id), profile),
          .retries = profile.retries,
          .attempts_before = newest ? runs::number_of(*newest) : 0,
          .seconds_to_save = profile.seconds_to_save};
}

std::string script_for(const SlurmProfile& profile, const SlurmChunk& chunk, const fs::path& list) {
  return array_script(sized(profile, chunk.need, chunk.turns()),
                      {fs::absolute(list), chunk.ranks, chunk.is_launched, chunk.is_packed(), chunk.side_by_side});
}

std::string array_option(std::size_t elements, int share) {
  return fmt::format("--array=0-{}{}", elements - 1, share > 0 ? fmt::format("%{}", share) : "");
}

// For a run that lacked something and gets an element of its own (second_chance.h).
std::string script_of_one(const SlurmProfile& profile, const SlurmChunk& chunk, const fs::path& list) {
  return array_script(sized(profile, chunk.need), {fs::absolute(list), chunk.ranks, chunk.is_launched});
}

// The command line and the script that SlurmSubmitter would hand to sbatch.
std::string shown_submission(const fs::path& sweep_folder, const std::string& chunk, std::vector<std::string> options,
                             const std::string& script_name, const std::string& script) {
  for (std::string& option : naming_options({sweep_folder, chunk, "XXXXXXXX"}, script_name == "array.sh")) {
    options.push_back(std::move(option));
  }
  options.push_back((fs::absolute(sweep_folder) / chunk / script_name).string());
  return fmt::format("# sbatch --parsable {}\n{}\n", shell_quoted(options), script);
}

int chunk_size(const SlurmProfile& profile, int max_array_size) {
  return profile.largest_chunk > 0 ? std::min(profile.largest_chunk, max_array_size) : max_array_size;
}

// The number of elements of each array that may run at a time (shares_of_arrays); array.parallel counts runs.
std::vector<int> shares_of(const std::vector<SlurmChunk>& chunks, const SlurmProfile& profile) {
  int side_by_side = 1;
  for (const SlurmChunk& chunk : chunks) side_by_side = std::max(side_by_side, chunk.side_by_side);
  return shares_of_arrays(static_cast<int>(chunks.size()), profile.parallel / side_by_side);
}

class SweepSubmission {
 public:
  SweepSubmission(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                  const std::vector<std::string>& after)
      : sweep_(sweep),
        store_(store),
        profile_(profile),
        after_(after),
        folder_(folder_of(sweep, store)),
        submitter_(folder_) {
    queue_ = submitter_.slurm().queue();
    submitter_.close_open_submissions(queue_);
    record_shortages(sweep, store, profile, submitter_);
    for (const QueuedElement& queued : queued_elements(store, queue_)) {
      if (!free_held_element(queued)) continue;
      for (const std::string& run : queued.runs) {
        if (!is_left_out(queued, run)) queued_.insert(run);
      }
    }
  }

  MissingRuns missing() const {
    const int max_array_size = submitter_.slurm().largest_array();
    int places = std::numeric_limits<int>::max();
    if (profile_.max_submit > 0) {
      places = profile_.max_submit - static_cast<int>(std::count_if(queue_.begin(), queue_.end(),
                                                                    [](const auto& job) { return job.is_live(); }));
    }
    const Sizing sizing(profile_, sweep_, store_);
    return missing_runs(sweep_, store_, queued_, chunk_size(profile_, max_array_size), places,
                        Packing(sizing.widest(sweep_), sweep_, store_), sizing);
  }

  std::vector<std::string> submit(const std::vector<SlurmChunk>& chunks) {
    const std::vector<int> shares = shares_of(chunks, profile_);
    const std::vector<std::string> earlier = live_jobs();
    std::vector<std::string> jobs;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (shares.empty()) {
        jobs.push_back(submit_chunk(chunks[i], 0, {}));
      } else {  // begins after other jobs, so that no more than `parallel` runs run at a time
        const std::vector<std::string> previous = i < shares.size() ? earlier : std::vector{jobs[i - shares.size()]};
        jobs.push_back(submit_chunk(chunks[i], shares[i % shares.size()], previous));
      }
    }
    return jobs;
  }

  std::string submit_report(const std::vector<std::string>& arguments, const std::vector<std::string>& new_jobs) {
    std::vector<std::string> jobs = live_jobs();
    jobs.insert(jobs.end(), new_jobs.begin(), new_jobs.end());
    if (jobs.empty()) return "";
    const std::string name = new_folder(folder_, "report");
    write_atomically(folder_ / name / "report.sh", report_script(profile_, arguments));
    return submitter_.submit({"", name, {}}, dependency_options({}, jobs), "report.sh");
  }

 private:
  // Slurm never starts a held element, so it is released, or cancelled if its runs have results. False if cancelled.
  bool free_held_element(const QueuedElement& queued) const {
    const QueueElement& element = queued.element;
    if (!element.is_held()) return true;
    const bool is_wanted =
        !std::ranges::all_of(queued.runs, [this](const std::string& run) { return store_.has_result(run); });
    is_wanted ? submitter_.slurm().release(element.id()) : submitter_.slurm().cancel({element.id()});
    return is_wanted;
  }

  // Whether an element of several runs goes on without this one, because it has failed for good.
  bool is_left_out(const QueuedElement& queued, const std::string& run) const {
    const auto attempt = runs::newest_attempt(store_.folder(run));
    if (queued.runs.size() == 1 || !attempt) return false;
    const auto code = runs::number_at(runs::object_in(*attempt / "exit.json"), "code");
    if (!code || *code == 0 || *code == 75) return false;
    const SlurmElement element = read_element(queued.list, queued.element.index);
    return std::ranges::any_of(
        element.runs, [&](const SlurmRun& listed) { return listed.run == run && has_failed_for_good(listed); });
  }

  // The arrays of this sweep that were submitted earlier and have not ended.
  std::vector<std::string> live_jobs() const {
    std::set<std::string> live, jobs;
    for (const QueueElement& element : queue_) {
      if (element.is_live()) live.insert(element.name);
    }
    for (const Submission& submission : submitter_.journal().read()) {
      if (!submission.is_report() && !submission.job.empty() && live.contains(submission.name))
        jobs.insert(submission.job);
    }
    return {jobs.begin(), jobs.end()};
  }

  std::string submit_chunk(const SlurmChunk& chunk, int share, const std::vector<std::string>& previous) {
    const std::string name = new_folder(folder_, "chunk");
    const fs::path list = folder_ / name / "runs.jsonl";
    const auto elements = elements_of(chunk, store_, profile_);
    write_elements(list, elements);
    write_atomically(folder_ / name / "array.sh", script_for(profile_, chunk, list));
    if (chunk.is_packed()) write_atomically(folder_ / name / "alone.sh", script_of_one(profile_, chunk, list));
    std::vector<std::string> options{array_option(elements.size(), share)};
    for (std::string& option : dependency_options(after_, previous)) options.push_back(std::move(option));
    Submission submission{"", name, {}};
    for (const SlurmElement& element : elements) {
      auto& runs = submission.elements.emplace_back();
      for (const SlurmRun& run : element.runs) runs.push_back(run.run);
    }
    return submitter_.submit(std::move(submission), std::move(options), "array.sh");
  }

  const grid::Sweep& sweep_;
  const runs::RunStore& store_;
  const SlurmProfile& profile_;
  const std::vector<std::string>& after_;
  fs::path folder_;
  SlurmSubmitter submitter_;
  std::vector<QueueElement> queue_;
  std::set<std::string> queued_;  // runs
};

}  // namespace

SubmittedSweep submit_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                            const std::vector<std::string>& report, const std::vector<std::string>& after) {
  make_writable_folder(folder_of(sweep, store));
  require_publishing(store.root());
  SweepSubmission submission(sweep, store, profile, after);
  SubmittedSweep submitted{submission.missing(), {}, ""};
  submitted.jobs = submission.submit(submitted.missing.chunks);
  if (!report.empty()) submitted.report_job = submission.submit_report(report, submitted.jobs);
  return submitted;
}

std::vector<SlurmElement> elements_of(const SlurmChunk& chunk, const runs::RunStore& store,
                                      const SlurmProfile& profile) {
  std::vector<SlurmElement> elements;
  for (const auto& entries : chunk.elements) {
    SlurmElement& element = elements.emplace_back();
    element.side_by_side = chunk.side_by_side;
    for (const SlurmChunk::Entry& entry : entries) element.runs.push_back(run_of(entry, store, profile));
  }
  return elements;
}

MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile) {
  const std::optional<int> largest_array = largest_array_if_known();
  if (!largest_array) {
    note("Slurm does not answer here; its arrays are assumed to have up to {} elements", default_max_array_size);
  }
  const Sizing sizing(profile, sweep, store);
  return missing_runs(sweep, store, {}, chunk_size(profile, largest_array.value_or(default_max_array_size)),
                      profile.max_submit > 0 ? profile.max_submit : std::numeric_limits<int>::max(),
                      Packing(sizing.widest(sweep), sweep, store), sizing);
}

std::string scripts_of_sweep(const grid::Sweep& sweep, const runs::RunStore& store, const SlurmProfile& profile,
                             const std::vector<std::string>& report, const std::vector<std::string>& after) {
  const MissingRuns missing = missing_runs(sweep, store, profile);
  const std::vector<int> shares = shares_of(missing.chunks, profile);
  const fs::path sweep_folder = folder_of(sweep, store);
  const std::vector<std::string> names = free_folders(sweep_folder, "chunk", missing.chunks.size());
  std::vector<std::string> jobs;
  std::string text;
  for (std::size_t i = 0; i < missing.chunks.size(); ++i) {
    const SlurmChunk& chunk = missing.chunks[i];
    if (chunk.is_packed()) text += fmt::format("# {}\n", chunk.size());
    const std::vector<std::string> previous =
        shares.empty() || i < shares.size() ? std::vector<std::string>() : std::vector{jobs[i - shares.size()]};
    std::vector<std::string> options{
        array_option(chunk.elements.size(), shares.empty() ? 0 : shares[i % shares.size()])};
    for (std::string& option : dependency_options(after, previous)) options.push_back(std::move(option));
    text += shown_submission(sweep_folder, names[i], std::move(options), "array.sh",
                             script_for(profile, chunk, sweep_folder / names[i] / "runs.jsonl"));
    jobs.push_back("JOB-OF-" + fs::path(names[i]).filename().string());
  }
  if (!report.empty() && !jobs.empty()) {
    text += shown_submission(sweep_folder, free_folders(sweep_folder, "report", 1).front(),
                             dependency_options({}, jobs), "report.sh", report_script(profile, report));
  }
  return text;
}

}  // namespace pbn::slurm
