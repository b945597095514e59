#include "data/loading/batch_loader.h"

#include "base/error.h"
#include "base/parallel.h"
#include "data/loading/augmentation.h"
#include "data/loading/warp.h"

namespace pbn::data {
namespace {

std::size_t crop_bytes(int side) { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3; }

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

// What is made depends only on the people's numbers, the viewing and the epoch.
struct BatchLoader::State {
  const PoseSet& set;
  const Viewing viewing;
  const int epoch;
  const std::vector<std::vector<std::int64_t>> batches;
  InOrder<Batch> made;

  State(const PoseSet& pose_set, const Viewing& views, int number, std::vector<std::vector<std::int64_t>> people,
        int threads)
      : set(pose_set),
        viewing(views),
        epoch(number),
        batches(std::move(people)),
        made(std::ssize(batches), threads, threads + 2,
             [this](std::int64_t index, const std::stop_token& stop) { return make(batches[index], stop); }) {}

  // Returns an unfinished batch after a request to stop.
  Batch make(const std::vector<std::int64_t>& people, const std::stop_token& stop) const {
    Batch batch;
    batch.people = people;
    batch.pixels.resize(people.size() * crop_bytes(set.input_pixels()));
    for (std::size_t place = 0; place < people.size() && !stop.stop_requested(); ++place) add(batch, place);
    return batch;
  }

  void add(Batch& batch, std::size_t place) const {
    const std::int64_t number = batch.people[place];
    const Person& person = set.person(number);
    const PoseFileInfo& info = set.info(number);
    const View view = view_of(number, info);

    thread_local std::vector<std::uint8_t> crop;  // reused, because fresh memory must be faulted in and zeroed
    crop.resize(crop_bytes(info.crop_pixels()));
    set.read_crop(number, window_of(view, info.crop_pixels(), set.input_pixels()), crop);
    const std::size_t bytes = crop_bytes(set.input_pixels());
    warp(crop, info.crop_pixels(), view, std::span(batch.pixels).subspan(place * bytes, bytes), set.input_pixels());

    const SeenJoints seen = seen_joints(person, view, set.skeleton());
    for (const auto& [x, y] : seen.joints) batch.joints.insert(batch.joints.end(), {x, y});
    batch.labelled.insert(batch.labelled.end(), seen.labelled.begin(), seen.labelled.end());
    batch.input_to_image.push_back(then(view.input_to_crop, person.crop_to_image));
  }

  View view_of(std::int64_t number, const PoseFileInfo& info) const {
    if (!viewing.augment) return central_view(info, viewing.scale, viewing.flipped);
    const Random random(viewing.seed, static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(number),
                        Purpose::augmentation);
    return augmented_view(info, *viewing.augment, random);
  }
};

BatchLoader::BatchLoader(const PoseSet& set, const Viewing& viewing, int epoch,
                         std::vector<std::vector<std::int64_t>> batches, int threads) {
  if (threads < 1) throw usage_error("run.loader_threads", "", "{} is less than 1", threads);
  state_ = std::make_unique<State>(set, viewing, epoch, std::move(batches), threads);
}

BatchLoader::~BatchLoader() = default;

std::optional<Batch> BatchLoader::next() { return state_->made.next(); }

double BatchLoader::seconds_waited() const { return state_->made.seconds_waited(); }

}  // namespace pbn::data
