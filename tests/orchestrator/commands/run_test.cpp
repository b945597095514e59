// pbn run with mpirun and a fake worker: a shell script that follows docs/file-formats.md.
#include <gmock/gmock.h>
#include <signal.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_state.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* grid_text = "name: study\nseeds: [1, 2]\nrun: {ranks: 2}\ncells: [{model.head: [plain, deep]}]\n";

class RunCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (find_program("mpirun").empty()) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
    fs::copy(built_program("pbn"), folder_.path() / "pbn");
    write_atomically(folder_.path() / "grid.yaml", grid_text);
    fs::create_directory(folder_.path() / "prepared");
    for (const grid::Cell& cell : sweep_.cells) {
      for (const auto& run : cell.runs) {
        write_json(folder_.path() / "prepared" / (run.id.substr(0, 12) + ".json"), result_of(cell, run, 3));
      }
    }
  }

  // `body` runs in rank 0 with $run (the run's folder) and $result (a result to copy there).
  void write_worker(const std::string& body) {
    const fs::path worker = folder_.path() / "pbn_worker";
    write_atomically(worker,
                     "#!/bin/sh\n[ \"$OMPI_COMM_WORLD_RANK\" = 0 ] || exit 0\n"
                     "run=$2 result=$PREPARED/$(basename \"$2\").json\n" +
                         body + "\n");
    fs::permissions(worker, fs::perms::owner_all);
  }

  std::vector<std::string> command() const {
    return {(folder_.path() / "pbn").string(),
            "run",
            (folder_.path() / "grid.yaml").string(),
            "--store",
            (folder_.path() / "the store").string(),
            "--set",
            "data.train=" + small_train_file().string(),
            "--set",
            "data.validation=" + small_validation_file().string()};
  }

  CommandOutcome run_grid() const { return run_program(command(), environment()); }

  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"PREPARED", (folder_.path() / "prepared").string()}};
  }

  TemporaryFolder folder_;
  grid::Sweep sweep_ = small_sweep(grid_text);
  runs::RunStore store_{folder_.path() / "the store"};
};

TEST_F(RunCommand, TrainsEveryRunOnceAndSkipsFinishedOnes) {
  write_worker("[ -s \"$run/config.json\" ] && cp \"$result\" \"$run/result.json\"");
  const CommandOutcome first = run_grid();
  EXPECT_EQ(first.code, 0) << first.output;
  EXPECT_THAT(first.output, HasSubstr("4 runs finished now, 0 were done before, 0 failed."));
  EXPECT_THAT(run_grid().output, HasSubstr("0 runs finished now, 4 were done before, 0 failed."));
}

TEST_F(RunCommand, StaysOnThisMachineInsideASlurmAllocation) {
  write_worker("cp \"$result\" \"$run/result.json\"");
  auto variables = environment();
  const std::string hosts = (folder_.path() / "hosts").string();
  write_atomically(hosts, "elsewhere slots=2\n");
  const std::vector<std::pair<std::string, std::string>> allocation{{"SLURM_JOB_ID", "1"},
                                                                    {"SLURM_JOBID", "1"},
                                                                    {"SLURM_NODELIST", "here,other"},
                                                                    {"SLURM_JOB_NODELIST", "here,other"},
                                                                    {"SLURM_TASKS_PER_NODE", "1(x2)"},
                                                                    {"SLURM_NNODES", "2"},
                                                                    {"OMPI_MCA_plm", "slurm"},
                                                                    {"OMPI_MCA_orte_default_hostfile", hosts},
                                                                    {"PRTE_MCA_plm", "slurm"},
                                                                    {"PRTE_MCA_prte_default_hostfile", hosts}};
  variables.insert(variables.end(), allocation.begin(), allocation.end());
  const CommandOutcome outcome = run_program(command(), variables);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
}

