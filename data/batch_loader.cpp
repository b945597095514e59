#include "data/batch_loader.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "data/augmentation.h"

namespace pbn {
namespace {

std::size_t crop_bytes(int side) { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3; }

// Fills batches; what it does depends on the numbers of the people and on nothing else.
class BatchMaker {
 public:
  BatchMaker(const PoseSet& set, const Viewing& viewing, int epoch) : set_(set), viewing_(viewing), epoch_(epoch) {}

  // Nothing when `stopped` before the end.
  std::optional<Batch> make(const std::vector<std::int64_t>& people, const std::atomic<bool>& stopped) const {
    Batch batch;
    batch.people = people;
    batch.pixels.resize(people.size() * crop_bytes(set_.input_pixels()));
    std::vector<std::uint8_t> crop;
    for (std::size_t place = 0; place < people.size(); ++place) {
      if (stopped) return std::nullopt;
      add(batch, place, crop);
    }
    return batch;
  }

 private:
  void add(Batch& batch, std::size_t place, std::vector<std::uint8_t>& crop) const {
    const std::int64_t number = batch.people[place];
    const Person& person = set_.person(number);
    const PoseFileInfo& info = set_.info(number);
    const View view = view_of(number, info);

    crop.resize(crop_bytes(info.crop_pixels()));
    set_.read_crop(number, crop);
    const std::size_t bytes = crop_bytes(set_.input_pixels());
    warp(crop, info.crop_pixels(), view, std::span(batch.pixels).subspan(place * bytes, bytes), set_.input_pixels());

    const SeenJoints seen = seen_joints(person, view, set_.skeleton());
    for (const auto& [x, y] : seen.joints) batch.joints.insert(batch.joints.end(), {x, y});
    batch.labelled.insert(batch.labelled.end(), seen.labelled.begin(), seen.labelled.end());
    batch.input_to_image.push_back(then(view.input_to_crop, person.crop_to_image));
  }

  View view_of(std::int64_t number, const PoseFileInfo& info) const {
    if (!viewing_.augment) return central_view(info, viewing_.scale, viewing_.flipped);
    const Random random(viewing_.seed, static_cast<std::uint32_t>(epoch_), static_cast<std::uint32_t>(number),
                        Purpose::augmentation);
    return augmented_view(info, *viewing_.augment, random);
  }

  const PoseSet& set_;
  Viewing viewing_;
  int epoch_;
};

}  // namespace

std::vector<std::int64_t> epoch_order(std::int64_t people, std::uint64_t seed, int epoch) {
  return permutation(people, Random(seed, static_cast<std::uint32_t>(epoch), 0, Purpose::order));
}

std::span<const std::int64_t> share_of_rank(std::span<const std::int64_t> global_batch, int rank, int ranks) {
  if (rank < 0 || rank >= ranks) throw bug_error("share of rank", "", "rank {} of {}", rank, ranks);
  const auto begin_of = [&](int of_rank) {
    return global_batch.size() * static_cast<std::size_t>(of_rank) / static_cast<std::size_t>(ranks);
  };
  return global_batch.subspan(begin_of(rank), begin_of(rank + 1) - begin_of(rank));
}

// Threads take the next batch that nobody has begun, if it is not too far ahead of the reader, and put it, or the
// error that it met, under its number.
struct BatchLoader::State {
  struct Outcome {
    std::optional<Batch> batch;
    std::exception_ptr error;
  };

  BatchMaker maker;
  std::vector<std::vector<std::int64_t>> batches;
  std::size_t ahead;  // batches that may be begun before the reader has taken the one under `taken`

  std::mutex mutex{};  // guards all below but `stopped`
  std::condition_variable finished_one{}, took_one{};
  std::map<std::size_t, Outcome> finished{};
  std::size_t begun = 0;
  std::size_t taken = 0;
  double seconds_waited = 0;
  std::atomic<bool> stopped = false;    // read between the people of a batch, without the mutex
  std::vector<std::jthread> threads{};  // last, so that they are joined before the rest goes

  ~State() {
    {
      const std::lock_guard lock(mutex);  // or a thread that has just looked would sleep over it
      stopped = true;
    }
    took_one.notify_all();
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      took_one.wait(lock, [&] { return stopped || begun == batches.size() || begun < taken + ahead; });
      if (stopped || begun == batches.size()) return;
      const std::size_t number = begun++;
      lock.unlock();
      Outcome outcome = attempt(batches[number]);
      lock.lock();
      finished.emplace(number, std::move(outcome));
      finished_one.notify_one();
    }
  }

  Outcome attempt(const std::vector<std::int64_t>& people) const {
    try {
      return {maker.make(people, stopped), nullptr};
    } catch (...) {
      return {std::nullopt, std::current_exception()};
    }
  }
};

BatchLoader::BatchLoader(const PoseSet& set, const Viewing& viewing, int epoch,
                         std::vector<std::vector<std::int64_t>> batches, int threads)
    : state_(new State{BatchMaker(set, viewing, epoch), std::move(batches), static_cast<std::size_t>(threads) + 2}) {
  if (threads < 1) throw usage_error("run.loader_threads", "", "{} is less than 1", threads);
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->work(); });
}

BatchLoader::~BatchLoader() = default;

std::optional<Batch> BatchLoader::next() {
  std::unique_lock lock(state_->mutex);
  if (state_->taken == state_->batches.size()) return std::nullopt;
  const auto asked = std::chrono::steady_clock::now();
  state_->finished_one.wait(lock, [&] { return state_->finished.contains(state_->taken); });
  state_->seconds_waited += std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();

  State::Outcome& outcome = state_->finished[state_->taken];
  if (outcome.error) std::rethrow_exception(outcome.error);
  std::optional<Batch> batch = std::move(outcome.batch);
  state_->finished.erase(state_->taken++);
  state_->took_one.notify_one();
  return batch;
}

double BatchLoader::seconds_waited() const {
  const std::lock_guard lock(state_->mutex);
  return state_->seconds_waited;
}

}  // namespace pbn
