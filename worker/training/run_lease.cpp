#include "worker/training/run_lease.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time.h"

namespace pbn::worker {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string this_process() {
  return canonical({{"host", host_name()}, {"kernel", boot_id()}, {"process", ::getpid()}, {"began", utc_now()}});
}

Json as_json(const std::string& holder) {
  Json parsed = Json::parse(holder, nullptr, false);
  return parsed.is_object() ? parsed : Json::object();
}

Error held_by_another(const fs::path& file) {
  const Json holder = as_json(first_line(file));
  return environment_error(file.parent_path().string(), "wait until it ends, or stop it, then start this one again",
                           "another pbn_worker is running this run: process {} on {}, since {}",
                           holder.value("process", 0), holder.value("host", "?"), holder.value("began", "?"));
}

FileLock locked_within(const fs::path& file, double seconds) {
  for (const auto start = Clock::now();; std::this_thread::sleep_for(std::chrono::milliseconds(50))) {
    if (auto lock = FileLock::try_to_take(file)) return *std::move(lock);
    if (Seconds(Clock::now() - start).count() > seconds) throw held_by_another(file);
  }
}

}  // namespace

RunLease::RunLease(const fs::path& folder, Times times)
    : file_(folder / "worker.lock"), lock_(locked_within(file_, times.wait)) {
  wait_for_holder_on_another_host(times);
  holder_ = this_process();
  const std::string content = holder_ + "\n" + std::string(12, '0') + "\n";
  if (::ftruncate(lock_.descriptor(), 0) != 0 ||
      ::pwrite(lock_.descriptor(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    throw environment_error(file_.string(), "free some space on that disk", "cannot write: {}", std::strerror(errno));
  }
  beating_ = std::jthread([this, times](const std::stop_token& stop) { beat(stop, times.between); });
}

RunLease::~RunLease() {
  beating_.request_stop();
  beating_.join();
  if (first_line(file_) == holder_) {  // so that other hosts do not wait for a beat
    const int ignored = ::ftruncate(lock_.descriptor(), 0);
    static_cast<void>(ignored);
  }
}

// Within one boot of one kernel the lock alone decides.
void RunLease::wait_for_holder_on_another_host(Times times) const {
  const Json holder = as_json(first_line(file_));
  if (!holder.contains("kernel") || (lock_.is_enforced() && holder["kernel"] == boot_id())) return;
  const std::string seen = read_file_if_there(file_).value_or("");
  for (const auto start = Clock::now(); Seconds(Clock::now() - start).count() < times.patience;) {
    std::this_thread::sleep_for(Seconds(times.between / 10));
    const std::string now = read_file_if_there(file_).value_or("");
    if (now.empty()) return;  // the holder has ended
    if (now != seen) throw held_by_another(file_);
  }
}

void RunLease::require_held() const {
  if (first_line(file_) == holder_) return;
  throw environment_error(file_.parent_path().string(), "",
                          "the run was taken over by another pbn_worker while this one had stalled: {}",
                          first_line(file_));
}

// Overwrites a line of constant length, which works on a full disk, too.
void RunLease::beat(const std::stop_token& stop, double between) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  for (std::int64_t beats = 1; !stop.stop_requested(); ++beats) {
    stopped.wait_for(lock, stop, Seconds(between), [] { return false; });
    const std::string line = fmt::format("{:012}\n", beats);
    if (first_line(file_) != holder_) return;
    const ssize_t ignored =
        ::pwrite(lock_.descriptor(), line.data(), line.size(), static_cast<off_t>(holder_.size()) + 1);
    static_cast<void>(ignored);
  }
}

}  // namespace pbn::worker
