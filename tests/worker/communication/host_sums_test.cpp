// Sums on one host whose ranks are threads of one process, so that the thread sanitizer can check them.
#include "worker/communication/host_sums.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <barrier>
#include <thread>

namespace pbn::worker {
namespace {

constexpr std::size_t line_of_cache = 128;

// Ranks of one host as threads of this process.
class ThreadsOfOneHost {
 public:
  explicit ThreadsOfOneHost(int ranks) : ranks_(ranks), barrier_(ranks), pieces_(static_cast<std::size_t>(ranks)) {}

  // Runs work(sums of this rank) in a thread for each rank.
  template <typename Work>
  void run(int processors, const Work& work) {
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks_; ++rank) {
      threads.emplace_back([&, rank] {
        HostSums sums(rank, ranks_, processors, [this, rank](std::size_t bytes) { return share(rank, bytes); });
        work(sums);
        barrier_.arrive_and_wait();  // other ranks may still read this rank's memory
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  std::shared_ptr<SharedMemory> share(int rank, std::size_t bytes) {
    auto* const piece = static_cast<std::byte*>(::operator new(bytes, std::align_val_t(line_of_cache)));
    std::fill_n(piece, bytes, std::byte{0});
    pieces_[static_cast<std::size_t>(rank)] = piece;
    barrier_.arrive_and_wait();
    auto memory = std::make_unique<SharedMemory>(pieces_, bytes);
    barrier_.arrive_and_wait();  // before the next call overwrites pieces_
    return {memory.release(), [piece](SharedMemory* owner) {
              delete owner;
              ::operator delete(piece, std::align_val_t(line_of_cache));
            }};
  }

  int ranks_;
  std::barrier<> barrier_;
  std::vector<std::byte*> pieces_;
};

constexpr std::int64_t elements = 100'000;  // several pieces for each rank

at::Tensor numbers_of(int rank, int round) { return at::arange(elements, at::kFloat) * (rank + 1) + round; }

at::Tensor sum_of_numbers(int ranks, int round) {
  at::Tensor sum = numbers_of(0, round);
  for (int rank = 1; rank < ranks; ++rank) sum = sum + numbers_of(rank, round);
  return sum;
}

// The shared memory is written and read by this program's own instructions: a sanitizer does not see LibTorch's.
void write_numbers(const at::Tensor& tensor, int rank, int round) {
  std::copy_n(numbers_of(rank, round).const_data_ptr<float>(), elements, tensor.mutable_data_ptr<float>());
}

bool holds_sum(const at::Tensor& tensor, int ranks, int round) {
  const at::Tensor sum = sum_of_numbers(ranks, round);
  return std::equal(sum.const_data_ptr<float>(), sum.const_data_ptr<float>() + elements,
                    tensor.const_data_ptr<float>());
}

class HostSumsOfThreads : public testing::TestWithParam<int> {};

TEST_P(HostSumsOfThreads, SumsInPlaceAreAddedInTheOrderOfTheRanksOnEveryRank) {
  ThreadsOfOneHost(GetParam()).run(2, [](HostSums& sums) {
    const at::Tensor one = sums.zeros(elements, at::kFloat), other = sums.zeros(elements, at::kFloat);
    for (int round = 0; round < 20; ++round) {
      write_numbers(one, sums.rank(), round);
      write_numbers(other, sums.rank(), round + 1);
      sums.start_sum(one);
      sums.start_sum(other);
      sums.finish();
      EXPECT_TRUE(holds_sum(one, sums.size(), round));
      EXPECT_TRUE(holds_sum(other, sums.size(), round + 1));
      sums.meet();
    }
  });
}

TEST_P(HostSumsOfThreads, AHelpingThreadComputesPiecesUntilItLeaves) {
  ThreadsOfOneHost(GetParam()).run(8, [](HostSums& sums) {
    const at::Tensor tensor = sums.zeros(elements, at::kFloat);
    std::thread helper([&] { sums.help(); });
    for (int round = 0; round < 20; ++round) {
      write_numbers(tensor, sums.rank(), round);
      sums.start_sum(tensor);
      sums.finish();
      EXPECT_TRUE(holds_sum(tensor, sums.size(), round));
      sums.meet();
    }
    sums.leave();
    helper.join();
  });
}

TEST_P(HostSumsOfThreads, OtherTensorsAreSummedAndCopiedThroughStages) {
  ThreadsOfOneHost(GetParam()).run(2, [](HostSums& sums) {
    for (int round = 0; round < 5; ++round) {
      at::Tensor tensor = numbers_of(sums.rank(), round);
      sums.sum_now(tensor);
      EXPECT_TRUE(holds_sum(tensor, sums.size(), round));
      at::Tensor given = numbers_of(sums.rank(), round);
      sums.broadcast_now(given, sums.size() - 1);
      EXPECT_TRUE(at::equal(given, numbers_of(sums.size() - 1, round)));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Ranks, HostSumsOfThreads, testing::Values(1, 2, 4));

}  // namespace
}  // namespace pbn::worker
