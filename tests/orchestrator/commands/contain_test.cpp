// pbn run and pbn contain with workers in containers. The runtime is a double, a script that runs the words after the
// image here; tests/orchestrator/executors/container_test.cpp has the command lines, podman_test.cpp a real runtime.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/files.h"
#include "base/process.h"
#include "tests/apptainer_double.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/orchestrator/study.h"
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
    write_apptainer_double(folder_ / "bin");
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

TEST_F(Contain, TryStartsTheWorkerOfTheImage) {
  if (find_program("mpirun").empty()) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
  const fs::path worker = folder_ / "worker", store = folder_ / "store";
  write_atomically(worker, "#!/bin/sh\necho '{\"images_per_second\": 20, \"peak_memory_mib\": 700, \"ranks\": 1}'\n");
  fs::permissions(worker, fs::perms::owner_all);
  write_atomically(folder_ / "container.yaml", "{image: image.sif, worker: " + worker.string() + "}\n");
  write_atomically(folder_ / "grid.yaml", "name: small\n");
  const CommandOutcome tried = pbn({"try", (folder_ / "grid.yaml").string(), "--store", store.string(), "--container",
                                    container(), "--set", "data.train=" + small_train_file().string(), "--set",
                                    "data.validation=" + small_validation_file().string()});
  EXPECT_EQ(tried.code, 0) << tried.output;
  EXPECT_THAT(tried.output, HasSubstr("700 MiB"));
  const std::string call = read_file(folder_ / "bin/calls");
  EXPECT_THAT(call, AllOf(HasSubstr("apptainer exec --pwd=" + fs::current_path().string()),
                          HasSubstr(" image.sif " + worker.string() + " try --config " + (store / ".try-").string())));
  for (const fs::path& file : {small_train_file(), small_validation_file(), store}) {
    EXPECT_TRUE(is_shared_by(call, file)) << call;
  }
}

TEST_F(Contain, TryOfAnExternalWorkerStartsItInTheContainer) {
  write_atomically(folder_ / "grid.yaml", "worker: {command: [sh, -c, 'exit 3']}\nseeds: [1]\n");
  const CommandOutcome tried = pbn(
      {"try", (folder_ / "grid.yaml").string(), "--store", (folder_ / "store").string(), "--container", container()});
  EXPECT_EQ(tried.code, 1) << tried.output;
  EXPECT_THAT(read_file(folder_ / "bin/calls"), HasSubstr(" image.sif sh -c exit 3 --run "));
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
