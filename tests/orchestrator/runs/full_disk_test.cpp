// Writing to a store whose disk is full, on a small file system made for the test.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_archive.h"
#include "orchestrator/runs/run_state.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(disk());
    if (::mount("tmpfs", disk().c_str(), "tmpfs", 0, "size=1m,nr_inodes=200") != 0) {
      GTEST_SKIP() << "needs the right to mount a small tmpfs (" << std::strerror(errno) << ")";
    }
    is_mounted_ = true;
  }
  ~FullDisk() override {
    if (is_mounted_) ::umount2(disk().c_str(), MNT_DETACH);
  }

  fs::path disk() const { return folder_ / "disk"; }
  fs::path run_folder() const { return store_.folder(run_); }

  void fill() const {
    std::ofstream filler(disk() / "filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }

  // The message of the environment error that `write` throws.
  template <typename Write>
  static std::string refusal(const Write& write) {
    try {
      write();
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::environment);
      return error.what();
    }
    return "no error";
  }

  const TemporaryFolder folder_;
  const RunStore store_{disk() / "store"};
  const std::string run_ = StoreExample::id(1);
  bool is_mounted_ = false;
};

TEST_F(FullDisk, KeepsTheOldContentOfAFile) {
  write_atomically(disk() / "file", "old");
  fill();
  EXPECT_THAT(refusal([&] { write_atomically(disk() / "file", std::string(100000, 'n')); }),
              HasSubstr("No space left on device"));
  EXPECT_THAT(refusal([&] { publish_once(disk() / "result", std::string(100000, 'n')); }),
              HasSubstr("free some space on that disk"));
  EXPECT_EQ(read_file(disk() / "file"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(disk()), {}), 2) << "file and filler";
}

TEST_F(FullDisk, AFailedAttemptDoesNotTakeTheRun) {
  make_writable_folder(run_folder() / "attempts");
  fill();
  AttemptObserver observer;
  EXPECT_THAT(refusal([&] {
                AttemptLease::take(run_folder(), {{"command", std::string(100000, 'c')}}, observer);
              }),
              HasSubstr("No space left on device"));
  EXPECT_EQ(facts_of(store_, run_).state, RunState::pending);
  fs::remove(disk() / "filler");
  EXPECT_TRUE(AttemptLease::take(run_folder(), Json::object(), observer));
}

TEST_F(FullDisk, AFailedImportLeavesNothing) {
  const StoreExample elsewhere;
  elsewhere.complete(run_);
  elsewhere.write(run_, "weights.safetensors", std::string(2 << 20, 'w'));
  export_runs(elsewhere.store(), {run_}, folder_ / "runs.tar", true);
  make_writable_folder(store_.root());
  EXPECT_THAT(refusal([&] { import_runs(store_, folder_ / "runs.tar"); }), HasSubstr("free some space on that disk"));
  EXPECT_TRUE(fs::is_empty(store_.root()));
}

TEST_F(FullDisk, AFailedExportKeepsTheOldArchive) {
  const StoreExample elsewhere;
  elsewhere.complete(run_);
  write_atomically(disk() / "runs.tar", "old");
  fill();
  EXPECT_THAT(refusal([&] { export_runs(elsewhere.store(), {run_}, disk() / "runs.tar", true); }),
              HasSubstr("cannot write the archive"));
  EXPECT_EQ(read_file(disk() / "runs.tar"), "old");
}

TEST_F(FullDisk, AFailedCancellationIsReportedOnce) {
  make_writable_folder(run_folder());
  fill();
  for (int file = 0; file < 300; ++file) std::ofstream(disk() / std::to_string(file));  // uses up the inodes too
  const CommandOutcome outcome =
      run_program({built_program("pbn"), "cancel", run_.substr(0, 8), "--store", store_.root().string()});
  EXPECT_EQ(outcome.code, 69);
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace pbn::runs
