// pbn run and pbn contain with workers in containers. The runtime is a double, a script that runs the words after the
// image here; tests/orchestrator/executors/container_test.cpp has the command lines, podman_test.cpp a real runtime.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/files.h"
#include "base/process.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/places.h"
#include "tests/tutorial.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class Contain : public testing::Test {
 protected:
  Contain() {
    fs::create_directory(folder_ / "bin");
    write_atomically(folder_ / "bin/apptainer",
                     "#!/bin/bash\necho \"apptainer $*\" >&2\nwhile [ \"$1\" != image.sif ]; do shift; done\nshift\n"
                     "exec \"$@\"\n");
    fs::permissions(folder_ / "bin/apptainer", fs::perms::owner_all);
    write_atomically(folder_ / "container.yaml", "image: image.sif\n");
  }

  std::string path() const {
    return fmt::format("{}:{}:{}", (folder_ / "bin").string(), programs_folder().string(), std::getenv("PATH"));
  }
  std::string container() const { return (folder_ / "container.yaml").string(); }
  CommandOutcome pbn(std::vector<std::string> words) const {
    words.insert(words.begin(), built_program("pbn"));
    return run_program(std::move(words), {{"PATH", path()}});
  }

  const TemporaryFolder folder_{"pbn-contain"};
};

TEST_F(Contain, BecomesTheRuntime) {
  const CommandOutcome outcome = pbn({"contain", container(), "--", "sh", "-c", "echo \"$0\"; exit 75", "it's"});
  EXPECT_EQ(outcome.code, 75);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("apptainer exec --pwd=" + fs::current_path().string()), HasSubstr("\nit's\n")));
  EXPECT_EQ(pbn({"contain", "{image: image.sif}", "--", "true"}).code, 0) << "the description itself";
}

TEST_F(Contain, NamesARuntimeThatIsMissing) {
  const CommandOutcome outcome = pbn({"contain", "{image: a, runtime: enroot}", "--", "true"});
  if (!find_program("enroot").empty()) GTEST_SKIP() << "there is an enroot";
  EXPECT_EQ(outcome.code, 69);
  EXPECT_THAT(outcome.output, HasSubstr("pbn: enroot: is not in PATH, but the container needs it"));
  EXPECT_EQ(pbn({"contain", "nowhere.yaml", "--", "true"}).code, 64);
}

TEST_F(Contain, RunsEveryRunInAContainerOfItsOwn) {
  const CountingSweep sweep("{steps: 3}", 3);
  auto variables = sweep.environment();
  variables.emplace_back("PATH", path());
  const CommandOutcome outcome = run_program(sweep.command("run", {"--container", container()}), variables);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  sweep.expect_each_run_once();
  for (const std::string& run : sweep.runs()) {
    EXPECT_THAT(read_file(sweep.folder(run) / "log"),
                AllOf(HasSubstr("apptainer exec"), HasSubstr("--bind=" + sweep.store().string() + " "),
                      HasSubstr("image.sif " + built_program("counting_worker"))));
  }
}

TEST_F(Contain, TheManualsCommandsWork) {
  const TutorialOutcome outcome =
      follow(source_folder() / "docs/containers.md", folder_.path(), [&](const std::string& commands) {
        const CommandOutcome step = run_program(
            {"bash", "-c", "set -e; cd \"$0\"; eval \"$1\"", folder_.path().string(), commands}, {{"PATH", path()}});
        return TutorialStep{step.code, step.output};
      });
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, HasSubstr(R"(contain '{"image":"/shared/images/pbn.sif","runtime":"apptainer"}' --)"));
}

}  // namespace
}  // namespace pbn::commands
