#include "worker/watchdog/watchdog.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <tuple>

namespace pbn {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int looks_apart = 3;  // beats between two looks: one of them every living rank has made

bool is_silent(const std::vector<Activity>& before, const std::vector<Activity>& after, std::size_t rank) {
  return after[rank].beats == before[rank].beats;
}

std::string description_of(const Activity& activity) {
  if (activity.process == 0) return "which has told nothing";
  static const std::map<Doing, const char*> words{{Doing::starting, "starting"},
                                                  {Doing::training, "training"},
                                                  {Doing::validating, "validating"},
                                                  {Doing::saving, "saving a checkpoint"},
                                                  {Doing::writing_result, "writing the result"}};
  const auto found = words.find(activity.doing);
  return fmt::format("process {} on {}, {}: finished epoch {}, step {}, then asked for {} sums{}", activity.process,
                     activity.host, found == words.end() ? "?" : found->second, activity.epoch, activity.step,
                     activity.sums, activity.waits ? " and waits for the other ranks" : "");
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

template <typename IsMissing>
std::vector<std::size_t> ranks_that(std::size_t count, const IsMissing& is_missing) {
  std::vector<std::size_t> ranks;
  for (std::size_t rank = 0; rank < count; ++rank) {
    if (is_missing(rank)) ranks.push_back(rank);
  }
  return ranks;
}

// Who the others wait for, and why it is believed.
std::string accusation(const std::vector<Activity>& before, const std::vector<Activity>& after) {
  const std::size_t count = after.size();
  const auto silent = ranks_that(count, [&](std::size_t rank) { return is_silent(before, after, rank); });
  if (!silent.empty()) {
    return fmt::format("no sign of life from {}: stopped, dead, or its host cut off", names_of(silent, after));
  }
  const auto busy = ranks_that(count, [&](std::size_t rank) { return !after[rank].waits; });
  if (!busy.empty() && busy.size() < count) return fmt::format("the others wait for {}", names_of(busy, after));
  const auto place = [&](std::size_t rank) {
    return std::tuple(after[rank].epoch, after[rank].step, after[rank].sums);
  };
  std::size_t first = 0;
  for (std::size_t rank = 0; rank < count; ++rank) first = place(rank) > place(first) ? rank : first;
  const auto behind = ranks_that(count, [&](std::size_t rank) { return place(rank) < place(first); });
  if (!behind.empty()) return fmt::format("behind the others: {}", names_of(behind, after));
  if (busy.size() == count) return "no rank waits for another: every one of them stands still by itself";
  return "every rank waits for the same sum: messages between the hosts do not arrive";
}

}  // namespace

std::string describe_standstill(const std::vector<Activity>& before, const std::vector<Activity>& after,
                                double seconds) {
  std::string text = fmt::format("no progress for {:g} s (run.watchdog); {}\n", seconds, accusation(before, after));
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
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  const Seconds between_beats(std::clamp(seconds_ / 20, 0.05, 10.0));
  const auto beat = [&] {  // false: the run is over
    board_.beat();
    wakened.wait_for(lock, stop, between_beats, [] { return false; });
    return !stop.stop_requested();
  };
  auto moves = board_.moves();
  auto moved = Clock::now();
  while (beat()) {
    const auto now = Clock::now();
    if (std::exchange(moves, board_.moves()) != moves) moved = now;
    if (Seconds(now - moved).count() < seconds_) continue;
    const std::vector<Activity> before = board_.read();
    for (int i = 0; i < looks_apart; ++i) {
      if (!beat()) return;
    }
    const std::vector<Activity> after = board_.read();
    std::size_t speaker = 0;
    while (speaker < after.size() && is_silent(before, after, speaker)) ++speaker;
    const double longest = seconds_ + 20 * between_beats.count();  // then the speaker has failed too
    if (board_.moves() != moves) continue;                         // this process was stopped itself, and goes on
    if (speaker == static_cast<std::size_t>(board_.rank()) || Seconds(now - moved).count() > longest) {
      give_up_(describe_standstill(before, after, seconds_));
      return;
    }
  }
}

}  // namespace pbn
