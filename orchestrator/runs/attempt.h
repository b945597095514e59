// Attempts at a run, and the lease of a run. The newest attempt holds the lease: attempts/NNNN in the run's folder,
// numbered from 0001. A process takes the lease by renaming a complete folder to the next number, so on any file system
// exactly one process gets it.
//
// attempts/0001/ contains
// - meta.json: {"host", "boot", "pid", "pid_started", "began"} and the owner's additions (command, executor, ...)
// - heartbeat: a counter that the owner increments every 10 s
// - exit.json: {"code", "reason", "ended"}, once the attempt has ended
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/shared_folder.h"

namespace pbn::runs {

// Identifies a process, also after its process id has been reused.
struct AttemptOwner {
  std::string host;
  std::string boot;  // the kernel's boot id and the process namespace, in which the process id is valid
  pid_t pid = 0;
  std::uint64_t pid_started = 0;  // clock ticks after boot

  static AttemptOwner this_process();
};

// Decides whether an attempt's owner is alive. Never compares the clocks of two machines.
class AttemptObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  explicit AttemptObserver(Duration patience = std::chrono::seconds(60)) : patience_(patience) {}

  // False once the attempt has an exit.json or its owner is dead. The death of an owner on this machine is noticed at
  // once. An owner on another machine counts as alive until its heartbeat has not changed for `patience` on this
  // observer's clock, and so always at the first call; call again with the same observer.
  bool is_live(const std::filesystem::path& attempt);

 private:
  struct Seen {
    std::string heartbeat;
    std::chrono::steady_clock::time_point since;
  };
  Duration patience_;
  std::map<std::filesystem::path, Seen> seen_;  // heartbeats of other machines
};

// In the reason of an attempt that was stopped, with code 75, before its worker had saved its state.
inline constexpr const char* not_saved = "before it could save itself";

// The folders of a run's attempts, oldest first.
std::vector<std::filesystem::path> attempts_at(const std::filesystem::path& run_folder);
std::optional<std::filesystem::path> newest_attempt(const std::filesystem::path& run_folder);
bool has_live_attempt(const std::filesystem::path& run_folder);
int number_of(const std::filesystem::path& attempt);  // 12 for attempts/0012

// The lease of a run, held by this process.
class AttemptLease {
 public:
  // Nothing if the run is held by a live attempt, or by a worker that outlived its owner on this machine and keeps the
  // lock's descriptor open. `meta` is added to meta.json. Throws environment errors when the folder cannot be written.
  static std::optional<AttemptLease> take(const std::filesystem::path& run_folder, Json meta,
                                          AttemptObserver& observer);

  int number() const { return number_; }
  const std::filesystem::path& folder() const { return folder_; }
  int descriptor() const { return lock_.descriptor(); }  // of the locked file `lease`, for the worker to inherit

  void beat();  // call it at least every 10 s

  // Another process took or removed the run because it considered this one dead: stop the worker, write nothing more.
  bool is_superseded() const;

  // Writes exit.json, unless superseded, and thereby frees the run.
  void end(int code, const std::string& reason);

 private:
  AttemptLease(std::filesystem::path folder, int number, FileLock lock)
      : folder_(std::move(folder)), number_(number), lock_(std::move(lock)) {}

  std::filesystem::path folder_;
  int number_;
  FileLock lock_;  // on file systems without locks, the attempt folders alone decide
  std::uint64_t beats_ = 0;
};

}  // namespace pbn::runs
