// Training on a real Slurm with two MPI ranks per run, started by srun or mpirun, on synthetic people.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "tests/orchestrator/podman_image.h"
#include "tests/places.h"
#include "tests/slurm/cluster.h"
#include "tests/tutorial.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

constexpr const char* network = "model: {features: 16}\nrun: {ranks: 2, threads: 1}\n";
constexpr const char* two_cells = "cells: [{model.head: [plain, deep]}]\nseeds: [1, 2]\n";

class TrainingOnSlurm : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = SingleMachineSlurm::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
    if (!fs::exists(built_program("pbn_worker"))) GTEST_SKIP() << "needs pbn_worker (a build with LibTorch)";
    if (find_program("mpirun").empty()) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
  }

  void write_grid(const std::string& more, int epochs) {
    write_atomically(folder_ / "grid.yaml",
                     fmt::format("name: training\n{}train: {{epochs: {}, global_batch: 8, precision: fp32}}\n{}",
                                 network, epochs, more));
  }

  CommandOutcome pbn(const std::string& command, const std::string& store, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{built_program("pbn"),
                                   command,
                                   (folder_ / "grid.yaml").string(),
                                   "--store",
                                   (folder_ / store).string(),
                                   "--set=data.train=" + small_train_file().string(),
                                   "--set=data.validation=" + small_validation_file().string()};
    words.insert(words.end(), more.begin(), more.end());
    return cluster_->run(std::move(words), {{"OMP_NUM_THREADS", "1"}});
  }

  std::string outcome_of_report(const std::string& store) const {
    const fs::path sweep = fs::directory_iterator(folder_ / store / "sweeps")->path();
    return read_json(sweep / "report/aggregate.json").at("outcome").dump();
  }

  // The outcome of the same grid with pbn run.
  std::string local_outcome() const {
    const CommandOutcome run = pbn("run", "local");
    EXPECT_EQ(run.code, 0) << run.output;
    EXPECT_EQ(pbn("report", "local").code, 0);
    return outcome_of_report("local");
  }

  // The folder of the only run; none also if files came or went while it was looked for.
  fs::path run_folder() const {
    std::error_code gone;
    for (auto entry = fs::recursive_directory_iterator(folder_ / "store/runs", gone);
         !gone && entry != fs::recursive_directory_iterator(); entry.increment(gone)) {
      if (entry->path().filename() == "config.json") return entry->path().parent_path();
    }
    return {};
  }

  bool has_trained_for_an_epoch() const {
    return becomes_true(
        [&] {
          const fs::path metrics = run_folder() / "metrics.jsonl";
          return fs::exists(metrics) && read_file(metrics).find("\"kind\":\"epoch\"") != std::string::npos;
        },
        60s);
  }

  void expect_one_resumption() const {
    EXPECT_EQ(runs::newest_attempt(run_folder())->filename(), "0002");
    EXPECT_EQ(read_json(run_folder() / "attempts/0001/exit.json").at("code"), 75);
    EXPECT_EQ(outcome_of_report("store"), local_outcome());
  }

  TemporaryFolder folder_;
  std::unique_ptr<Cluster> cluster_ = SingleMachineSlurm::obstacle().empty() ? std::make_unique<Cluster>() : nullptr;
};

TEST_F(TrainingOnSlurm, AnArrayHasTheOutcomeOfPbnRun) {
  write_grid(two_cells, 2);
  const CommandOutcome submitted =
      pbn("submit", "store", {"--report", "--profile", cluster_->profile("launcher: srun\n")});
  ASSERT_EQ(submitted.code, 0) << submitted.output;
  ASSERT_TRUE(cluster_->wait_for_end(120s));
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(5)) << "four elements and the report";
  EXPECT_EQ(outcome_of_report("store"), local_outcome());
}

TEST_F(TrainingOnSlurm, PackedRunsSideBySideHaveTheOutcomeOfPbnRun) {
  write_grid(two_cells, 2);
  const std::string packed = "array: {runs_per_element: 4}\nnode: {cpus: 4, memory: 8000M}\nlauncher: ";
  for (const std::string launcher : {"srun", "mpirun"}) {
    const CommandOutcome submitted =
        pbn("submit", launcher, {"--report", "--profile", cluster_->profile(packed + launcher + "\n")});
    ASSERT_EQ(submitted.code, 0) << submitted.output;
    EXPECT_THAT(submitted.output, HasSubstr("4 runs in 1 element, 2 at a time in each"));
    ASSERT_TRUE(cluster_->wait_for_end(120s));
  }
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(4)) << "an element and a report for each launcher";
  int waited = 0;  // for a step that had not quite ended; if steps took the whole job, the second run would wait, too
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "srun/runs")) {
    waited += entry.path().filename() == "log" &&
              read_file(entry.path()).find("creation temporarily disabled") != std::string::npos;
  }
  EXPECT_LE(waited, 2);
  EXPECT_EQ(outcome_of_report("srun"), local_outcome());
  EXPECT_EQ(outcome_of_report("mpirun"), outcome_of_report("srun"));
}

