// Batches for one rank: read, warped and ready, by threads that work ahead of the training loop.
#pragma once

#include <boost/core/noinit_adaptor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/run_config.h"
#include "data/pose_file/pose_set.h"

namespace pbn {

// The order of an epoch: a permutation that depends on (seed, epoch) alone. Epochs count from 1.
std::vector<std::int64_t> epoch_order(std::int64_t people, std::uint64_t seed, int epoch);

// A rank's share of one global batch: contiguous, sizes differ by at most one, every entry in exactly one share.
std::span<const std::int64_t> share_of_rank(std::span<const std::int64_t> global_batch, int rank, int ranks);

// Bytes that are all written after they were made, hence not zeroed before.
using Pixels = std::vector<std::uint8_t, boost::noinit_adaptor<std::allocator<std::uint8_t>>>;

// What one step of one rank works on.
struct Batch {
  std::vector<std::int64_t> people;    // (B) numbers in the set
  Pixels pixels;                       // (B, P, P, 3) RGB, NHWC
  std::vector<float> joints;           // (B, K, 2) input pixels
  std::vector<std::uint8_t> labelled;  // (B, K)
  std::vector<Affine> input_to_image;  // (B) input pixels -> pixels of the photograph
};

// How the people of a batch are seen.
struct Viewing {
  std::optional<Augmentation> augment;  // training; without it the central view
  std::uint64_t seed = 0;               // of the augmentation
  double scale = 1;                     // of the central view
  bool flipped = false;                 // of the central view
};

// For example:
//   BatchLoader loader(set, viewing, epoch, batches, threads);   // batches: person numbers, batch by batch
//   while (std::optional<Batch> batch = loader.next()) train_on(*batch);
// Batches come in order and have the same bytes for any number of threads.
//
// Resident memory, whatever the size of the pose files, which are read piece by piece: threads + 2 batches ahead and
// the one being trained on, of 3 P^2 bytes per person, and for each thread one crop of 3 S^2 bytes and one JPEG.
//   (threads + 3) * B * 3 P^2 + threads * (3 S^2 + largest JPEG)
// Two threads, B = 16, P = 256, S = 448: 15.7 + 1.2 MB; with what the allocator keeps of batches that were let go,
// 20 MB were measured, and 43 with four threads. The pose set itself holds about 1 kB per person.
//
// An error in a thread is thrown by the next() that would have returned its batch, and by every later one. The set must
// outlive the loader.
class BatchLoader {
 public:
  BatchLoader(const PoseSet& set, const Viewing& viewing, int epoch, std::vector<std::vector<std::int64_t>> batches,
              int threads);
  ~BatchLoader();  // stops the threads, also in mid-epoch

  std::optional<Batch> next();
  double seconds_waited() const;  // how long next() stood still because no batch was ready

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn
