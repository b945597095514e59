// Who carries out a run. The lease is the newest attempt: attempts/NNNN in the run's folder, counted up from 0001.
// Whoever wants the run makes the next number, with all that is known of its owner in it already, by renaming a
// finished folder to it: on any file system exactly one process gets it.
//
// attempts/0001/ holds
// - meta.json: {"host", "boot", "pid", "pid_started", "began"} and what the owner adds (command, executor, ...)
// - heartbeat: a counter that the owner raises every 10 s
// - exit.json: {"code", "reason", "ended"}, once it has ended
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/shared_folder.h"

namespace pbn {

// A process, told apart from all others before and after it.
struct AttemptOwner {
  std::string host;
  std::string boot;  // the kernel's boot id and the process namespace: where the process id means something
  pid_t pid = 0;
  std::uint64_t pid_started = 0;  // clock ticks after boot; process ids come again

  static AttemptOwner this_process();
};

// Tells whether an attempt's owner lives. No two machines' clocks are compared.
class AttemptObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  explicit AttemptObserver(Duration patience = std::chrono::seconds(60)) : patience_(patience) {}

  // False once it has an exit.json or its owner is dead. An owner on this machine is known to be dead at once; one on
  // another is believed to live until its heartbeat has stood still for the observer's patience, on the observer's own
  // clock, so ask again with the same observer. At the first look it lives.
  bool is_live(const std::filesystem::path& attempt);

 private:
  struct Seen {
    std::string heartbeat;
    std::chrono::steady_clock::time_point since;
  };
  Duration patience_;
  std::map<std::filesystem::path, Seen> seen_;  // heartbeats of other machines
};

// The numbered folder with the highest number; nothing before the first attempt.
std::optional<std::filesystem::path> newest_attempt(const std::filesystem::path& run_folder);
int number_of(const std::filesystem::path& attempt);  // attempts/0012: 12

// Held by this process.
class AttemptLease {
 public:
  // Nothing when somebody else holds the run: a live attempt, or a worker that outlived its owner on this machine (it
  // keeps the descriptor of the lock open). `meta` is added to meta.json. Throws environment errors when the folder
  // cannot be written.
  static std::optional<AttemptLease> take(const std::filesystem::path& run_folder, Json meta,
                                          AttemptObserver& observer);

  int number() const { return number_; }
  const std::filesystem::path& folder() const { return folder_; }
  int descriptor() const { return lock_.descriptor(); }  // of the locked file `lease`, which the worker is to inherit

  void beat();  // at least every 10 s

  // Somebody believed us dead and took the run, or removed it: stop the worker, write nothing more.
  bool is_superseded() const;

  // exit.json, unless superseded. The run is free then.
  void end(int code, const std::string& reason);

 private:
  AttemptLease(std::filesystem::path folder, int number, FileLock lock)
      : folder_(std::move(folder)), number_(number), lock_(std::move(lock)) {}

  std::filesystem::path folder_;
  int number_;
  FileLock lock_;  // where the file system has no locks the attempts alone decide
  std::uint64_t beats_ = 0;
};

}  // namespace pbn