TEST_F(RunCommand, LeavesStandardInputToTheShellsLoop) {
  write_worker("cp \"$result\" \"$run/result.json\"");
  std::vector<std::string> words{"bash", "-c",
                                 "while read seed; do \"$@\" --seeds $seed; echo did $seed; done <<< $'1\\n2'", "bash"};
  const std::vector<std::string> pbn = command();
  words.insert(words.end(), pbn.begin(), pbn.end());
  const CommandOutcome outcome = run_program(words, environment());
  EXPECT_THAT(outcome.output, ::testing::AllOf(HasSubstr("did 1"), HasSubstr("did 2")));
}

TEST_F(RunCommand, SaysWhyAWorkerFailedAndTrainsTheOtherRuns) {
  const std::string failing = store_.folder(sweep_.cells[0].runs[1].id).filename().string();
  write_worker("case $run in *" + failing + ") echo 'pbn_worker: train.h5: is cut short' >&2; exit 65;; esac\n" +
               "cp \"$result\" \"$run/result.json\"");
  const CommandOutcome outcome = run_grid();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("plain, seed 2 could not use its data (exit code 65)"));
  EXPECT_THAT(outcome.output, HasSubstr("  | pbn_worker: train.h5: is cut short"));
  EXPECT_THAT(outcome.output, HasSubstr("3 runs finished now, 0 were done before, 1 failed."));
  EXPECT_EQ(runs::facts_of(store_, sweep_.cells[0].runs[1].id).state, runs::RunState::failed);
}

TEST_F(RunCommand, RestartsAWorkerThatSavedItselfAndAsksForIt) {
  write_worker("[ -e \"$run/saved\" ] || { touch \"$run/saved\"; exit 75; }\ncp \"$result\" \"$run/result.json\"");
  const CommandOutcome outcome = run_grid();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(runs::newest_attempt(store_.folder(sweep_.cells[0].runs[0].id))->filename(), "0002");
}

TEST_F(RunCommand, AWorkerThatWritesTheResultOfAnotherRunHasFailed) {
  write_worker("echo '{\"run\": \"x\", \"outcome\": {\"figures\": {}}}' > \"$run/result.json\"");
  const CommandOutcome outcome = run_grid();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("result.json is of another run: \"run\" is \"x\""));
}

TEST_F(RunCommand, SendsUsr2ToWorkersWhenInterruptedAndContinuesTheNextTime) {
  write_worker(
      "trap 'touch \"$PREPARED/saved\"; exit 75' USR2\n"
      "[ -e \"$PREPARED/saved\" ] || { touch \"$run/waits\"; while :; do sleep 0.05; done; }\n"
      "cp \"$result\" \"$run/result.json\"");
  const fs::path waits = store_.folder(sweep_.cells[1].runs[0].id) / "waits";  // the longest run comes first
  Process process({command(), environment(), folder_.path() / "output", -1});
  ASSERT_TRUE(becomes_true([&] { return fs::exists(waits); }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait_for(std::chrono::seconds(20)), 75) << read_file(folder_.path() / "output");
  EXPECT_TRUE(fs::exists(folder_.path() / "prepared/saved"));
  EXPECT_THAT(run_grid().output, HasSubstr("4 runs finished now"));
}

TEST_F(RunCommand, ContinuesAfterItWasKilled) {
  write_worker(
      "[ -e \"$run/waits\" ] || { touch \"$run/waits\"; while :; do sleep 0.05; done; }\n"
      "cp \"$result\" \"$run/result.json\"");
  const fs::path waits = store_.folder(sweep_.cells[1].runs[0].id) / "waits";  // the longest run comes first
  {
    Process process({command(), environment(), folder_.path() / "output", -1});
    ASSERT_TRUE(becomes_true([&] { return fs::exists(waits); }));
    process.signal(SIGKILL);
    process.wait_for(std::chrono::seconds(5));
  }
  for (const grid::Cell& cell : sweep_.cells) {
    for (const auto& run : cell.runs) {
      make_writable_folder(store_.folder(run.id));
      write_atomically(store_.folder(run.id) / "waits", "");
    }
  }
  const CommandOutcome outcome = run_grid();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("4 runs finished now"));
}

}  // namespace
}  // namespace pbn::commands
