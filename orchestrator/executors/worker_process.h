// pbn_worker on this machine: started by mpirun, watched, and stopped when somebody stops us.
#pragma once

#include <signal.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// While it lives, SIGINT and SIGTERM are counted instead of ending us.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct sigaction interrupt_ {
  }, terminate_{};
};
bool stop_requested();

struct WorkerJob {
  int ranks = 1;
  std::vector<std::string> arguments;  // of pbn_worker
  std::filesystem::path log;           // what it prints is appended
  std::filesystem::path metrics;       // the JSON lines that it writes about itself
  int lease = -1;                      // a descriptor that it keeps open
};

class WorkerLauncher {
 public:
  // Throws environment errors when mpirun or pbn_worker, which lies beside pbn, is missing.
  WorkerLauncher();

  std::vector<std::string> command(const WorkerJob& job) const;

  // Its exit code. Every line that appears in job.metrics meanwhile is handed over. Once a stop is requested the worker
  // gets SIGUSR2 and has 30 s to save itself, then SIGTERM; a second request shortens that.
  int run(const WorkerJob& job, const std::function<void(const Json&)>& on_line) const;

 private:
  std::filesystem::path mpirun_, worker_;
};

// The pbn_worker beside this program. Throws an environment error when it is missing.
std::filesystem::path find_worker();

// Takes the lease, waiting a while for the worker of a killed pbn to be gone; false when somebody else keeps it.
bool take_or_wait_for_orphans(RunLease& lease);

// "was ended by SIGKILL", "could not use its data (exit code 65)"
std::string exit_code_in_words(int code);

std::uintmax_t size_or_zero(const std::filesystem::path& file);

// At most `count` of the lines that a log has gained since it had `from` bytes; of a progress bar its last state.
std::vector<std::string> last_lines(const std::filesystem::path& log, std::uintmax_t from, std::size_t count);

// On standard error, above a progress bar, which is drawn again.
void say_above_progress(const std::string& text);

}  // namespace pbn
