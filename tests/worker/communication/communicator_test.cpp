// All communicators for host memory, and the staged one on top of them, on ranks started by mpirun.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/worker/communication/world.h"
#include "worker/communication/host_memory.h"
#include "worker/communication/staged_communicator.h"

namespace pbn::worker {
namespace {

using std::chrono::milliseconds;

struct Way {
  std::string name, wanted;
  int ranks_per_host = 0;
  bool staged = false;
};

std::unique_ptr<Communicator> communicator(const Way& way) {
  auto host = make_host_communicator(way.wanted, way.ranks_per_host);
  return way.staged ? make_staged_communicator(std::move(host)) : std::move(host);
}

class Sums : public testing::TestWithParam<Way> {
 protected:
  std::unique_ptr<Communicator> ranks = communicator(GetParam());
};

// Every rank can compute the values of all ranks. Their sum depends on the order of the additions.
at::Tensor values_of(int rank, std::int64_t elements, at::ScalarType type) {
  const at::Tensor place = at::arange(elements, at::kDouble);
  return (at::sin(place * (rank + 1)) * 1000).to(type);
}

at::Tensor sum_in_order(std::int64_t elements, at::ScalarType type) {
  at::Tensor sum = values_of(0, elements, type);
  for (int rank = 1; rank < world().size(); ++rank) sum = sum + values_of(rank, elements, type);
  return sum;
}

// Whether sums are added in the order of the ranks.
bool is_exact(const Way& way) {
  return way.wanted == "shared" && way.ranks_per_host == 0 && world().local_size() == world().size();
}

void expect_sum(const at::Tensor& actual, const at::Tensor& expected, bool to_the_bit) {
  if (to_the_bit) {
    EXPECT_TRUE(at::equal(actual, expected)) << actual.numel() << " elements";
  } else {
    EXPECT_TRUE(at::allclose(actual, expected, 1e-5, 1e-3)) << actual.numel() << " elements";
  }
}

TEST_P(Sums, AreTheSumsOfAllRanksForEverySizeTypeAndPlace) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong}) {
    for (const std::int64_t elements : {0, 1, 3, 1000, 100'007, 1'000'003}) {
      const at::Tensor expected = sum_in_order(elements, type);
      const bool exact = is_exact(GetParam()) || type == at::kLong;
      const at::Tensor mine = values_of(world().rank(), elements, type);
      const at::Tensor in_place = ranks->zeros(elements, at::dtype(type)).copy_(mine);
      ranks->sum(in_place);
      expect_sum(in_place, expected, exact);
      const at::Tensor elsewhere = mine.clone();
      ranks->sum(elsewhere);
      expect_sum(elsewhere, expected, exact);
    }
  }
}

// The sum in float32 over the ranks [first, last), rounded once.
at::Tensor bfloat16_sum(int first, int last, std::int64_t elements) {
  at::Tensor sum = at::zeros({elements}, at::kFloat);
  for (int rank = first; rank < last; ++rank) {
    const at::Tensor rounded = values_of(rank, elements, at::kBFloat16);
    sum = rank == first ? rounded.to(at::kFloat) : sum + rounded.to(at::kFloat);
  }
  return sum.to(at::kBFloat16);
}

