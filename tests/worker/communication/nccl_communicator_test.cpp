// The NCCL communicator on doubles of CUDA and NCCL (recorded_nccl.h), on ranks started by mpirun.
#include "worker/cuda/nccl_communicator.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "base/error.h"
#include "tests/worker/communication/recorded_nccl.h"
#include "tests/worker/communication/world.h"
#include "tests/worker/device/cpu_double.h"
#include "tests/worker/training/small_steps.h"

namespace pbn::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NcclCommunication : public testing::Test {
 protected:
  NcclCommunication() { forget_calls(); }
  ~NcclCommunication() override { forget_calls(); }
};

TEST_F(NcclCommunication, ASumWaitsForTheCurrentStreamAndTheCurrentStreamForTheSum) {
  const auto ranks = make_nccl_communicator(world());
  const at::Tensor values = at::full({1000}, world().rank() + 1, at::kFloat);
  ranks->start_sum(values);
  EXPECT_EQ(values[0].item<int>(), world().rank() + 1) << "the double sums as late as it may";
  ranks->wait();
  const int size = world().size();
  EXPECT_TRUE((values == size * (size + 1) / 2).all().item<bool>());
  EXPECT_THAT(nccl_calls(), ElementsAre("record mark 1 in current", "sums 1 waits for mark 1", "allreduce 1 in sums 1",
                                        "record mark 2 in sums 1", "current waits for mark 2"));
}

TEST_F(NcclCommunication, ABroadcastDoesSoToo) {
  const auto ranks = make_nccl_communicator(world());
  const at::Tensor values = at::full({1000}, world().rank(), at::kDouble);
  ranks->broadcast(values);
  EXPECT_TRUE((values == 0).all().item<bool>());
  EXPECT_THAT(nccl_calls(), ElementsAre("record mark 1 in current", "sums 1 waits for mark 1", "broadcast 1 in sums 1",
                                        "record mark 2 in sums 1", "current waits for mark 2"));
}

TEST_F(NcclCommunication, TwoCommunicatorsHaveStreamsOfTheirOwn) {
  const auto gradients = make_nccl_communicator(world()), statistics = make_nccl_communicator(world());
  const at::Tensor gradient = at::ones({10}, at::kFloat), sums = at::ones({10}, at::kDouble);
  gradients->start_sum(gradient);
  statistics->sum(sums);
  EXPECT_EQ(sums[0].item<int>(), world().size());
  EXPECT_EQ(gradient[0].item<int>(), 1);
  gradients->wait();
  EXPECT_EQ(gradient[0].item<int>(), world().size());
}

TEST_F(NcclCommunication, IsHeldToOneAlgorithmForRecordedStepsAndOthersUnlessTheUserChoosesOne) {
  ::unsetenv("NCCL_ALGO");
  ::setenv("NCCL_GRAPH_REGISTER", "1", 1);
  make_nccl_communicator(world());
  EXPECT_STREQ(std::getenv("NCCL_ALGO"), "Ring");
  EXPECT_STREQ(std::getenv("NCCL_GRAPH_REGISTER"), "1");
  ::unsetenv("NCCL_GRAPH_REGISTER");
}

TEST_F(NcclCommunication, AnErrorHasNcclsOwnDescription) {
  const auto ranks = make_nccl_communicator(world());
  let_sum_fail(ncclSystemError);
  try {
    ranks->start_sum(at::ones({1}));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    EXPECT_THAT(error.what(), HasSubstr("ncclAllReduce failed: unhandled system error: No space left on device"));
  }
}

TEST_F(NcclCommunication, AfterAnExceptionTheCommunicatorIsAbortedSinceOtherRanksMayNeverJoinItsSums) {
  try {
    const auto ranks = make_nccl_communicator(world());
    if (world().rank() == 0) ranks->start_sum(at::ones({1}));  // no other rank does
    throw std::runtime_error("out of memory");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(nccl_calls().back(), "abort 1");
}

TEST_F(NcclCommunication, AnErrorInsideASumEndsTheJobWithoutWaitingForNccl) {
  testing::internal::CaptureStderr();
  {
    const auto ranks = make_nccl_communicator(world());
    set_asynchronous_error(ncclRemoteError);
    await_abort();
    set_asynchronous_error(ncclSuccess);
  }
  EXPECT_THAT(
      testing::internal::GetCapturedStderr(),
      HasSubstr("NCCL: remote process exited or there was a network error: No space left on device; run again"));
  EXPECT_THAT(nccl_calls(), ElementsAre("MPI_Abort 69", "destroy 1"));
}

// The recordings of this device are noted when they are destroyed.
class NotedRecordingDouble : public LateDeviceDouble {
 public:
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    return std::make_unique<Noted>(CpuDouble::record(std::move(work)));
  }

 private:
  class Noted : public RecordedWork {
   public:
    explicit Noted(std::unique_ptr<RecordedWork> work) : work_(std::move(work)) {}
    ~Noted() override { note_call("destroy graph"); }
    void replay() override { work_->replay(); }

   private:
    std::unique_ptr<RecordedWork> work_;
  };
};

