#include "worker/watchdog/start_up_watch.h"

#include <algorithm>

#include "config/schema.h"
#include "worker/communication/ranks.h"

namespace pbn::worker {
namespace fs = std::filesystem;
namespace {

constexpr double minimum_seconds = 60;

double seconds_from(const Json& given) {
  const double seconds =
      given.is_number() ? given.get<double>() : config::find_key("run.watchdog")->default_value.get<double>();
  return seconds > 0 ? std::max(seconds, minimum_seconds) : 0;
}

}  // namespace

StartUpWatch::StartUpWatch(const fs::path& run_folder, const Json& given) : folder_(run_folder) {
  const LaunchedJob job = job_before_mpi();
  if (job.ranks < 2 || job.name.empty()) return;
  try {
    board_.emplace(folder_ / "starting", job.rank, job.ranks, job.name);
    watchdog_.emplace(*board_, seconds_from(given), [](const std::string& report) { end_stalled_job(report); });
  } catch (const Error&) {  // the next write into the folder reports the problem
  }
}

void StartUpWatch::end() {
  if (!board_) return;
  watchdog_.reset();
  board_.reset();
  std::error_code not_empty;
  fs::remove(folder_ / "starting", not_empty);
}

void StartUpWatch::remove_leftovers(const fs::path& run_folder) {
  std::error_code ignored;  // they are harmless
  fs::remove_all(run_folder / "starting", ignored);
}

}  // namespace pbn::worker