TEST_P(Sums, OfBfloat16AreComputedInFloat32InTheOrderOfTheRanksAndRoundedOncePerHost) {
  const int size = world().size(), on_host = GetParam().ranks_per_host > 0 ? GetParam().ranks_per_host : size;
  for (const std::int64_t elements : {0, 1, 3, 1000, 100'007}) {
    at::Tensor expected = bfloat16_sum(0, std::min(on_host, size), elements);
    if (on_host < size) {
      at::Tensor sum = expected.to(at::kFloat);
      for (int first = on_host; first < size; first += on_host) {
        sum = sum + bfloat16_sum(first, std::min(first + on_host, size), elements).to(at::kFloat);
      }
      expected = sum.to(at::kBFloat16);
    }
    const at::Tensor mine = values_of(world().rank(), elements, at::kBFloat16);
    const at::Tensor in_place = ranks->zeros(elements, at::dtype(at::kBFloat16)).copy_(mine);
    ranks->sum(in_place);
    EXPECT_TRUE(at::equal(in_place, expected)) << elements;
    const at::Tensor elsewhere = mine.clone();
    ranks->sum(elsewhere);
    EXPECT_TRUE(at::equal(elsewhere, expected)) << elements;
  }
}

TEST_P(Sums, HaveTheSameBitsOnEveryRankAndInEveryRun) {
  const at::Tensor mine = values_of(world().rank(), 300'000, at::kFloat);
  const at::Tensor gradient = ranks->zeros(mine.numel(), at::kFloat).copy_(mine);
  ranks->sum(gradient);
  const at::Tensor first = gradient.clone();
  const at::Tensor of_rank_0 = first.clone();
  ranks->broadcast(of_rank_0);
  EXPECT_TRUE(at::equal(first, of_rank_0));
  gradient.copy_(mine);
  ranks->sum(gradient);
  EXPECT_TRUE(at::equal(gradient, first));
}

// As for gradients: slices of one buffer, started in order by ranks of different speed.
TEST_P(Sums, OfManySlicesCanBeInProgressAtOnce) {
  constexpr std::int64_t slice = 20'011, slices = 23;
  const at::Tensor flat = ranks->zeros(slice * slices, at::kFloat);
  const at::Tensor expected = sum_in_order(slice * slices, at::kFloat);
  for (int step = 0; step < 20; ++step) {
    flat.copy_(values_of(world().rank(), slice * slices, at::kFloat));
    for (std::int64_t i = slices - 1; i >= 0; --i) {
      if ((i + step) % world().size() == world().rank()) std::this_thread::sleep_for(std::chrono::microseconds(300));
      ranks->start_sum(flat.narrow(0, i * slice, slice));
    }
    ranks->wait();
    expect_sum(flat, expected, is_exact(GetParam()));
  }
}

TEST_P(Sums, OfTwoCommunicatorsAreIndependent) {
  const auto others = communicator(GetParam());
  const at::Tensor flat = ranks->zeros(1'000'000, at::kFloat).fill_(1);
  ranks->start_sum(flat.narrow(0, 0, 500'000));
  for (int layer = 0; layer < 100; ++layer) {  // like synchronised BatchNorm during backward
    const at::Tensor statistics = at::full({64}, world().rank() + layer, at::kDouble);
    others->sum(statistics);
    const int size = world().size();
    ASSERT_EQ(statistics[63].item<double>(), size * layer + size * (size - 1) / 2.0);
  }
  ranks->start_sum(flat.narrow(0, 500'000, 500'000));
  ranks->wait();
  EXPECT_TRUE((flat == world().size()).all().item<bool>());
}

TEST_P(Sums, ABroadcastCopiesTheValuesOfRank0ToAllRanks) {
  for (const std::int64_t elements : {1, 70'000}) {
    const at::Tensor values = values_of(world().rank(), elements, at::kDouble);
    ranks->broadcast(values);
    EXPECT_TRUE(at::equal(values, values_of(0, elements, at::kDouble)));
  }
}

TEST_P(Sums, ABarrierHoldsAllRanksUntilTheLastOneArrives) {
  ranks->barrier();
  const auto start = std::chrono::steady_clock::now();
  if (world().rank() == world().size() - 1) std::this_thread::sleep_for(milliseconds(60));
  ranks->barrier();
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(40));
}

INSTANTIATE_TEST_SUITE_P(Ways, Sums,
                         testing::Values(Way{"shared", "shared"}, Way{"mpi", "mpi"},
                                         Way{"two_ranks_a_host", "shared", 2}, Way{"three_ranks_a_host", "auto", 3},
                                         Way{"staged_shared", "shared", 0, true}, Way{"staged_mpi", "mpi", 0, true}),
                         [](const auto& way) { return way.param.name; });

TEST(StagedSums, HaveTheBitsOfTheHostsSumsAndCannotBeRecorded) {
  const auto host = world().host_communicator(), staged = make_staged_communicator(world().host_communicator());
  const at::Tensor sum = values_of(world().rank(), 100'007, at::kFloat), same = sum.clone();
  host->sum(sum);
  staged->sum(same);
  EXPECT_TRUE(at::equal(sum, same));
  EXPECT_TRUE(host->can_be_recorded());
  EXPECT_FALSE(staged->can_be_recorded());
}

TEST(StagedSums, AreOfTheValuesAtTheirStart) {  // as on a stream, where work that is queued later comes later
  const auto staged = make_staged_communicator(world().host_communicator());
  const at::Tensor values = at::ones({1000}, at::kDouble);
  staged->start_sum(values);
  values.fill_(100);
  staged->wait();
  EXPECT_TRUE((values == world().size()).all().item<bool>());
}

TEST(SharedMemorySums, DoNotWaitForALateRankThatHasStartedThem) {
  const auto ranks = world().host_communicator("shared");
  const at::Tensor gradient = ranks->zeros(4'000'000, at::kFloat).fill_(1);
  const bool is_late = world().rank() == world().size() - 1;
  ranks->start_sum(gradient);
  if (!is_late) ranks->wait();
  world().barrier();  // the late rank waits here for the others: its values are there, and that is enough
  ranks->wait();
  EXPECT_TRUE((gradient == world().size()).all().item<bool>());
  ranks->barrier();
}

TEST(SharedMemorySums, ARankThatLeavesDoesNotWaitForTheOthers) {
  auto ranks = world().host_communicator("shared");
  const at::Tensor gradient = ranks->zeros(100'000, at::kFloat);
  if (world().rank() == 0) ranks->start_sum(gradient);  // no other rank does
  ranks.reset();
  world().barrier();
}

TEST(SharedMemorySums, LackOfMemoryIsAnErrorOnEveryRank) {
  const auto ranks = world().host_communicator("shared");
  const bool is_poor = world().rank() == world().size() - 1;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1 << 20, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  if (is_poor) setrlimit(RLIMIT_FSIZE, &small);
  try {
    ranks->zeros(10'000'000, at::kFloat);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    EXPECT_THAT(error.what(), testing::HasSubstr("cannot share"));
  }
  setrlimit(RLIMIT_FSIZE, &before);
}

}  // namespace
}  // namespace pbn::worker
