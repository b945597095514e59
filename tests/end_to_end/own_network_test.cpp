// docs/tutorials/own-network.md: copies the project, changes it as the text says, builds it, and tries the new setting.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "shell.h"
#include "tests/places.h"
#include "tests/tutorial.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

TEST(Tutorial, OwnNetworkIsBuiltAndTried) {
  const fs::path tutorial = source_folder() / "docs/tutorials/own-network.md";
  const TemporaryFolder folder("pbn-tutorial");
  const std::string copy = (folder / "project").string();
  for (const TutorialBlock& block : blocks_of(tutorial)) {
    if (block.file == "shortcut.diff") write_atomically(folder / "shortcut.diff", block.text);
  }
  const Answer built = shell(
      fmt::format("set -e\nmkdir {0}; cd {1}; cp -r $(ls -A | grep -v -e ^build -e ^demo$ -e ^.git$) {0}; cd {0}\n"
                  "git apply ../shortcut.diff\n"
                  "cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DPBN_LIBTORCH={2}\n"
                  "cmake --build build --target pbn_programs",
                  copy, source_folder().string(), libtorch_folder().string()));
  ASSERT_EQ(built.exit_code, 0) << built.text;
  const TutorialOutcome outcome = follow(tutorial, folder.path(), [&](const std::string& commands) {
    const Answer answer =
        shell(fmt::format("set -e\nexport PATH={}/build/bin:$PATH\ncd {}\n{}", copy, folder.path().string(), commands));
    return TutorialStep{answer.exit_code, answer.text};
  });
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, ::testing::HasSubstr("shortcut"));
}

}  // namespace
}  // namespace pbn
