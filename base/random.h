// Counter-based random numbers: Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// A stream is a function of (seed, epoch, sample, purpose), so numbers do not depend on threads, ranks or the order of
// calls.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pbn {

// The use of a stream. The values are part of the training recipe: never renumber.
enum class Purpose : std::uint32_t {
  order = 1,
  augmentation = 2,
  weights = 3,
  synthetic = 4,
  grouping = 5,
  bootstrap = 6
};

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class Random {
 public:
  Random(std::uint64_t seed, std::uint32_t epoch, std::uint32_t sample, Purpose purpose);

  std::uint32_t next();                      // uniform over all 32-bit values
  double uniform();                          // [0, 1), 53 bits
  double uniform(double low, double high);   // [low, high)
  double normal();                           // mean 0, variance 1 (Box-Muller)
  std::uint32_t below(std::uint32_t bound);  // [0, bound), unbiased; bound > 0

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;  // block, epoch, sample, purpose
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

// A 32-bit hash for use as `sample`, for streams that belong to a name, such as a parameter's.
std::uint32_t stream_of(std::string_view name);

// A permutation of 0..n-1 that depends on the stream alone (Fisher-Yates).
std::vector<std::int64_t> permutation(std::int64_t n, Random random);

}  // namespace pbn
