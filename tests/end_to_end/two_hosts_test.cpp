// Training over two simulated hosts (two_hosts.h).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "base/files.h"
#include "tests/becomes_true.h"
#include "tests/end_to_end/two_hosts.h"
#include "tests/places.h"

namespace pbn {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class OverTwoHosts : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = TwoHosts::missing(); !missing.empty()) GTEST_SKIP() << missing;
    hosts.emplace();
  }

  std::string training(const std::string& options) const {
    return fmt::format("{} --train {} --validation {} --out {} --model.features 16 --train.global_batch 8 {}",
                       built_program("pbn_worker"), small_people(place, "train", 24),
                       small_people(place, "validation", 8), place / "run", options);
  }
  std::string log() const { return read_end_of(place / "log", 1 << 20); }

  const Workplace place;
  std::optional<TwoHosts> hosts;
};

TEST_F(OverTwoHosts, RanksTrainTogetherAndTheTableNamesTheirHosts) {
  const auto process = hosts->start(training("--train.epochs 1"), place / "log");
  ASSERT_EQ(process->wait_for(60s), 0) << log();
  EXPECT_THAT(log(), HasSubstr("sums by shared and mpi"));
  for (const int rank : {0, 1, 2, 3}) {
    EXPECT_THAT(log(), testing::ContainsRegex(fmt::format("\n{} +{} ", rank, hosts->name(rank / 2))));
  }
}

TEST_F(OverTwoHosts, SumsAreRightBetweenHostsToo) {
  const std::string tests = "Sums.A*:Sums.OfMany*:Sums.Have*:Handshake.*:DataParallel.EveryRank*";
  const auto process =
      hosts->start(fmt::format("{} --gtest_filter={}", built_program("worker_mpi_tests"), "*" + tests), place / "log");
  EXPECT_EQ(process->wait_for(120s), 0) << log();
}

// mpirun waits for the lost host until the watchdog closes its connection (worker/watchdog/launcher.h), as root may.
TEST_F(OverTwoHosts, AHostThatIsCutOffIsNamedAndTheRunEndsWith70) {
  const auto process =
      hosts->start(training("--train.epochs 100000 --run.validate_every 100000 --run.watchdog 3"), place / "log");
  ASSERT_TRUE(becomes_true([&] { return log().find("epoch 1/") != std::string::npos; }, 60s)) << log();
  hosts->freeze(1);
  hosts->pull_the_cable();
  const auto code = process->wait_for(40s);
  ASSERT_TRUE(code.has_value()) << "it hangs: " << log();
  EXPECT_EQ(*code, 70) << log();
  EXPECT_THAT(log(), HasSubstr(fmt::format("no sign of life from rank 2 on {0}, rank 3 on {0}", hosts->name(1))));
}

}  // namespace
}  // namespace pbn
