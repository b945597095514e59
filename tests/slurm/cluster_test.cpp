// pbn submit on a real Slurm with a counting worker (tests/orchestrator/counting_worker.cpp): normal operation, and
// what happens when jobs are cancelled, preempted or killed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>

#include <fstream>
#include <regex>

#include "base/files.h"
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

TEST_F(OnSlurm, ArraysPerformEveryRunOnceAndThenTheReport) {
  start({.max_array_size = 3});
  const CountingSweep sweep("{steps: 3}", 7), local("{steps: 3}", 7);
  const CommandOutcome outcome = submit(sweep, "array: {parallel: 2}\n", {"--report"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("7 runs submitted"), HasSubstr(": 3 runs"), HasSubstr(": 1 run\n"),
                                    HasSubstr("report ")));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_EQ(sweep.finished(), 7);
  sweep.expect_each_run_once();
  int at_once = 0, most_at_once = 0;
  for (const auto& entry : sweep.diary()) {
    at_once += entry.word == "begin" ? 1 : -1;
    most_at_once = std::max(most_at_once, at_once);
  }
  EXPECT_LE(most_at_once, 2);
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  const Json made_by_the_job = read_json(folder / "report/aggregate.json");
  ASSERT_EQ(local.run().code, 0);
  EXPECT_EQ(made_by_the_job.at("outcome").dump(), local.reported_outcome());
}

TEST_F(OnSlurm, ArraysBeginAfterTheJobThatTheyWaitFor) {
  start();
  const TemporaryFolder folder;
  const std::string gate = (folder / "gate").string();
  write_atomically(folder / "first.sh", "#!/bin/sh\nwhile ! test -e '" + gate + "'; do sleep 0.1; done\n");
  const auto job = [&] {
    const std::string answer =
        cluster_->slurm().answer({"sbatch", "--parsable", "--output=/dev/null", (folder / "first.sh").string()});
    return answer.substr(0, answer.find_first_not_of("0123456789"));
  };
  const CountingSweep sweep("{steps: 1}", 2), never("{steps: 1}", 1);
  const std::string first = job(), failing = job();
  ASSERT_EQ(submit(sweep, "mail: {on: [fail]}\n", {"--after", first}).code, 0);
  ASSERT_EQ(submit(never, "", {"--after", failing}).code, 0);
  cluster_->slurm().answer({"scancel", failing});
  EXPECT_EQ(sweep.count("begin"), 0);
  write_atomically(gate, "");
  ASSERT_TRUE(cluster_->wait_for_end()) << "Slurm removes the job whose condition can no longer come true";
  sweep.expect_each_run_once();
  EXPECT_EQ(sweep.finished(), 2);
  EXPECT_EQ(never.count("begin"), 0);
}

TEST_F(OnSlurm, QueuedRunsAreNotSubmittedAgain) {
  start();
  const CountingSweep sweep("{steps: 20, milliseconds: 100}", 4);
  ASSERT_EQ(submit(sweep, "array: {parallel: 1}\n").code, 0);
  ASSERT_TRUE(has_begun(sweep));
  EXPECT_THAT(submit(sweep).output, HasSubstr("0 runs submitted, 4 already in Slurm's queue"));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(submit(sweep).output, HasSubstr("0 runs submitted, 4 done"));
  sweep.expect_each_run_once();
}

TEST_F(OnSlurm, ARunSavesItselfBeforeItsTimeLimitAndIsRequeued) {
  start();
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 2);
  ASSERT_EQ(submit(sweep).code, 0);
  ASSERT_TRUE(
      becomes_true([&] { return cluster_->in_state("RUNNING").size() == 2 && sweep.count("begin") == 2; }, 30s));
  cluster_->slurm().answer({"scancel", "--signal=USR2", "--batch", cluster_->in_state("RUNNING").at(1)});
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(2));
  const auto runs = sweep.runs();
  EXPECT_EQ(attempts(sweep, runs[0]) + attempts(sweep, runs[1]), 3) << "only one of them was interrupted";
  const std::string saved = attempts(sweep, runs[0]) == 2 ? runs[0] : runs[1];
  EXPECT_EQ(exit_of(sweep, saved, "0001").at("code"), 75);
  EXPECT_THAT(read_json_lines(sweep.folder(saved) / "metrics.jsonl"), SizeIs(40)) << "no step was repeated";
}

