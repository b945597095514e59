#include "worker/watchdog/watchdog.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <tuple>

#include "base/error.h"
#include "base/output.h"
#include "worker/communication/ranks.h"
#include "worker/watchdog/launcher.h"

namespace pbn::worker {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int beats_between_readings = 3;  // every living rank has made at least one of them

bool is_silent(const std::vector<Activity>& before, const std::vector<Activity>& after, std::size_t rank) {
  return after[rank].beats == before[rank].beats;
}

std::string description_of(const Activity& activity) {
  if (activity.process == 0) return "which has not started";
  static const std::map<RankPhase, const char*> words{{RankPhase::starting, "starting"},
                                                      {RankPhase::training, "training"},
                                                      {RankPhase::validating, "validating"},
                                                      {RankPhase::saving, "saving a checkpoint"},
                                                      {RankPhase::writing_result, "writing the result"}};
  const auto found = words.find(activity.phase);
  return fmt::format("process {} on {}, {}: finished epoch {}, step {}, then requested {} sums{}", activity.process,
                     activity.host, found == words.end() ? "?" : found->second, activity.epoch, activity.step,
                     activity.sums, activity.is_waiting ? " and waits for the other ranks" : "");
}

// "rank 2 on node7, rank 3 on node7"
std::string names_of(const std::vector<std::size_t>& ranks, const std::vector<Activity>& all) {
  std::string text;
  for (const std::size_t rank : ranks) {
    const std::string place = all[rank].process == 0 ? "" : " on " + all[rank].host;
    text += fmt::format("{}rank {}{}", text.empty() ? "" : ", ", rank, place);
  }
  return text;
}

template <typename Predicate>
std::vector<std::size_t> ranks_that(std::size_t count, const Predicate& is_wanted) {
  std::vector<std::size_t> ranks;
  for (std::size_t rank = 0; rank < count; ++rank) {
    if (is_wanted(rank)) ranks.push_back(rank);
  }
  return ranks;
}

// Names the ranks for which the others wait, with the evidence.
std::string cause_of_standstill(const std::vector<Activity>& before, const std::vector<Activity>& after) {
  const std::size_t count = after.size();
  const auto silent = ranks_that(count, [&](std::size_t rank) { return is_silent(before, after, rank); });
  if (!silent.empty()) {
    return fmt::format("no sign of life from {}: stopped, dead, or its host cut off", names_of(silent, after));
  }
  const auto busy = ranks_that(count, [&](std::size_t rank) { return !after[rank].is_waiting; });
  if (!busy.empty() && busy.size() < count) return fmt::format("the others wait for {}", names_of(busy, after));
  const auto place = [&](std::size_t rank) {
    return std::tuple(after[rank].epoch, after[rank].step, after[rank].sums);
  };
  std::size_t first = 0;
  for (std::size_t rank = 0; rank < count; ++rank) first = place(rank) > place(first) ? rank : first;
  const auto behind = ranks_that(count, [&](std::size_t rank) { return place(rank) < place(first); });
  if (!behind.empty()) return fmt::format("behind the others: {}", names_of(behind, after));
  if (busy.size() == count) return "no rank waits for another: each one has stalled on its own";
  return "every rank waits for the same sum: messages between the hosts do not arrive";
}

}  // namespace

std::string describe_standstill(const std::vector<Activity>& before, const std::vector<Activity>& after,
                                double seconds) {
  std::string text =
      fmt::format("no progress for {:g} s (run.watchdog); {}\n", seconds, cause_of_standstill(before, after));
  for (std::size_t rank = 0; rank < after.size(); ++rank) {
    text += fmt::format("  rank {}, {}{}\n", rank, description_of(after[rank]),
                        is_silent(before, after, rank) ? "; no sign of life" : "");
  }
  return text;
}

Watchdog::Watchdog(ActivityBoard& board, double seconds, std::function<void(const std::string&)> give_up)
    : board_(board), seconds_(seconds), give_up_(std::move(give_up)) {
  if (seconds_ > 0) thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Watchdog::~Watchdog() = default;

void Watchdog::watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  const Seconds between_beats(std::clamp(seconds_ / 20, 0.05, 10.0));
  const auto beat = [&] {  // false: the run is over
    board_.beat();
    stopped.wait_for(lock, stop, between_beats, [] { return false; });
    return !stop.stop_requested();
  };
  auto progress = board_.progress();
  auto last_progress = Clock::now();
  while (beat()) {
    const auto now = Clock::now();
    if (std::exchange(progress, board_.progress()) != progress) last_progress = now;
    if (Seconds(now - last_progress).count() < seconds_) continue;
    const std::vector<Activity> before = board_.read();
    for (int i = 0; i < beats_between_readings; ++i) {
      if (!beat()) return;
    }
    const std::vector<Activity> after = board_.read();
    if (board_.progress() != progress) continue;  // this process itself had been stopped
    std::size_t speaker = 0;
    while (speaker < after.size() && is_silent(before, after, speaker)) ++speaker;
    const double longest = seconds_ + 20 * between_beats.count();  // after that the speaker has failed, too
    if (speaker == static_cast<std::size_t>(board_.rank()) || Seconds(now - last_progress).count() > longest) {
      give_up_(describe_standstill(before, after, seconds_));
      return;
    }
  }
}

void end_stalled_job(const std::string& report, const std::function<void()>& keep_report) {
  print_to_stderr("pbn_worker: " + report);
  end_launcher_after(10);
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    std::_Exit(static_cast<int>(Blame::bug));
  }).detach();
  if (keep_report) keep_report();
  abort_job(static_cast<int>(Blame::bug));
}

}  // namespace pbn::worker
