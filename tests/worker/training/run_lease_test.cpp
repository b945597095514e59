// Two workers on one run's folder: one of them writes.
#include "worker/training/run_lease.h"

#include <gmock/gmock.h>

#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr RunLease::Times fast{0.2, 0.02, 0.3};

std::string refusal(const std::filesystem::path& folder) {
  try {
    const RunLease lease(folder, fast);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    return error.what();
  }
  return "not refused";
}

TEST(RunLease, TheSecondWorkerIsToldWhoHasTheRun) {
  const TemporaryFolder folder;
  const RunLease first(folder.path(), fast);
  EXPECT_THAT(refusal(folder.path()), AllOf(HasSubstr("another pbn_worker carries out this run"),
                                            HasSubstr(fmt::format("process {} on ", ::getpid()))));
  EXPECT_NO_THROW(first.require_held());
}

TEST(RunLease, IsFreeWhenItsHolderHasEnded) {
  const TemporaryFolder folder;
  std::optional<RunLease> first(std::in_place, folder.path(), fast);
  first.reset();
  EXPECT_EQ(refusal(folder.path()), "not refused");
}

// What a worker on another host leaves in the file.
class OfAnotherHost : public testing::Test {
 protected:
  OfAnotherHost() { write(1); }
  void write(int beats) const {
    std::ofstream(file_) << R"({"began":"2026-01-01T00:00:00Z","host":"node7","kernel":"other","process":42})"
                         << "\n"
                         << beats << "\n";
  }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "worker.lock";
};

TEST_F(OfAnotherHost, AHolderThatBeatsKeepsTheRun) {
  std::jthread holder([this](const std::stop_token& stop) {
    for (int beats = 2; !stop.stop_requested(); ++beats) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      write(beats);
    }
  });
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("process 42 on node7, since 2026-01-01T00:00:00Z"));
}

TEST_F(OfAnotherHost, AHolderThatBeatsNoMoreIsSucceeded) {
  const RunLease lease(folder_.path(), fast);
  EXPECT_NO_THROW(lease.require_held());
  EXPECT_THAT(read_file(file_), testing::Not(HasSubstr("node7")));
}

TEST_F(OfAnotherHost, WhoWasSucceededWhileItStoodStillWritesNothingMore) {
  const RunLease lease(folder_.path(), fast);
  write(1);
  EXPECT_THROW(lease.require_held(), Error);
}

TEST(RunLease, ALockFileWithoutSenseIsAStaleOne) {
  const TemporaryFolder folder;
  for (const char* text : {"", "{", "[1]\n", "{\"kernel\": 7}\n"}) {
    std::ofstream(folder / "worker.lock") << text;
    EXPECT_EQ(refusal(folder.path()), "not refused") << text;
  }
}

}  // namespace
}  // namespace pbn
