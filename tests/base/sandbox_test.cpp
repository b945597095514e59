#include "base/sandbox.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace pbn {
namespace {

using testing::HasSubstr;

const SandboxLimits small{.cpu_seconds = 1, .wall_seconds = 2, .memory = std::size_t{64} << 20};

TEST(Sandbox, TheResultIsReturned) {
  const SandboxOutcome outcome = run_in_sandbox(small, [](SandboxReport&) { return std::string("all is well"); });
  EXPECT_TRUE(outcome.succeeded);
  EXPECT_EQ(outcome.result, "all is well");
}

TEST(Sandbox, ACrashEndsOnlyTheChildAndHasAPlace) {
  const SandboxOutcome outcome = run_in_sandbox(small, [](SandboxReport& report) -> std::string {
    report.set_place("the second dataset");
    ::raise(SIGSEGV);
    return "";
  });
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.place, "the second dataset");
  EXPECT_EQ(outcome.failure, "crashes (Segmentation fault)");
  EXPECT_FALSE(outcome.at_limit);
}

TEST(Sandbox, EndlessComputingAndEndlessWaitingEnd) {
  const auto compute = [](SandboxReport&) -> std::string {
    for (volatile bool on = true; on;) {
    }
    return "";
  };
  EXPECT_EQ(run_in_sandbox({.cpu_seconds = 1, .wall_seconds = 60, .memory = 1 << 20}, compute).failure,
            "does not end within 1 s of computing");
  const auto wait = [](SandboxReport&) -> std::string {
    for (;;) ::pause();
  };
  const SandboxOutcome waited = run_in_sandbox({.cpu_seconds = 5, .wall_seconds = 1, .memory = 1 << 20}, wait);
  EXPECT_EQ(waited.failure, "does not end within 1 s");
  EXPECT_TRUE(waited.at_limit);
}

TEST(Sandbox, MemoryBeyondTheLimitIsRefused) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own allocator ends the child first";
#endif
  const SandboxOutcome outcome = run_in_sandbox(
      small, [](SandboxReport&) { return std::string(std::vector<char>(std::size_t{100} << 20, 'x').data(), 1); });
  EXPECT_EQ(outcome.failure, "needs more than 64 MiB of memory");
  EXPECT_TRUE(outcome.at_limit);
}

TEST(Sandbox, LeavesNoZombieAndWorksWhereSigchldIsIgnored) {
  const auto hello = [](SandboxReport&) { return std::string("hello"); };
  EXPECT_TRUE(run_in_sandbox(small, hello).succeeded);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(run_in_sandbox(small, hello).result, "hello");
  EXPECT_FALSE(run_in_sandbox(small, [](SandboxReport&) -> std::string { ::_exit(3); }).succeeded);
  ::signal(SIGCHLD, SIG_DFL);
}

volatile sig_atomic_t stops = 0;

TEST(Sandbox, AStopSignalReachesOnlyTheParent) {
  ::signal(SIGTERM, [](int) { stops = stops + 1; });
  const pid_t parent = ::getpid();
  const SandboxOutcome outcome = run_in_sandbox(small, [&](SandboxReport&) {
    ::kill(::getpid(), SIGTERM);
    ::kill(parent, SIGTERM);
    return std::string("still here");
  });
  ::signal(SIGTERM, SIG_DFL);
  EXPECT_EQ(outcome.result, "still here");
  EXPECT_EQ(stops, 1);
}

TEST(Sandbox, OtherThreadsMayAllocateMeanwhile) {
  std::jthread busy([](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::vector<int>(1000, 1).push_back(2);
  });
  for (int i = 0; i < 50; ++i) {
    const SandboxOutcome outcome =
        run_in_sandbox(small, [](SandboxReport&) { return std::string(std::vector<char>(5000, 'a').data(), 5000); });
    EXPECT_EQ(outcome.result, std::string(1000, 'a'));
  }
}

TEST(Sandbox, ItsOutputIsDiscarded) {
  testing::internal::CaptureStderr();
  EXPECT_THAT(run_in_sandbox(small, [](SandboxReport&) -> std::string { ::abort(); }).failure, HasSubstr("Aborted"));
  run_in_sandbox(small, [](SandboxReport&) { return std::string(1, ::write(2, "noise", 5) == 5 ? 'y' : 'n'); });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace pbn
