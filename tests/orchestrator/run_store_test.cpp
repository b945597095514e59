#include "orchestrator/run_store.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/orchestrator/study.h"

namespace pbn {
namespace {

const std::string run(64, 'c');

TEST(RunStore, ARunIsFinishedWhenItsWholeResultIsThere) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  EXPECT_EQ(store.folder(run), folder.path() / "runs/cc/cccccccccccc");
  EXPECT_EQ(store.state(run), RunState::pending);
  make_writable_folder(store.folder(run));
  const std::string whole = Json({{"run", run}, {"outcome", {{"figures", {{"auc", 1.0}}}}}}).dump();
  write_atomically(store.folder(run) / "result.json", whole.substr(0, whole.size() / 2));
  EXPECT_NE(store.state(run), RunState::finished);
  write_atomically(store.folder(run) / "result.json", whole);
  EXPECT_EQ(store.state(run), RunState::finished);
  EXPECT_FALSE(store.result(std::string(12, 'c') + std::string(52, 'd')));  // of another run with the same folder
}

TEST(RunStore, AFailedAttemptIsToldUntilANewOneBegins) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  const auto attempt = store.new_attempt(run);
  EXPECT_EQ(attempt.filename(), "0001");
  EXPECT_EQ(store.state(run), RunState::unfinished);
  write_json(attempt / "exit.json", {{"code", 65}, {"reason", "could not use its data"}});
  EXPECT_EQ(store.state(run), RunState::failed);
  EXPECT_EQ(store.failure(run), "could not use its data");
  EXPECT_EQ(store.new_attempt(run).filename(), "0002");
  EXPECT_EQ(store.state(run), RunState::unfinished);
}

TEST(RunLease, OnlyOneHoldsARun) {
  const TemporaryFolder folder;
  RunLease second(folder.path());
  {
    RunLease first(folder.path());
    EXPECT_TRUE(first.try_take());
    EXPECT_FALSE(second.try_take());
  }
  EXPECT_TRUE(second.try_take());
}

}  // namespace
}  // namespace pbn
