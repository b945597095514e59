// Of two workers on the same run folder only one may write.
#include "worker/training/run_lease.h"

#include <gmock/gmock.h>

#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::worker {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr RunLease::Times fast{0.2, 0.02, 0.3};

std::string error_of_lease(const std::filesystem::path& folder) {
  try {
    const RunLease lease(folder, fast);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    return error.what();
  }
  return "no error";
}

TEST(RunLease, TheErrorForASecondWorkerNamesTheHolder) {
  const TemporaryFolder folder;
  const RunLease first(folder.path(), fast);
  EXPECT_THAT(error_of_lease(folder.path()), AllOf(HasSubstr("another pbn_worker is running this run"),
                                                   HasSubstr(fmt::format("process {} on ", ::getpid()))));
  EXPECT_NO_THROW(first.require_held());
}

TEST(RunLease, IsFreeAfterItsHolderHasEnded) {
  const TemporaryFolder folder;
  std::optional<RunLease> first(std::in_place, folder.path(), fast);
  first.reset();
  EXPECT_EQ(error_of_lease(folder.path()), "no error");
}

// A lock file written by a worker on another host.
class LeaseOfAnotherHost : public testing::Test {
 protected:
  LeaseOfAnotherHost() { write(1); }
  void write(int beats) const {
    std::ofstream(file_) << R"({"began":"2026-01-01T00:00:00Z","host":"node7","kernel":"other","process":42})"
                         << "\n"
                         << beats << "\n";
  }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "worker.lock";
};

TEST_F(LeaseOfAnotherHost, IsKeptWhileItsHolderBeats) {
  std::jthread holder([this](const std::stop_token& stop) {
    for (int beats = 2; !stop.stop_requested(); ++beats) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      write(beats);
    }
  });
  EXPECT_THAT(error_of_lease(folder_.path()), HasSubstr("process 42 on node7, since 2026-01-01T00:00:00Z"));
}

TEST_F(LeaseOfAnotherHost, IsTakenOverAfterItsHolderStopsBeating) {
  const RunLease lease(folder_.path(), fast);
  EXPECT_NO_THROW(lease.require_held());
  EXPECT_THAT(read_file(file_), testing::Not(HasSubstr("node7")));
}

TEST_F(LeaseOfAnotherHost, CannotBeUsedAfterItHasBeenTakenOver) {
  const RunLease lease(folder_.path(), fast);
  write(1);
  EXPECT_THROW(lease.require_held(), Error);
}

TEST(RunLease, AnInvalidLockFileCountsAsStale) {
  const TemporaryFolder folder;
  for (const char* text : {"", "{", "[1]\n", "{\"kernel\": 7}\n"}) {
    std::ofstream(folder / "worker.lock") << text;
    EXPECT_EQ(error_of_lease(folder.path()), "no error") << text;
  }
}

}  // namespace
}  // namespace pbn::worker
