// What a capture does to LibTorch's allocators when it succeeds and when it fails, on doubles (recorded_capture.h).
#include "worker/cuda/recorded_graph.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/worker/training/recorded_capture.h"

namespace pbn::worker {
namespace {

using testing::ElementsAre;

void fail() { throw std::runtime_error("the work failed"); }

std::string problem_of_recording(const std::function<void()>& work, std::set<std::string> failing) {
  log_captures(std::move(failing));
  try {
    record_graph(work, 0);
    return "";
  } catch (const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
  }
}

TEST(RecordedGraph, TakesItsMemoryFromWhatLibTorchDoesNotUseAndGivesItUpAtItsEnd) {
  log_captures();
  {
    const auto graph = record_graph([] {}, 0);
    graph->replay();
  }
  EXPECT_THAT(capture_calls(), ElementsAre("free unused memory", "begin", "end", "replay", "release pool"));
}

TEST(RecordedGraph, AfterWorkThatFailsEndsTheCapture) {
  EXPECT_EQ(problem_of_recording(fail, {}), "the work failed");
  EXPECT_THAT(capture_calls(), ElementsAre("free unused memory", "begin", "end", "clear error", "release pool"));
}

TEST(RecordedGraph, AfterWorkThatFailsAndCannotBeEndedAbandonsThePool) {
  EXPECT_EQ(problem_of_recording(fail, {"end"}), "the work failed");
  EXPECT_THAT(capture_calls(), ElementsAre("free unused memory", "begin", "end", "abandon pool", "clear error"));
}

TEST(RecordedGraph, WhoseCaptureCannotBeEndedAbandonsThePool) {
  EXPECT_EQ(problem_of_recording([] {}, {"end"}), "end failed");
  EXPECT_THAT(capture_calls(), ElementsAre("free unused memory", "begin", "end", "end", "abandon pool", "clear error"));
}

TEST(RecordedGraph, WhoseCaptureCannotBeginAbandonsThePool) {
  EXPECT_EQ(problem_of_recording([] {}, {"begin", "end"}), "begin failed");
  EXPECT_THAT(capture_calls(), ElementsAre("free unused memory", "begin", "end", "abandon pool", "clear error"));
}

TEST(RecordedGraph, ThatCannotBeInstantiatedGivesItsPoolUpOnce) {
  EXPECT_EQ(problem_of_recording([] {}, {"instantiate"}), "instantiate failed");
  EXPECT_THAT(capture_calls(),
              ElementsAre("free unused memory", "begin", "end", "instantiate", "clear error", "release pool"));
}

}  // namespace
}  // namespace pbn::worker
