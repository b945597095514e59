#include "orchestrator/slurm/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/executors/run_attempt.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr int most_without_headway = 20;  // attempts of a run that is only ever interrupted

WorkerTask task_of(const SlurmElement& element, const RunStore& store, const std::vector<std::string>& launcher) {
  WorkerTask task;
  task.name = element.name;
  task.folder = store.folder(element.run);
  task.config = element.config;
  task.command = launcher;
  const std::vector<std::string> worker = element.worker.empty() ? std::vector{find_worker().string()} : element.worker;
  task.command.insert(task.command.end(), worker.begin(), worker.end());
  task.command.insert(task.command.end(), {"--run", task.folder.string()});
  task.environment = mpirun_environment();
  task.meta = {{"executor", "slurm"}, {"slurm_job", own_slurm_element().value_or("")}};
  task.time_to_save = std::chrono::seconds(element.seconds_to_save);
  task.verdict = [&store, &element] { return store.verdict(element.run); };
  return task;
}

// What became of its attempts since the run was handed over, however often it was queued again since then.
struct Attempts {
  int all = 0;
  int failed = 0;  // those that were lost are nobody's fault
};

Attempts attempts_of(const SlurmElement& element, const RunStore& store) {
  Attempts attempts;
  std::error_code missing;
  for (const auto& attempt : fs::directory_iterator(store.folder(element.run) / "attempts", missing)) {
    if (std::atoi(attempt.path().filename().c_str()) <= element.attempts_before) continue;
    ++attempts.all;
    if (!fs::exists(attempt.path() / "exit.json")) continue;
    const Json exit = Json::parse(read_file(attempt.path() / "exit.json"), nullptr, false);
    const int code = exit.is_object() ? exit.value("code", 0) : 0;
    attempts.failed += code != 0 && code != 75;
  }
  return attempts;
}

bool may_be_tried_again(const EndedAttempt& end, const SlurmElement& element, const RunStore& store) {
  const Attempts attempts = attempts_of(element, store);
  if (end.ending != AttemptEnding::failed) return end.made_headway || attempts.all <= most_without_headway;
  const bool may_succeed_later = end.code != 64 && end.code != 65;
  return may_succeed_later && attempts.failed <= element.retries;
}

// The sweep's folder is three above its lists: slurm/chunk-001/runs.jsonl.
void submit_again(const fs::path& list, int index, const std::string& run) {
  const fs::path chunk = list.parent_path(), sweep_folder = chunk.parent_path().parent_path();
  const std::string name = fmt::format("slurm/{}", chunk.filename().string());
  SlurmSubmitter submitter(sweep_folder);
  const std::string job = submitter.submit(
      {"", name, {run}, index}, {fmt::format("--array={}", index), "--output=" + name + "/%a.log"}, chunk / "array.sh");
  // The report that waits for the array does not wait for this one: it is made again.
  const std::vector<Submission> submissions = submitter.journal().read();
  const auto report = std::find_if(submissions.rbegin(), submissions.rend(),
                                   [](const Submission& submission) { return submission.runs.empty(); });
  if (report == submissions.rend()) return;
  submitter.submit({"", report->chunk, {}}, {"--dependency=afterany:" + job}, "report.sh");
}

void queue_again(const fs::path& list, int index, const std::string& run) {
  const auto element = own_slurm_element();
  if (!element) return;  // started by hand
  const Slurm slurm;
  // A job that is being cancelled, preempted or has come to its time limit is Slurm's to decide on; queuing it again
  // would bring back what somebody has cancelled.
  if (slurm.state(*element) != "RUNNING") return;
  std::fflush(nullptr);
  if (!slurm.requeue(*element)) submit_again(list, index, run);
}

}  // namespace

void write_elements(const fs::path& list, const std::vector<SlurmElement>& elements) {
  std::string lines;
  for (const SlurmElement& element : elements) {
    lines += canonical({{"run", element.run},
                        {"name", element.name},
                        {"store", element.store.string()},
                        {"config", element.config},
                        {"worker", element.worker},
                        {"retries", element.retries},
                        {"attempts_before", element.attempts_before},
                        {"seconds_to_save", element.seconds_to_save}}) +
             "\n";
  }
  write_atomically(list, lines);
}

SlurmElement read_element(const fs::path& list, int index) {
  std::ifstream lines(list, std::ios::binary);
  if (!lines) throw usage_error(list.string(), "pbn submit writes such lists", "cannot be read");
  std::string line;
  for (int i = 0; i <= index; ++i) {
    if (std::getline(lines, line)) continue;
    throw usage_error(list.string(), "", "has no element {}; elements are counted from 0", index);
  }
  const std::string where = fmt::format("{}:{}", list.string(), index + 1);
  const Json values = parse_json(line, where);
  try {
    return {
        values.at("run"),    values.at("name"),    values.at("store").get<std::string>(), values.at("config"),
        values.at("worker"), values.at("retries"), values.at("attempts_before"),          values.at("seconds_to_save")};
  } catch (const Json::exception&) {
    throw data_error(where, "pbn submit writes it again", "is not an element of an array");
  }
}

int work_on_element(const fs::path& list, int index, const std::vector<std::string>& launcher) {
  const SlurmElement element = read_element(list, index);
  const RunStore store(element.store);
  make_writable_folder(store.folder(element.run));
  fmt::print("{}, run {}\n", element.name, element.run.substr(0, 12));
  const EndedAttempt end = attempt_run(task_of(element, store, launcher));
  fmt::print("{}: {}\n", element.name, end.reason);
  switch (end.ending) {
    case AttemptEnding::finished:
    case AttemptEnding::was_finished:
    case AttemptEnding::cancelled:
    case AttemptEnding::superseded:
      return 0;
    case AttemptEnding::saved:
    case AttemptEnding::interrupted:
    case AttemptEnding::failed:
      if (may_be_tried_again(end, element, store)) queue_again(fs::absolute(list), index, element.run);
      return end.ending == AttemptEnding::failed ? end.code : 75;
  }
  return 70;
}

}  // namespace pbn
