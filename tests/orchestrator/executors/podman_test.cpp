// pbn run with workers in real containers of podman; skipped where podman cannot run any.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "base/files.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/orchestrator/podman_image.h"
#include "tests/places.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::SizeIs;

class InPodman : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = PodmanImage::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
    image_ = std::make_unique<PodmanImage>();
  }

  std::string container(const std::string& bind) const {
    const std::string file = folder_ / "container.yaml";
    write_atomically(file, image_->description({bind}));
    return file;
  }
  static std::string folder_of(const CountingSweep& sweep) { return sweep.store().parent_path(); }

  const TemporaryFolder folder_{"pbn-podman"};
  std::unique_ptr<PodmanImage> image_;
};

TEST_F(InPodman, EveryRunIsPerformedOnce) {
  const CountingSweep sweep("{steps: 3}", 2);
  const CommandOutcome outcome = sweep.run({"--container", container(folder_of(sweep))});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(sweep.finished(), 2);
  sweep.expect_each_run_once();
}

TEST_F(InPodman, AWorkerIsAskedToSaveAndResumes) {
  const CountingSweep sweep("{steps: 60, milliseconds: 50}", 1);
  const std::string description = container(folder_of(sweep));
  Process pbn(sweep.start({"--container", description}));
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }, 60s)) << read_file(sweep.output());
  pbn.signal(SIGINT);
  EXPECT_EQ(pbn.wait(), 75) << read_file(sweep.output());
  const std::string run = sweep.runs()[0];
  EXPECT_EQ(read_json(sweep.folder(run) / "attempts/0001/exit.json").at("code"), 75);
  EXPECT_EQ(sweep.run({"--container", description}).code, 0);
  EXPECT_THAT(read_json_lines(sweep.folder(run) / "metrics.jsonl"), SizeIs(60)) << "no step was repeated";
  sweep.expect_each_run_once();
}

// The runtime alone dies; the next attempt must not work beside the container that it leaves.
TEST_F(InPodman, AContainerThatOutlivedItsRuntimeIsRemoved) {
  const CountingSweep sweep("{steps: 100, milliseconds: 50}", 1);
  const std::string description = container(folder_of(sweep));
  Process pbn(sweep.start({"--container", description}));
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }, 60s)) << read_file(sweep.output());
  run_program({"bash", "-c", "kill -9 $(cat /proc/" + std::to_string(pbn.id()) + "/task/*/children)"});
  EXPECT_EQ(pbn.wait(), 0) << "it tries again. " << read_file(sweep.output());
  EXPECT_EQ(sweep.count("begin"), 2);
  EXPECT_EQ(sweep.count("twice"), 0);
  EXPECT_EQ(sweep.count("done"), 1);
}

TEST_F(InPodman, RanksUnderMpirunHaveTheOutcomeOfTheHost) {
  if (!fs::exists(built_program("pbn_worker"))) GTEST_SKIP() << "needs pbn_worker (a build with LibTorch)";
  if (find_program("mpirun").empty()) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
  write_atomically(folder_ / "grid.yaml",
                   "name: training\nmodel: {features: 16}\nrun: {ranks: 2, threads: 1}\n"
                   "train: {epochs: 1, global_batch: 8, precision: fp32}\ndata: {train: '" +
                       small_train_file().string() + "', validation: '" + small_validation_file().string() + "'}\n");
  const auto outcome_with = [&](const std::string& store, std::vector<std::string> more) {
    std::vector<std::string> command{built_program("pbn"), "run", (folder_ / "grid.yaml").string(), "--store",
                                     (folder_ / store).string()};
    command.insert(command.end(), more.begin(), more.end());
    const CommandOutcome done = run_program(command, {{"OMP_NUM_THREADS", "1"}});
    EXPECT_EQ(done.code, 0) << done.output;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / store)) {
      if (entry.path().filename() == "result.json") return read_json(entry.path()).at("outcome").dump();
    }
    return std::string("none");
  };
  EXPECT_EQ(outcome_with("inside", {"--container", container("/etc/alternatives")}), outcome_with("outside", {}));
}

}  // namespace
}  // namespace pbn::executors
