#include "orchestrator/runs/run_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "base/error.h"
#include "base/parallel.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/metrics_tail.h"
#include "orchestrator/runs/shortage.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr double max_heartbeat_age = 300;  // seconds; heartbeats come every 10 s, but a file server's clock may differ

constexpr std::size_t readers = 16;  // threads; on a network store they mostly wait

std::optional<double> age_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return std::difftime(std::time(nullptr), status.st_mtime);
}

std::optional<double> seconds_since(const std::string& utc) {
  const auto time = time_from(utc);
  return time ? std::optional(std::difftime(std::time(nullptr), *time)) : std::nullopt;
}

constexpr std::pair<const char*, std::optional<double> RunProgress::*> progress_fields[] = {
    {"epoch", &RunProgress::epoch},
    {"epochs", &RunProgress::epochs},
    {"step", &RunProgress::step},
    {"steps", &RunProgress::steps},
    {"loss", &RunProgress::loss},
    {"images_per_second", &RunProgress::images_per_second},
    {"seconds_left", &RunProgress::seconds_left}};

RunProgress progress_of(const fs::path& folder, const RunFacts& facts) {
  const fs::path metrics = folder / "metrics.jsonl";
  RunProgress progress = progress_in(newest_progress(metrics));
  const auto elapsed = seconds_since(facts.began);
  if (facts.state != RunState::running) {
    progress.seconds_left = progress.images_per_second = {};
  } else if (progress.seconds_left) {
    progress.seconds_left = std::max(0.0, *progress.seconds_left - age_of(metrics).value_or(0));
  } else if (const auto share = progress.share(); share && *share > 0 && elapsed && facts.attempts == 1) {
    progress.seconds_left = *elapsed * (1 - *share) / *share;
  }
  return progress;
}

bool seems_live(const fs::path& attempt) {
  return AttemptObserver().is_live(attempt) && age_of(attempt / "heartbeat").value_or(0) < max_heartbeat_age;
}

void add_attempt(RunFacts& facts, const fs::path& attempt) {
  const Json meta = object_in(attempt / "meta.json");
  facts.attempts = number_of(attempt);
  facts.host = text_at(meta, "host");
  facts.executor = text_at(meta, "executor");
  facts.slurm_job = text_at(meta, "slurm_job");
  facts.began = text_at(meta, "began");
  if (const Json exit = object_in(attempt / "exit.json"); !exit.empty()) {
    facts.ended = text_at(exit, "ended");
    facts.exit_code = static_cast<int>(number_at(exit, "code").value_or(70));
    facts.state = facts.exit_code == 75 ? RunState::requeued : RunState::failed;
    facts.reason = facts.exit_code == 0 ? "ended without a result of this run" : text_at(exit, "reason");
  } else if (seems_live(attempt)) {
    facts.state = RunState::running;
  } else {
    facts.state = RunState::lost;
    facts.reason = facts.host.empty() ? "its owner died" : "its owner on " + facts.host + " died";
  }
}

// A damaged result makes the run failed, unless the next attempt will replace the result anyway.
void add_damage(RunFacts& facts, const std::string& why) {
  const bool awaits_next_attempt = facts.state == RunState::lost || facts.state == RunState::requeued;
  if (!awaits_next_attempt) facts.state = RunState::failed;
  if (facts.reason.find(why) == std::string::npos) {
    facts.reason = awaits_next_attempt && !facts.reason.empty() ? facts.reason + "; " + why : why;
  }
  facts.damage = why;
}

template <typename Number>
void add(Json& object, const char* key, const std::optional<Number>& value) {
  if (value) object[key] = *value;
}

void add(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

std::string ending_of(const Json& attempt, bool is_running) {
  const Json& code = at_path(attempt, "exit.code");
  if (!code.is_number_integer()) return is_running ? "is running" : "was killed, or its machine died";
  const std::string reason = text_at(attempt, "exit.reason");
  return reason.empty() ? exit_code_in_words(code) : reason;
}

}  // namespace

RunProgress progress_in(const Json& line) {
  RunProgress progress;
  for (const auto& [name, field] : progress_fields) progress.*field = number_at(line, name);
  if (at_path(line, "kind") == "epoch") {  // written at the end of an epoch
    progress.step = progress.steps;
    progress.loss = number_at(line, "training_loss");
  }
  return progress;
}

