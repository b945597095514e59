#include "orchestrator/slurm/submitter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "orchestrator/slurm/sbatch_options.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr int max_tries = 6;  // within about a minute

// With 8 digits of the time, the process and what it submits.
JobName new_job_name(const fs::path& sweep_folder, const std::string& chunk) {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string seed = fmt::format("{} {} {} {}", fs::absolute(sweep_folder).string(), chunk, now, ::getpid());
  return {sweep_folder, chunk, sha256_hex(seed).substr(0, 8)};
}

std::string sweep_of(const std::string& job_name) { return job_name.substr(0, job_name.rfind('.')); }

std::string job_named(const std::string& name, const std::vector<QueueElement>& queue) {
  const auto found = std::find_if(queue.begin(), queue.end(), [&](const auto& job) { return job.name == name; });
  return found == queue.end() ? "" : found->job;
}

bool has_submissions(const runs::RunStore& store) {
  std::error_code missing;
  const fs::directory_iterator sweeps(store.sweeps(), missing);
  return std::any_of(fs::begin(sweeps), fs::end(sweeps),
                     [](const auto& sweep) { return fs::exists(sweep.path() / "submissions.jsonl"); });
}

}  // namespace

SlurmSubmitter::SlurmSubmitter(fs::path sweep_folder)
    : sweep_folder_(std::move(sweep_folder)), lock_(lock_submissions(sweep_folder_)), journal_(sweep_folder_) {}

void SlurmSubmitter::close_open_submissions(const std::vector<QueueElement>& queue) {
  for (const Submission& submission : journal_.read()) {
    if (!submission.is_open()) continue;
    const std::string job = job_named(submission.name, queue);
    job.empty() ? journal_.give_up(submission.name, "Slurm does not know the job")
                : journal_.submitted(submission.name, job);
  }
}

std::string SlurmSubmitter::submit(Submission submission, std::vector<std::string> options,
                                   const std::string& script_name) {
  const fs::path script = fs::absolute(sweep_folder_) / submission.chunk / script_name;
  const JobName name = new_job_name(sweep_folder_, submission.chunk);
  submission.name = name.text();
  for (std::string& option : naming_options(name, !submission.is_report())) options.push_back(std::move(option));
  journal_.intend(submission);
  auto pause = 1s;
  for (int tries = 1;; ++tries) {
    const Slurm::Submitted submitted = slurm_.submit(options, script, lock_.descriptor());
    std::string job = submitted.job.empty() ? job_named(submission.name, slurm_.queue()) : submitted.job;
    if (!job.empty()) {
      journal_.submitted(submission.name, job);
      return job;
    }
    if (submitted.is_accepted) {
      throw environment_error("sbatch", "see squeue --me; submitting again looks for the job by its name first",
                              "accepted {} as job {} but gave no number: {}", script.string(), submission.name,
                              submitted.error);
    }
    if (!submitted.is_temporary || tries == max_tries) {
      journal_.give_up(submission.name, submitted.error);
      throw environment_error("sbatch", "", "Slurm refused {}: {}", script.string(), submitted.error);
    }
    note("{} (trying again)", submitted.error);
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

std::vector<QueuedElement> queued_elements(const runs::RunStore& store, const std::vector<QueueElement>& queue) {
  std::map<std::string, std::vector<QueueElement>> by_sweep;
  for (const QueueElement& element : queue) {
    if (element.is_live()) by_sweep[sweep_of(element.name)].push_back(element);
  }
  std::vector<QueuedElement> queued;
  for (const auto& [sweep, elements] : by_sweep) {
    std::map<std::string, Submission> submissions;
    for (Submission& submission : SubmissionJournal(store.sweeps() / sweep).read()) {
      submissions.emplace(submission.name, std::move(submission));
    }
    for (const QueueElement& element : elements) {
      const auto submission = submissions.find(element.name);
      if (submission == submissions.end()) continue;
      const auto place = static_cast<std::size_t>(element.index - submission->second.first);
      const Submission& known = submission->second;
      if (place >= known.elements.size()) continue;
      queued.push_back({element, store.sweeps() / sweep / known.chunk / "runs.jsonl", known.elements[place]});
    }
  }
  return queued;
}

void cancel_on_slurm(const runs::RunStore& store, const std::vector<std::string>& runs) {
  if (!has_submissions(store) || find_program("squeue").empty()) return;
  const Slurm slurm;
  std::set<fs::path> cancelled;  // folders, because ids may be given by their first digits
  for (const std::string& run : runs) cancelled.insert(store.folder(run));
  const auto is_cancelled = [&](const std::string& run) {
    return cancelled.contains(store.folder(run)) || fs::exists(store.folder(run) / "cancelled");
  };
  std::vector<std::string> elements;
  for (const auto& [element, list, performed] : queued_elements(store, slurm.queue())) {
    const bool is_needed = std::ranges::any_of(
        performed, [&](const std::string& run) { return !is_cancelled(run) && !store.has_result(run); });
    if (element.state != "RUNNING" && !is_needed) elements.push_back(element.id());
  }
  slurm.cancel(elements);
}

}  // namespace pbn::slurm
