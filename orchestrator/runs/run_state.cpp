#include "orchestrator/runs/run_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "base/files.h"
#include "base/parallel.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/metrics_tail.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr double longest_silence = 300;  // seconds; heartbeats come every 10, and file servers have clocks of their own

// Most of the time goes into waiting where the store is on the network.
constexpr std::size_t readers = 16;

std::optional<double> age_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return std::difftime(std::time(nullptr), status.st_mtime);
}

std::optional<double> seconds_since(const std::string& utc) {
  std::tm parts{};
  if (!::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts)) return {};
  return std::difftime(std::time(nullptr), ::timegm(&parts));
}

Json json_in(const fs::path& file) { return Json::parse(read_file_if_there(file).value_or(""), nullptr, false); }

std::string text_at(const Json& object, const char* key) {
  const Json& value = at_path(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

std::optional<double> number_at(const Json& object, const char* key) {
  const Json& value = at_path(object, key);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

RunProgress progress_in(const Json& line) {
  RunProgress progress{number_at(line, "epoch"),       number_at(line, "epochs"), number_at(line, "step"),
                       number_at(line, "steps"),       number_at(line, "loss"),   number_at(line, "images_per_second"),
                       number_at(line, "seconds_left")};
  if (at_path(line, "kind") == "epoch") {  // is over
    progress.step = progress.steps;
    progress.loss = number_at(line, "training_loss");
  }
  return progress;
}

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
  return AttemptObserver().is_live(attempt) && age_of(attempt / "heartbeat").value_or(0) < longest_silence;
}

// What the newest attempt says.
void add_attempt(RunFacts& facts, const fs::path& attempt) {
  const Json meta = json_in(attempt / "meta.json");
  facts.attempts = number_of(attempt);
  facts.host = text_at(meta, "host");
  facts.executor = text_at(meta, "executor");
  facts.slurm_job = text_at(meta, "slurm_job");
  facts.began = text_at(meta, "began");
  if (const Json exit = json_in(attempt / "exit.json"); exit.is_object()) {
    facts.ended = text_at(exit, "ended");
    facts.exit_code = static_cast<int>(number_at(exit, "code").value_or(70));
    facts.state = facts.exit_code == 75 ? RunState::requeued : RunState::failed;
    facts.reason = facts.exit_code == 0 ? "ended without a result of this run" : text_at(exit, "reason");
  } else if (seems_live(attempt)) {
    facts.state = RunState::running;
  } else {
    facts.state = RunState::lost;
    facts.reason = facts.host.empty() ? "its owner died without a word" : "its owner on " + facts.host + " is gone";
  }
}

// What lies there is no result, whatever the attempts say; the next one takes it away.
void add_damage(RunFacts& facts, const std::string& why) {
  const bool waits_for_its_next_attempt = facts.state == RunState::lost || facts.state == RunState::requeued;
  if (!waits_for_its_next_attempt) facts.state = RunState::failed;
  if (facts.reason.find(why) == std::string::npos) {
    facts.reason = waits_for_its_next_attempt && !facts.reason.empty() ? facts.reason + "; " + why : why;
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

}  // namespace

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
  if (run.empty()) return facts;  // its data files are not there yet
  const fs::path folder = store.folder(run);
  ResultVerdict verdict = store.verdict(run);
  std::optional<fs::path> attempt;
  if (!verdict.is_whole() || completed == CompletedRuns::with_attempts) attempt = newest_attempt(folder);
  if (!verdict.is_whole() && attempt) {
    add_attempt(facts, *attempt);
    if (facts.state != RunState::running) verdict = store.verdict(run);  // it may have ended since with a result
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

Json to_json(const RunFacts& facts) {
  Json progress = Json::object();
  const RunProgress& known = facts.progress;
  add(progress, "share", known.share());
  add(progress, "epoch", known.epoch);
  add(progress, "epochs", known.epochs);
  add(progress, "step", known.step);
  add(progress, "steps", known.steps);
  add(progress, "loss", known.loss);
  add(progress, "images_per_second", known.images_per_second);
  add(progress, "seconds_left", known.seconds_left);
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

}  // namespace pbn