TEST_F(OnSlurm, WithoutRequeuingARunIsSubmittedAgain) {
  start({.requeues_jobs = false});
  const CountingSweep sweep("{steps: 30, milliseconds: 100}", 1);
  // A site's variable goes before the options of a script.
  ASSERT_EQ(submit(sweep, "", {"--report"}, {{"SBATCH_NO_REQUEUE", "1"}}).code, 0);
  ASSERT_TRUE(has_begun(sweep));
  cluster_->slurm().answer({"scancel", "--signal=USR2", "--batch", cluster_->in_state("RUNNING").at(0)});
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 1; }, 60s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(attempts(sweep, sweep.runs()[0]), 2);
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  EXPECT_EQ(read_json(folder / "report/aggregate.json").at("outcome").dump(), sweep.reported_outcome());
}

TEST_F(OnSlurm, AnElementCancelledWithScancelIsNotRequeued) {
  start();
  const CountingSweep sweep("{steps: 20, milliseconds: 100}", 2);
  ASSERT_EQ(submit(sweep).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }, 30s));
  cluster_->slurm().answer({"scancel", cluster_->in_state("RUNNING").at(0)});
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_EQ(sweep.finished(), 1);
  EXPECT_THAT(submit(sweep).output, HasSubstr("1 run submitted, 1 done"));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
}

TEST_F(OnSlurm, PbnCancelRemovesWaitingRunsAndSavesRunningOnes) {
  start();
  const CountingSweep sweep("{steps: 100, milliseconds: 100}", 2);
  ASSERT_EQ(submit(sweep, "array: {parallel: 1}\n").code, 0);
  ASSERT_TRUE(has_begun(sweep));
  const CommandOutcome cancel = cluster_->run(sweep.command("cancel"));
  ASSERT_EQ(cancel.code, 0) << cancel.output;
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->in_state("CANCELLED"), SizeIs(1)) << "the one that waited";
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(1)) << "the one that ran";
  EXPECT_EQ(sweep.count("begin"), 1);
  EXPECT_EQ(sweep.finished(), 0);
  EXPECT_THAT(submit(sweep).output, HasSubstr("0 runs submitted, 2 cancelled"));
}

TEST_F(OnSlurm, APreemptedRunSavesItselfAndResumes) {
  start({.nodes = 1, .preempts = true});
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 1);
  ASSERT_EQ(submit(sweep).code, 0);
  ASSERT_TRUE(has_begun(sweep));
  const TemporaryFolder folder;
  write_atomically(folder / "urgent.sh", "#!/bin/sh\nsleep 2\n");
  const std::string urgent = cluster_->slurm().answer(
      {"sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", (folder / "urgent.sh").string()});
  ASSERT_THAT(urgent, HasSubstr("Submitted"));
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 1; }, 90s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  const std::string run = sweep.runs()[0];
  EXPECT_EQ(attempts(sweep, run), 2);
  EXPECT_EQ(exit_of(sweep, run, "0001").at("code"), 75);
  EXPECT_THAT(read_json_lines(sweep.folder(run) / "metrics.jsonl"), SizeIs(40)) << "no step was repeated";
}

