#include "orchestrator/runs/store_cleaning.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Kind = Removable::Kind;

class StoreCleaning : public testing::Test {
 protected:
  std::vector<fs::path> removable(Kind kind) const {
    std::vector<fs::path> paths;
    for (const Removable& found : scan_store(example_.store()).removable) {
      if (found.kind == kind) paths.push_back(found.path);
    }
    return paths;
  }
  void make_older(const fs::path& path, std::chrono::minutes age) const {
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
  }
  CommandOutcome clean(std::vector<std::string> words) const {
    words.insert(words.begin(), {built_program("pbn"), "clean", "--store", example_.root().string()});
    return run_program(std::move(words));
  }
  // Completes a run with a checkpoint of this age.
  void complete(const std::string& run, std::chrono::minutes age) const {
    example_.complete(run);
    make_older(example_.folder(run) / "ckpt/2-0.safetensors", age);
    make_older(example_.folder(run) / "ckpt", age);
  }

  StoreExample example_;
  const std::string a_ = StoreExample::id(1), b_ = StoreExample::id(2), c_ = StoreExample::id(3);
};

TEST_F(StoreCleaning, CheckpointsOfCompletedRunsThatAreNotRunningAreRemovable) {
  example_.record("study-1", {a_, b_, c_});
  example_.complete(a_);
  example_.attempt(b_, 75, "saved itself");
  example_.write(b_, "ckpt/1-0.safetensors", "needed");
  example_.complete(c_);
  AttemptObserver observer;
  const auto attempt = AttemptLease::take(example_.folder(c_), Json::object(), observer);
  EXPECT_THAT(removable(Kind::checkpoints), UnorderedElementsAre(example_.folder(a_) / "ckpt"));
  EXPECT_TRUE(removable(Kind::orphan).empty());
}

TEST_F(StoreCleaning, RunsThatNoSweepNamesAreOrphansUnlessTheyAreRunning) {
  example_.record("study-1", {a_});
  example_.complete(a_);
  example_.attempt(b_, 65, "failed");
  example_.attempt(c_);
  EXPECT_THAT(removable(Kind::orphan), UnorderedElementsAre(example_.folder(b_)));
}

TEST_F(StoreCleaning, TemporaryFilesAreRemovableAfterAnHour) {
  example_.record("study-1", {a_});
  example_.attempt(a_, 65, "failed");
  const fs::path old = example_.folder(a_) / ".result.json.node7-12-0.tmp",
                 fresh = example_.folder(a_) / ".log.node7-12-1.tmp";
  write_atomically(old, "half");
  write_atomically(fresh, "half");
  make_older(old, std::chrono::minutes(61));
  fs::create_directories(example_.root() / ".import-abcdef");
  make_older(example_.root() / ".import-abcdef", std::chrono::minutes(61));
  EXPECT_THAT(removable(Kind::temporary), UnorderedElementsAre(old, example_.root() / ".import-abcdef"));
}

TEST_F(StoreCleaning, EveryFileIsCountedOnce) {
  example_.record("study-1", {a_});
  complete(a_, std::chrono::minutes(5));
  example_.complete(b_);
  write_atomically(example_.folder(a_) / ".half.tmp", "half");
  std::uint64_t blocks = 0;
  const CommandOutcome du = run_program(
      {"/bin/sh", "-c", "cd \"$0\" && du -c -B1 runs/* sweeps/* | tail -n 1 | cut -f 1", example_.root().string()});
  blocks = std::stoull(du.output);
  EXPECT_EQ(scan_store(example_.store()).bytes, blocks);
}

TEST_F(StoreCleaning, TheOldestCheckpointsAreChosenFirst) {
  example_.record("study-1", {a_, b_, c_});
  complete(a_, std::chrono::minutes(10));
  complete(b_, std::chrono::minutes(30));
  complete(c_, std::chrono::minutes(20));
  const StoreContent content = scan_store(example_.store());
  const auto paths = [&](std::uint64_t bytes) {
    std::vector<fs::path> chosen;
    for (const Removable& removable : choose_to_fit(bytes, content, {})) chosen.push_back(removable.path.parent_path());
    return chosen;
  };
  EXPECT_TRUE(paths(content.bytes).empty());
  EXPECT_THAT(paths(content.bytes - 1), testing::ElementsAre(example_.folder(b_)));
  EXPECT_THAT(paths(content.bytes - 25000), testing::ElementsAre(example_.folder(b_), example_.folder(c_)));
  EXPECT_EQ(paths(0).size(), 3u);
}

TEST_F(StoreCleaning, ARunThatWasStartedMeanwhileIsKept) {
  example_.attempt(a_, 65, "failed");
  const auto found = scan_store(example_.store()).removable;
  ASSERT_EQ(found.size(), 1u);
  AttemptObserver observer;
  const auto attempt = AttemptLease::take(example_.folder(a_), Json::object(), observer);
  ASSERT_TRUE(attempt);
  EXPECT_FALSE(remove(example_.store(), found[0]));
  EXPECT_FALSE(attempt->is_superseded());
}

TEST_F(StoreCleaning, TheCommandRemovesOnlyWithYes) {
  example_.record("study-1", {a_});
  example_.complete(a_);
  example_.attempt(b_, 65, "failed");  // an orphan
  const CommandOutcome shown = clean({});
  EXPECT_THAT(shown.output, HasSubstr("checkpoints of completed runs"));
  EXPECT_THAT(shown.output, HasSubstr("Nothing is removed yet"));
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "ckpt"));
  EXPECT_THAT(clean({"--yes"}).output, HasSubstr("1 removed"));
  EXPECT_FALSE(fs::exists(example_.folder(a_) / "ckpt"));
  EXPECT_TRUE(example_.store().result(a_));
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "weights.safetensors"));
  EXPECT_TRUE(fs::exists(example_.folder(b_)));
  clean({"--orphans", "--yes"});
  EXPECT_FALSE(fs::exists(example_.folder(b_)));
  EXPECT_THAT(clean({"--orphans"}).output, HasSubstr("There is nothing to remove."));
}

TEST_F(StoreCleaning, TheCommandFailsIfTheStoreDoesNotFit) {
  example_.record("study-1", {a_});
  example_.complete(a_);
  EXPECT_EQ(clean({"--keep-within", "1G"}).code, 0);
  const CommandOutcome outcome = clean({"--keep-within", "1K", "--yes"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("remain, more than 1K"));
  EXPECT_FALSE(fs::exists(example_.folder(a_) / "ckpt"));
  for (const char* wrong : {"", "big", "-1G", "1X", "1e9", "99999999T"})
    EXPECT_EQ(clean({"--keep-within", wrong}).code, 64) << wrong;
}

}  // namespace
}  // namespace pbn::runs