const char* word_of(RunState state) {
  static constexpr const char* words[run_states] = {"pending", "submitted", "running",   "requeued",
                                                    "lost",    "failed",    "completed", "cancelled"};
  return words[static_cast<int>(state)];
}

std::optional<double> RunProgress::share() const {
  if (!epoch || !epochs || *epochs <= 0) {
    return step && steps && *steps > 0 ? std::optional(std::clamp(*step / *steps, 0.0, 1.0)) : std::nullopt;
  }
  const double of_epoch = step && steps && *steps > 0 ? *step / *steps : 0;
  return std::clamp((*epoch - 1 + of_epoch) / *epochs, 0.0, 1.0);
}

RunFacts facts_of(const RunStore& store, const std::string& run, const SubmittedRuns& submitted,
                  CompletedRuns completed) {
  RunFacts facts;
  if (run.empty()) return facts;  // its data files are missing
  const fs::path folder = store.folder(run);
  ResultVerdict verdict = store.verdict(run);
  std::optional<fs::path> attempt;
  if (!verdict.is_whole() || completed == CompletedRuns::with_attempts) attempt = newest_attempt(folder);
  if (!verdict.is_whole() && attempt) {
    add_attempt(facts, *attempt);
    if (facts.state != RunState::running) verdict = store.verdict(run);  // it may have completed meanwhile
  }
  if (verdict.is_whole()) {
    facts = RunFacts();
    facts.state = RunState::completed;
    if (attempt) facts.attempts = number_of(*attempt);
    return facts;
  }
  if (attempt) {
    facts.progress = progress_of(folder, facts);
  } else if (const auto job = submitted.find(run); job != submitted.end()) {
    facts.state = RunState::submitted;
    facts.slurm_job = job->second;
  }
  if (facts.state == RunState::running) return facts;
  if (verdict.is_damaged()) add_damage(facts, verdict.why);
  if (fs::exists(folder / "cancelled")) facts.state = RunState::cancelled;
  return facts;
}

std::vector<RunFacts> facts_of(const RunStore& store, const std::vector<std::string>& runs,
                               const SubmittedRuns& submitted, CompletedRuns completed) {
  std::vector<RunFacts> facts(runs.size());
  in_parallel(runs.size(), std::min(readers, runs.size() / 64),
              [&](std::size_t i) { facts[i] = facts_of(store, runs[i], submitted, completed); });
  return facts;
}

RunWork work_of(const fs::path& run_folder) {
  RunWork work;
  for (const fs::path& attempt : attempts_at(run_folder)) {
    const Json meta = object_in(attempt / "meta.json");
    work.host = text_at(meta, "host");
    const auto began = time_from(text_at(meta, "began")),
               ended = time_from(text_at(object_in(attempt / "exit.json"), "ended"));
    if (began && ended) work.seconds = work.seconds.value_or(0) + std::max(0.0, std::difftime(*ended, *began));
  }
  return work;
}

Json attempt_history(const fs::path& run_folder, const RunFacts& facts) {
  const std::vector<fs::path> folders = attempts_at(run_folder);
  Json attempts = Json::array();
  for (const fs::path& folder : folders) {
    Json attempt = object_in(folder / "meta.json");
    attempt["attempt"] = folder.filename().string();
    Json exit = object_in(folder / "exit.json");
    if (!exit.empty()) attempt["exit"] = std::move(exit);
    attempt["how"] = ending_of(attempt, facts.state == RunState::running && folder == folders.back());
    if (const auto shortage = shortage_of(folder)) {
      attempt["how"] = fmt::format("{}; {}", text_at(attempt, "how"), in_words(*shortage));
    }
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

Json to_json(const RunFacts& facts) {
  Json progress = Json::object();
  const RunProgress& known = facts.progress;
  add(progress, "share", known.share());
  for (const auto& [name, field] : progress_fields) add(progress, name, known.*field);
  Json object = {{"state", word_of(facts.state)}, {"attempts", facts.attempts}};
  if (!progress.empty()) object["progress"] = std::move(progress);
  add(object, "reason", facts.reason);
  add(object, "exit_code", facts.exit_code);
  add(object, "host", facts.host);
  add(object, "executor", facts.executor);
  add(object, "slurm_job", facts.slurm_job);
  add(object, "began", facts.began);
  add(object, "ended", facts.ended);
  return object;
}

}  // namespace pbn::runs