TEST_F(OnSlurm, ARunWhoseNodeDiesIsPerformedOnce) {
  start();
  const CountingSweep sweep("{steps: 60, milliseconds: 1000}", 1);  // longer than Slurm needs to notice
  ASSERT_EQ(submit(sweep).code, 0);
  ASSERT_TRUE(has_begun(sweep));
  const std::string node = cluster_->slurm().answer({"squeue", "-h", "-t", "R", "-o", "%N"});
  cluster_->slurm().kill_node(node == "n0\n" ? 0 : 1);
  const std::string run = sweep.runs()[0];
  // Slurm starts the element on the other node while the old job's processes still run.
  const auto starts = [&] { return cluster_->slurm().answer({"squeue", "-h", "-t", "R", "-o", "%N"}); };
  ASSERT_TRUE(becomes_true([&] { return !starts().empty() && starts() != node; }, 60s));
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 1; }, 90s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(attempts(sweep, run), 1) << "the first attempt kept running";
}

TEST_F(OnSlurm, AKilledControllerLosesNoRun) {
  start();
  const CountingSweep sweep("{steps: 5, milliseconds: 100}", 4);
  ASSERT_EQ(submit(sweep).code, 0);
  cluster_->slurm().kill_controller();
  cluster_->slurm().start_controller();
  ASSERT_TRUE(becomes_true([&] { return !cluster_->slurm().answer({"sinfo", "-h"}).empty(); }, 30s));
  // The controller may have forgotten the jobs or hold them; submitting again repairs both.
  for (int tries = 0; tries < 3 && sweep.finished() < 4; ++tries) {
    ASSERT_EQ(submit(sweep).code, 0);
    becomes_true([&] { return sweep.finished() == 4; }, 30s);
  }
  sweep.expect_each_run_once();
}

// What sbatch gets is written down by a script in its place.
TEST_F(OnSlurm, ADryRunShowsWhatSbatchGets) {
  start();
  const CountingSweep sweep("{steps: 1}", 4);
  const std::string profile = "array: {parallel: 2, largest_chunk: 3}\n";
  const CommandOutcome dry = submit(sweep, profile, {"--report", "--dry-run"});
  ASSERT_EQ(dry.code, 0) << dry.output;
  const TemporaryFolder folder;
  write_atomically(folder / "sbatch", "#!/bin/bash\n{ echo \"# sbatch $*\"; cat \"${@: -1}\"; echo; } >> '" +
                                          (folder / "got").string() + "'\nexec " + find_program("sbatch").string() +
                                          " \"$@\"\n");
  fs::permissions(folder / "sbatch", fs::perms::owner_all);
  const std::string path = fmt::format("{}:{}", folder.path().string(), std::getenv("PATH"));
  ASSERT_EQ(submit(sweep, profile, {"--report"}, {{"PATH", path}}).code, 0);
  ASSERT_TRUE(cluster_->wait_for_end());
  const auto general = [](std::string text) {
    text = std::regex_replace(text, std::regex("((chunk|report)-00[0-9])-[0-9a-fX]{8}"), "$1-UNIQUE");
    text = std::regex_replace(text, std::regex("'"), "");
    return std::regex_replace(text, std::regex("(afterany:|:)(JOB-OF-chunk-00[0-9]|[0-9]{6,})"), "$1JOB");
  };
  EXPECT_EQ(general(dry.output), general(read_file(folder / "got")));
}

TEST_F(OnSlurm, ADryRunNeedsNoController) {
  start();
  const CountingSweep sweep("{steps: 1}", 2);
  cluster_->slurm().kill_controller();
  const auto began = std::chrono::steady_clock::now();
  const CommandOutcome dry = submit(sweep, "", {"--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.output;
  EXPECT_THAT(dry.output, AllOf(HasSubstr("Slurm does not answer here"), HasSubstr("#SBATCH --time=10")));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 60s) << "it asks once and does not wait";
}

TEST_F(OnSlurm, AFlavourOfPmiThatSrunLacksIsRefused) {
  start();
  const CountingSweep sweep("{steps: 1}", 1);
  const CommandOutcome refused = submit(sweep, "mpi: pmix_v99\n", {"--set", "run.ranks=2"});
  EXPECT_EQ(refused.code, 64);
  EXPECT_THAT(refused.output, HasSubstr("srun --mpi=list has "));
}

TEST_F(OnSlurm, ARefusalIsReportedInSlurmsWords) {
  start();
  const CountingSweep sweep("{steps: 1}", 2);
  const CommandOutcome refused = submit(sweep, "partition: nowhere\n");
  EXPECT_EQ(refused.code, 69);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("pbn: sbatch: Slurm refused"), HasSubstr("invalid partition")));
  EXPECT_THAT(submit(sweep).output, HasSubstr("2 runs submitted"));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
}

