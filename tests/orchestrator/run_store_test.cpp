#include "orchestrator/runs/run_store.h"

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

TEST(RunStore, ATestCountsWhileTheWeightsAreTheRunsOwn) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  const auto result = [](const char* protocol, const char* weights) {
    return Json({{"run", run},
                 {"protocol", protocol},
                 {"outcome", {{"figures", {{"auc", 1.0}}}, {"weights_sha256", weights}}}});
  };
  make_writable_folder(store.test_folder(run, "scale-1-flip"));
  write_json(store.test_folder(run, "scale-1-flip") / "result.json", result("scale-1-flip", "abc"));
  EXPECT_FALSE(store.test_result(run, "scale-1-flip"));  // of a run that is not finished
  write_json(store.folder(run) / "result.json", result("scale-1-shift", "abc"));
  EXPECT_TRUE(store.test_result(run, "scale-1-flip"));
  EXPECT_EQ(store.tested(run, "scale-1-flip"), store.test_folder(run, "scale-1-flip"));
  EXPECT_EQ(store.tested(run, "scale-1-shift"), store.folder(run));
  EXPECT_FALSE(store.tested(run, "scale-1"));
  EXPECT_THAT(store.tests(run), testing::ElementsAre("scale-1-flip"));
  write_json(store.folder(run) / "result.json", result("scale-1-shift", "trained again"));
  EXPECT_FALSE(store.test_result(run, "scale-1-flip"));
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