TEST_F(TrainingOnSlurm, RanksUnderSrunSaveAndResumeWithTheSameBits) {
  write_grid("", 30);
  ASSERT_EQ(pbn("submit", "store", {"--report", "--profile", cluster_->profile("launcher: srun\n")}).code, 0);
  ASSERT_TRUE(has_trained_for_an_epoch());
  cluster_->slurm().answer({"scancel", "--signal=USR2", cluster_->in_state("RUNNING").at(0)});  // to the ranks
  ASSERT_TRUE(cluster_->wait_for_end(150s));
  expect_one_resumption();
}

TEST_F(TrainingOnSlurm, RanksUnderMpirunSaveAndResumeWithTheSameBits) {
  write_grid("", 30);
  ASSERT_EQ(pbn("submit", "store", {"--report", "--profile", cluster_->profile("launcher: mpirun\n")}).code, 0);
  ASSERT_TRUE(has_trained_for_an_epoch());
  cluster_->slurm().answer({"scancel", "--signal=USR2", "--batch", cluster_->in_state("RUNNING").at(0)});
  ASSERT_TRUE(cluster_->wait_for_end(150s));
  expect_one_resumption();
}

TEST_F(TrainingOnSlurm, RanksInContainersUnderSrunHaveTheOutcomeOfPbnRun) {
  if (const std::string obstacle = PodmanImage::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  const PodmanImage image;
  write_grid("", 2);
  const std::string profile = cluster_->profile("launcher: srun\ncontainer: " + image.description() + "\n");
  const CommandOutcome submitted = pbn("submit", "store", {"--report", "--profile", profile});
  ASSERT_EQ(submitted.code, 0) << submitted.output;
  ASSERT_TRUE(cluster_->wait_for_end(120s));
  EXPECT_EQ(outcome_of_report("store"), local_outcome()) << read_file(run_folder() / "log");
}

TEST_F(TrainingOnSlurm, ARunOnTwoNodesHasTheOutcomeOfOneMachine) {
  write_grid("", 2);
  ASSERT_EQ(pbn("submit", "store", {"--report", "--profile", cluster_->profile("nodes: 2\nlauncher: srun\n")}).code, 0);
  ASSERT_TRUE(cluster_->wait_for_end(120s));
  EXPECT_THAT(cluster_->slurm().answer({"scontrol", "show", "job", "--oneliner"}), HasSubstr("NodeList=n[0-1]"));
  EXPECT_EQ(outcome_of_report("store"), local_outcome());
}

// Executes the commands of docs/tutorials/paper-on-slurm.md with small files in place of the paper's data.
TEST_F(TrainingOnSlurm, TheTutorialWorks) {
  fs::copy(source_folder() / "experiments", folder_ / "experiments", fs::copy_options::recursive);
  fs::copy_file(small_train_file(), folder_ / "mpii-train.h5");
  fs::copy_file(small_validation_file(), folder_ / "mpii-validation.h5");
  const TutorialOutcome outcome =
      follow(source_folder() / "docs/tutorials/paper-on-slurm.md", folder_.path(), [&](const std::string& commands) {
        const CommandOutcome done = cluster_->run(
            {"bash", "-c", "set -e; cd \"$1\"; export PATH=" + programs_folder().string() + ":$PATH; eval \"$2\"",
             "bash", folder_.path().string(), commands},
            {{"OMP_NUM_THREADS", "1"}});
        return TutorialStep{done.code, done.output};
      });
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, HasSubstr("#SBATCH --gres=gpu:8"));
  EXPECT_THAT(outcome.output, HasSubstr("2 runs in 1 element, 2 at a time in each"));
  ASSERT_TRUE(cluster_->wait_for_end(120s));
  for (const std::string store : {"rehearsal", "packed"}) {
    int results = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / store / "runs")) {
      results += entry.path().filename() == "result.json";
    }
    EXPECT_EQ(results, 2) << "the deep baseline and the branches, in " << store;
  }
  EXPECT_TRUE(fs::exists(fs::directory_iterator(folder_ / "rehearsal/sweeps")->path() / "report/index.html"));
}

}  // namespace
}  // namespace pbn::slurm