// An sbatch script that kills pbn before or after calling the real sbatch.
class KilledSubmit : public OnSlurm {
 protected:
  void submit_and_kill(const CountingSweep& sweep, const std::string& body) {
    write_atomically(folder_ / "sbatch", "#!/bin/bash\n" + body);
    fs::permissions(folder_ / "sbatch", fs::perms::owner_all);
    const std::string path = fmt::format("{}:{}", folder_.path().string(), std::getenv("PATH"));
    EXPECT_EQ(submit(sweep, "", {}, {{"PATH", path}}).code, 128 + SIGKILL);
  }

  TemporaryFolder folder_;
};

TEST_F(KilledSubmit, BeforeSbatchIsRepeatedByTheNextSubmit) {
  start();
  const CountingSweep sweep("{steps: 1}", 2);
  submit_and_kill(sweep, "kill -9 $PPID; sleep 1\n");
  EXPECT_THAT(submit(sweep).output, HasSubstr("2 runs submitted"));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(2));
  sweep.expect_each_run_once();
}

TEST_F(KilledSubmit, AfterSbatchIsFoundByTheJobsName) {
  start();
  const CountingSweep sweep("{steps: 20, milliseconds: 100}", 2);
  submit_and_kill(sweep, find_program("sbatch").string() + " \"$@\"; kill -9 $PPID; sleep 1\n");
  EXPECT_THAT(submit(sweep).output, HasSubstr("0 runs submitted, 2 already in Slurm's queue"));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(2));
  sweep.expect_each_run_once();
}

TEST_F(OnSlurm, ADuplicateArrayRepeatsNoRun) {
  start();
  const CountingSweep sweep("{steps: 10, milliseconds: 100}", 3);
  ASSERT_EQ(submit(sweep).code, 0);
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  const CommandOutcome again =
      cluster_->run({"sbatch", "--array=0-2", "--output=/dev/null", (folder / "slurm/chunk-001/array.sh").string()},
                    sweep.environment());
  ASSERT_EQ(again.code, 0) << again.output;
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(6));
  sweep.expect_each_run_once();
}

TEST_F(OnSlurm, AFailedRunIsRetriedAsOftenAsTheProfileAllows) {
  start();
  const CountingSweep sweep("{steps: 1, exits: [70, 70, 70]}", 1), wrong("{steps: 1, exits: [64]}", 1);
  ASSERT_EQ(submit(sweep, "retries: 1\n").code, 0);
  ASSERT_EQ(submit(wrong, "retries: 1\n").code, 0);
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->in_state("FAILED"), SizeIs(2));
  EXPECT_EQ(attempts(sweep, sweep.runs()[0]), 2);
  EXPECT_EQ(attempts(wrong, wrong.runs()[0]), 1) << "a wrong configuration is not retried";
}

TEST_F(OnSlurm, NoShellInterpretsNames) {
  start();
  const std::string strange = "it's \"$(touch pwned)\"; `touch pwned` &\n 100%j %% \\ *";
  const CountingSweep sweep("{steps: 1, note: \"$(touch pwned)'; \\\"x\\\" \\n `y`\"}", 2, "[{}]", strange, strange);
  const CommandOutcome outcome = submit(sweep, "", {"--report"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_FALSE(fs::exists("pwned"));
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  EXPECT_TRUE(fs::exists(folder / "report/aggregate.json")) << read_file(folder / "slurm/report-001/log");
}

}  // namespace
}  // namespace pbn::slurm
