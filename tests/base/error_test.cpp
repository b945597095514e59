#include "base/error.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace pbn {
namespace {

int report(const std::function<int()>& body, std::string& text) {
  testing::internal::CaptureStderr();
  const int code = run_and_report("pbn", body);
  text = testing::internal::GetCapturedStderr();
  return code;
}

TEST(Error, BecomesOneLineWithPlaceProblemAndHintAndItsExitCode) {
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

}  // namespace
}  // namespace pbn
