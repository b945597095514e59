// Loads the batches of one rank with threads that read and warp ahead of the training loop.
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

namespace pbn::data {

// The order of people in an epoch: a permutation that depends only on seed and epoch. Epochs count from 1.
std::vector<std::int64_t> epoch_order(std::int64_t people, std::uint64_t seed, int epoch);

// The contiguous share of one rank in a global batch. The shares are disjoint, cover the batch and differ by at most
// one.
std::span<const std::int64_t> share_of_rank(std::span<const std::int64_t> global_batch, int rank, int ranks);

// Bytes that are not initialised, because every one is written after the allocation.
using Pixels = std::vector<std::uint8_t, boost::noinit_adaptor<std::allocator<std::uint8_t>>>;

// The input of one training step on one rank.
struct Batch {
  std::vector<std::int64_t> people;    // (B) numbers in the pose set
  Pixels pixels;                       // (B, P, P, 3) RGB, NHWC
  std::vector<float> joints;           // (B, K, 2) input pixels
  std::vector<std::uint8_t> labelled;  // (B, K)
  std::vector<Affine> input_to_image;  // (B) input pixels -> pixels of the photograph
};

// Which view of each person a batch shows.
struct Viewing {
  std::optional<config::Augmentation> augment;  // for training; without it the central view
  std::uint64_t seed = 0;                       // of the augmentation
  double scale = 1;                             // of the central view
  bool flipped = false;                         // of the central view
};

// For example:
//   BatchLoader loader(set, viewing, epoch, batches, threads);   // batches: person numbers, batch by batch
//   while (std::optional<Batch> batch = loader.next()) train_on(*batch);
// Batches arrive in order; their bytes do not depend on the number of threads.
//
// Memory does not depend on the size of the pose files. threads + 2 batches are made ahead and one is in use, with 3
// P^2 bytes per person; each thread holds a crop of 3 S^2 bytes and a JPEG:
//   (threads + 3) * B * 3 P^2 + threads * (3 S^2 + largest JPEG)
// With two threads, B = 16, P = 256 and S = 448 these are 15.7 + 1.2 MB; with the allocator's overhead 20 MB were
// measured, 43 MB with four threads. The pose set itself takes about 1 kB per person.
//
// An error in a thread is thrown by the next() that would have returned its batch, and by every later one. The set must
// outlive the loader.
class BatchLoader {
 public:
  BatchLoader(const PoseSet& set, const Viewing& viewing, int epoch, std::vector<std::vector<std::int64_t>> batches,
              int threads);
  ~BatchLoader();  // stops the threads, even in mid-epoch

  std::optional<Batch> next();
  double seconds_waited() const;  // time that next() waited for batches

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn::data
