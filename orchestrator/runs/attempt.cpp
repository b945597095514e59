#include "orchestrator/runs/attempt.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"
#include "base/time.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// State and start time of a process (proc(5)); nothing if there is no such process.
struct ProcessFacts {
  char state = 0;
  std::uint64_t started = 0;
};
std::optional<ProcessFacts> facts_of(pid_t process) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", process));
  const auto name_end = line.rfind(')');  // the program's name may contain brackets and spaces
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  ProcessFacts facts;
  fields >> facts.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> facts.started;
  return fields ? std::optional(facts) : std::nullopt;
}

bool is_alive(const AttemptOwner& owner) {
  const auto facts = facts_of(owner.pid);
  return facts && facts->started == owner.pid_started && facts->state != 'Z' && facts->state != 'X';
}

std::optional<AttemptOwner> owner_of(const fs::path& attempt) {
  const Json meta = object_in(attempt / "meta.json");
  try {
    return AttemptOwner{meta.at("host"), meta.at("boot"), meta.at("pid"), meta.at("pid_started")};
  } catch (const Json::exception&) {
    return {};
  }
}

fs::path attempt_folder(const fs::path& run_folder, int number) {
  return run_folder / "attempts" / fmt::format("{:04}", number);
}

// Overwrites the same bytes, so that heartbeats also work on a full disk.
void write_heartbeat(const fs::path& attempt, std::uint64_t beats) {
  std::fstream file(attempt / "heartbeat", beats == 0 ? std::ios::out : std::ios::in | std::ios::out);
  file << fmt::format("{:012}\n", beats);
}

// Makes attempts/NNNN in one step. False if another process was faster.
bool make_attempt(const fs::path& folder, const Json& meta) {
  const TemporaryPath unfinished(folder.parent_path() /
                                 fmt::format(".{}.{}-{}.tmp", folder.filename().string(), host_name(), ::getpid()));
  make_writable_folder(unfinished.path());
  write_json(unfinished.path() / "meta.json", meta, Durability::cached);
  write_heartbeat(unfinished.path(), 0);
  if (::rename(unfinished.path().c_str(), folder.c_str()) == 0) return true;
  if (errno == EEXIST || errno == ENOTEMPTY) return false;
  throw environment_error(folder.string(), "", "cannot make this folder: {}", std::strerror(errno));
}

}  // namespace

AttemptOwner AttemptOwner::this_process() {
  const std::string processes = fs::read_symlink("/proc/self/ns/pid").string();  // "pid:[4026531836]"
  const auto facts = facts_of(::getpid());
  return {host_name(), boot_id() + " " + processes, ::getpid(), facts ? facts->started : 0};
}

bool AttemptObserver::is_live(const fs::path& attempt) {
  const auto owner = owner_of(attempt);
  if (!owner || fs::exists(attempt / "exit.json")) return false;
  static const AttemptOwner here = AttemptOwner::this_process();
  if (owner->host == here.host && owner->boot == here.boot) return is_alive(*owner);
  const auto now = std::chrono::steady_clock::now();
  const std::string heartbeat = first_line(attempt / "heartbeat");
  const auto [seen, is_new] = seen_.try_emplace(attempt, Seen{heartbeat, now});
  if (seen->second.heartbeat != heartbeat) seen->second = {heartbeat, now};
  return now - seen->second.since < patience_;
}

std::vector<fs::path> attempts_at(const fs::path& run_folder) {
  std::error_code missing;
  std::vector<fs::path> attempts;
  for (const auto& entry : fs::directory_iterator(run_folder / "attempts", missing)) {
    const std::string name = entry.path().filename().string();
    const bool is_attempt =
        name.size() >= 4 && name.size() <= 9 && name.find_first_not_of("0123456789") == std::string::npos;
    if (is_attempt) attempts.push_back(entry.path());
  }
  std::sort(attempts.begin(), attempts.end(),
            [](const fs::path& a, const fs::path& b) { return number_of(a) < number_of(b); });
  return attempts;
}

std::optional<fs::path> newest_attempt(const fs::path& run_folder) {
  const std::vector<fs::path> attempts = attempts_at(run_folder);
  return attempts.empty() ? std::nullopt : std::optional(attempts.back());
}

bool has_live_attempt(const fs::path& run_folder) {
  const auto attempt = newest_attempt(run_folder);
  return attempt && AttemptObserver().is_live(*attempt);
}

int number_of(const fs::path& attempt) { return std::stoi(attempt.filename().string()); }

std::optional<AttemptLease> AttemptLease::take(const fs::path& run_folder, Json meta, AttemptObserver& observer) {
  make_writable_folder(run_folder / "attempts");
  auto lock = FileLock::try_to_take(run_folder / "lease");
  if (!lock) return {};
  const auto newest = newest_attempt(run_folder);
  const int number = newest ? number_of(*newest) + 1 : 1;
  AttemptLease attempt(attempt_folder(run_folder, number), number, *std::move(lock));
  if (newest && observer.is_live(*newest)) return {};
  const AttemptOwner owner = AttemptOwner::this_process();
  meta.update({{"host", owner.host},
               {"boot", owner.boot},
               {"pid", owner.pid},
               {"pid_started", owner.pid_started},
               {"began", utc_now()}});
  if (!make_attempt(attempt.folder_, meta)) return {};
  return attempt;
}

void AttemptLease::beat() {
  if (!is_superseded()) write_heartbeat(folder_, ++beats_);
}

bool AttemptLease::is_superseded() const {
  return fs::exists(attempt_folder(folder_.parent_path().parent_path(), number_ + 1)) ||
         !fs::exists(folder_ / "meta.json");
}

void AttemptLease::end(int code, const std::string& reason) {
  if (is_superseded()) return;
  write_json(folder_ / "exit.json", {{"code", code}, {"reason", reason}, {"ended", utc_now()}}, Durability::cached);
}

}  // namespace pbn::runs
