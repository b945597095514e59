#include "base/error.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/output.h"
#include "tests/denied_call.h"

namespace pbn {
namespace {

int report(const std::function<int()>& body, std::string& text) {
  testing::internal::CaptureStderr();
  const int code = run_and_report("pbn", body);
  text = testing::internal::GetCapturedStderr();
  return code;
}

TEST(Error, IsPrintedOnOneLineWithPlaceProblemAndHint) {
  std::string text;
  const auto body = []() -> int {
    throw usage_error("grid.yaml:7:12", "did you mean \"model.depth\"?", "unknown key \"{}\"", "model.dept");
  };
  EXPECT_EQ(report(body, text), 64);
  EXPECT_EQ(text, "pbn: grid.yaml:7:12: unknown key \"model.dept\"; did you mean \"model.depth\"?\n");
}

TEST(Error, EveryBlameHasItsOwnExitCode) {
  std::string text;
  EXPECT_EQ(report([]() -> int { throw data_error("a.h5", "", "is cut"); }, text), 65);
  EXPECT_EQ(report([]() -> int { throw environment_error("", "", "no disk"); }, text), 69);
  EXPECT_EQ(report([]() -> int { throw bug_error("", "", "ours"); }, text), 70);
  EXPECT_EQ(report([]() -> int { throw std::runtime_error("surprise"); }, text), 70);
  EXPECT_THAT(text, testing::HasSubstr("internal error: surprise"));
  EXPECT_EQ(report([]() -> int { throw std::bad_alloc(); }, text), 69);
  EXPECT_EQ(report([] { return std::filesystem::remove_all("/proc/self/status") ? 0 : 1; }, text), 69);
  EXPECT_THAT(text, testing::StartsWith("pbn: /proc/self/status: "));
  EXPECT_EQ(report([] { return 0; }, text), 0);
  EXPECT_EQ(text, "");
}

// The exit code of a program that prints `letters` letters to the descriptor `output` and returns `code`.
int code_of_printing(int letters, int code, int output) {
  return in_child([&] {
    ::dup2(output, STDOUT_FILENO);
    ::close(STDERR_FILENO);  // the error cannot be printed either
    return run_and_report("pbn", [&] {
      fmt::print("{}", std::string(static_cast<std::size_t>(letters), 'x'));
      return code;
    });
  });
}

TEST(Output, LossNeverGivesExitCode0) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const int letters : {1, 100000}) EXPECT_EQ(code_of_printing(letters, 0, full), 69) << letters;
  EXPECT_EQ(code_of_printing(1, 75, full), 75);
  EXPECT_EQ(code_of_printing(0, 0, full), 0);
  ::close(full);
}

TEST(Output, NoFileGetsTheNumberOfAClosedStream) {
  EXPECT_EQ(in_child([] {
              ::close(STDOUT_FILENO);
              return run_and_report("pbn", [] {
                const int file = ::open("/dev/null", O_WRONLY);
                fmt::print("result");
                return file == STDOUT_FILENO ? 1 : 0;
              });
            }),
            69);
}

TEST(Output, APipeWithoutAReaderEndsTheProgramSilently) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  ::close(pipe[0]);
  EXPECT_EQ(code_of_printing(1, 0, pipe[1]), -1);  // by SIGPIPE
  EXPECT_EQ(code_of_printing(1, 75, pipe[1]), 75);
  EXPECT_EQ(in_child([&] {
              ::dup2(pipe[1], STDOUT_FILENO);
              redirect_closed_streams();
              return run_and_report("pbn", [] {
                fmt::print("for nobody");
                return 0;
              });
            }),
            0);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace pbn