// Captures as a GPU does: it computes nothing, and the sums wait for no other rank. (The CPU computes; what it changes
// is put back.) It fails on one rank amid the sums.
class FailingCaptureDouble : public LateDeviceDouble {
 public:
  explicit FailingCaptureDouble(int failing_rank) : fails_(world().rank() == failing_rank) {}
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    std::vector<at::Tensor> before;
    for (const at::Tensor& tensor : changed_by_steps) before.push_back(tensor.detach().clone());
    if (fails_) let_sum_fail(ncclUnhandledCudaError, 3);
    capture_sums(true);
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    capture_sums(false);
    for (std::size_t i = 0; i < before.size(); ++i) changed_by_steps[i].detach().copy_(before[i]);
    if (failure) std::rethrow_exception(failure);
    return CpuDouble::record(std::move(work));
  }

  std::vector<at::Tensor> changed_by_steps;

 private:
  bool fails_;
};

// Training steps with sums by NCCL's double.
template <typename DeviceDouble = NotedRecordingDouble>
struct ByNccl {
  template <typename... Arguments>
  explicit ByNccl(const config::RunConfig& config, Arguments... arguments)
      : device(arguments...), step(config, device, *gradients, *statistics) {}

  DeviceDouble device;
  std::unique_ptr<Communicator> gradients = make_nccl_communicator(world());
  std::unique_ptr<Communicator> statistics = make_nccl_communicator(world());
  TrainingStep step;
};

config::RunConfig without_synchronised_statistics() {
  config::RunConfig config = small_network(config::Precision::fp32);
  config.model.synchronised_batch_norm = false;  // an empty share has no statistics
  config.train.global_batch = 8;
  return config;
}

TEST_F(NcclCommunication, StepsHaveTheBitsOfSumsInHostMemoryWithOddAndEmptyShares) {
  const std::vector<std::int64_t> numbers{8, 8, 8, 8, 5, 1, 8};
  ByNccl<> nccl(without_synchronised_statistics());
  Parallel host(without_synchronised_statistics());
  const std::vector<StepReport> reports = take_steps(nccl.step, numbers), expected = take_steps(host.step, numbers);
  ASSERT_EQ(reports.size(), expected.size());
  for (std::size_t i = 0; i < reports.size(); ++i) EXPECT_EQ(reports[i].loss, expected[i].loss) << i;
  EXPECT_TRUE(at::equal(nccl.step.network().flat_parameters(), host.step.network().flat_parameters()));
}

// The calls that concern the order of the sums, without the numbers of the marks.
TEST_F(NcclCommunication, EveryRankMakesTheSameSumsInTheSameOrderEachBehindTheCurrentStream) {
  for (const bool synchronised : {false, true}) {
    forget_calls();
    config::RunConfig config = without_synchronised_statistics();
    config.model.synchronised_batch_norm = synchronised;
    ByNccl<> nccl(config);
    const std::int64_t smallest = synchronised ? world().size() : 1;
    take_steps(nccl.step, {8, 8, 8, 8, 5, smallest});
    const std::vector<std::string> calls = nccl_calls();
    std::string text;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      text += calls[i] + "\n";
      if (!calls[i].starts_with("allreduce")) continue;
      const std::string stream = calls[i].substr(calls[i].find("sums"));
      const std::string mark = calls[i - 1].substr(calls[i - 1].find("mark"));
      EXPECT_EQ(calls[i - 1], stream + " waits for " + mark);
      EXPECT_EQ(calls[i - 2], "record " + mark + " in current");
    }
    for (const std::string& other : world().gather(text)) EXPECT_EQ(other, text);
    EXPECT_GT(std::count(calls.begin(), calls.end(), "allreduce 1 in sums 1"), 6 * 5) << "buckets and reports";
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "allreduce 2 in sums 2") > 0, synchronised && world().size() > 1);
  }
}

TEST_F(NcclCommunication, ARecordingThatFailsAmidTheSumsOfOneRankLeavesNoRankWaiting) {
  const std::vector<std::int64_t> numbers{8, 8, 8, 8, 8};
  for (const int failing : {0, world().size() - 1}) {
    ByNccl<FailingCaptureDouble> nccl(without_synchronised_statistics(), failing);
    nccl.device.changed_by_steps = {nccl.step.network().flat_parameters(), nccl.step.network().flat_buffers(),
                                    nccl.step.optimiser().mean_square()};
    Parallel host(without_synchronised_statistics());
    const std::vector<StepReport> reports = take_steps(nccl.step, numbers), expected = take_steps(host.step, numbers);
    for (std::size_t i = 0; i < reports.size(); ++i) EXPECT_EQ(reports[i].loss, expected[i].loss) << i;
    EXPECT_TRUE(at::equal(nccl.step.network().flat_parameters(), host.step.network().flat_parameters()));
    const bool fails = world().rank() == failing;
    EXPECT_THAT(reports[3].warning, HasSubstr(fails ? "ncclAllReduce failed" : "(on another rank)"));
    EXPECT_THAT(reports[3].warning, HasSubstr("training continues without recording"));
  }
}

TEST_F(NcclCommunication, TheRecordedStepIsDestroyedBeforeTheCommunicators) {
  {
    ByNccl<> nccl(without_synchronised_statistics());
    take_steps(nccl.step, {8, 8, 8, 8});
    forget_calls();
  }
  EXPECT_THAT(nccl_calls(), ElementsAre("destroy graph", "destroy 2", "destroy 1"));
}

}  // namespace
}  // namespace pbn::worker
