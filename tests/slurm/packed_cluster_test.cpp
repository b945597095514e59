// Elements of several runs on a real Slurm: what one carries, and what happens when it is asked to save, cancelled, or
// killed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <random>

#include "base/files.h"
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

// Elements of so many runs, two at a time.
std::string two_at_a_time(int runs_per_element, const std::string& more = "") {
  return fmt::format("array: {{runs_per_element: {}}}\nnode: {{cpus: 2, memory: 8000M}}\n{}", runs_per_element, more);
}

class PackedOnSlurm : public OnSlurm {
 protected:
  static int most_at_once(const CountingSweep& sweep) {
    int at_once = 0, most = 0;
    for (const auto& entry : sweep.diary()) {
      at_once += entry.word == "begin" ? 1 : -1;
      most = std::max(most, at_once);
    }
    return most;
  }

  int all_attempts(const CountingSweep& sweep) const {
    int all = 0;
    for (const std::string& run : sweep.runs()) all += attempts(sweep, run);
    return all;
  }

  void signal_element(const std::string& element) const {
    cluster_->slurm().answer({"scancel", "--signal=USR2", "--batch", element});
  }

  static void expect_no_repeated_step(const CountingSweep& sweep, std::size_t steps) {
    for (const std::string& run : sweep.runs())
      EXPECT_THAT(read_json_lines(sweep.folder(run) / "metrics.jsonl"), SizeIs(steps)) << run;
  }
};

TEST_F(PackedOnSlurm, AnElementPerformsItsRunsSideBySideAndOneAfterTheOther) {
  start();
  const CountingSweep sweep("{steps: 5, milliseconds: 40}", 10), local("{steps: 5, milliseconds: 40}", 10);
  EXPECT_THAT(cluster_->run(sweep.command("plan", {"--profile", cluster_->profile(two_at_a_time(10))})).output,
              HasSubstr("On Slurm: an array of 10 runs in 1 element, 2 at a time in each."));
  EXPECT_THAT(submit(sweep, two_at_a_time(10), {"--dry-run"}).output,
              HasSubstr("# 10 runs in 1 element, 2 at a time in each\n# sbatch "));
  const CommandOutcome outcome = submit(sweep, two_at_a_time(10), {"--report"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("10 runs submitted"), HasSubstr(": 10 runs in 1 element, 2 at a time")));
  ASSERT_TRUE(has_begun(sweep));
  EXPECT_EQ(cluster_->slurm().answer({"squeue", "-h", "-t", "R,CG,CD", "-o", "%C %m"}).substr(0, 6), "2 400M")
      << "processors and memory of two runs";
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(most_at_once(sweep), 2);
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(2)) << "the element and the report: queued once each";
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  const Json made_by_the_job = read_json(folder / "report/aggregate.json");
  ASSERT_EQ(local.run().code, 0);
  EXPECT_EQ(made_by_the_job.at("outcome").dump(), local.reported_outcome());
}

TEST_F(PackedOnSlurm, ATimeLimitInTheMiddleQueuesTheElementAgainForWhatIsLeft) {
  start();
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 6);
  ASSERT_EQ(submit(sweep, two_at_a_time(6)).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 4; }, 60s));
  signal_element(cluster_->in_state("RUNNING").at(0));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  expect_no_repeated_step(sweep, 40);
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(1));
  EXPECT_GT(all_attempts(sweep), 6) << "some were saved";
  EXPECT_LE(all_attempts(sweep), 8) << "those that were done or had not begun have one attempt";
  for (const std::string& run : sweep.runs()) {
    if (attempts(sweep, run) == 2) {
      EXPECT_EQ(exit_of(sweep, run, "0001").at("code"), 75);
    }
  }
}

TEST_F(PackedOnSlurm, WithoutRequeuingTheElementIsSubmittedAgain) {
  start({.requeues_jobs = false});
  const CountingSweep sweep("{steps: 30, milliseconds: 100}", 3);
  ASSERT_EQ(submit(sweep, two_at_a_time(3), {}, {{"SBATCH_NO_REQUEUE", "1"}}).code, 0);
  ASSERT_TRUE(has_begun(sweep));
  signal_element(cluster_->in_state("RUNNING").at(0));
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 3; }, 60s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_THAT(cluster_->slurm().elements(), SizeIs(2));
}

TEST_F(PackedOnSlurm, AfterScancelTheRunsThatAreLeftAreSubmittedAgain) {
  start();
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 4);
  ASSERT_EQ(submit(sweep, two_at_a_time(4)).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 3; }, 60s));
  cluster_->slurm().answer({"scancel", cluster_->in_state("RUNNING").at(0)});
  ASSERT_TRUE(cluster_->wait_for_end());
  const int done = sweep.finished();
  EXPECT_THAT(cluster_->in_state("CANCELLED"), SizeIs(1)) << "not requeued";
  ASSERT_LT(done, 4);
  EXPECT_THAT(submit(sweep, two_at_a_time(4)).output,
              HasSubstr(fmt::format("{} runs submitted, {} done", 4 - done, done)));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
}

TEST_F(PackedOnSlurm, PbnCancelTakesARunOutOfItsElement) {
  start();
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 4);
  ASSERT_EQ(submit(sweep, two_at_a_time(4)).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
  const auto runs = sweep.runs();
  const auto about = [&](const std::string& command, const std::string& run) {
    return cluster_->run({built_program("pbn"), command, run, "--store", sweep.store().string()});
  };
  EXPECT_THAT(about("explain", runs[3]).output, HasSubstr("for its turn among the 4 runs of its element"));
  for (const std::string& run : {runs[3], runs[0]}) ASSERT_EQ(about("cancel", run).code, 0);
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(1)) << "it went on with the others";
  EXPECT_EQ(exit_of(sweep, runs[0], "0001").at("reason"), "was cancelled");
  EXPECT_EQ(attempts(sweep, runs[3]), 0);
  EXPECT_THAT(submit(sweep).output, HasSubstr("0 runs submitted, 2 cancelled, 2 done"));
  for (const std::string& run : {runs[0], runs[3]}) ASSERT_EQ(about("retry", run).code, 0);
  EXPECT_THAT(submit(sweep, two_at_a_time(4)).output, HasSubstr("2 runs submitted, 2 done"));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
}

TEST_F(PackedOnSlurm, AnElementWaitsAsLongAsOneOfItsRunsIsWanted) {
  start();
  const CountingSweep sweep("{steps: 30, milliseconds: 100}", 3);
  ASSERT_EQ(submit(sweep, "array: {runs_per_element: 2}\nsbatch: [--hold]\n").code, 0);
  const auto cancel = [&](std::size_t run) {
    return cluster_->run({built_program("pbn"), "cancel", sweep.runs()[run], "--store", sweep.store().string()});
  };
  ASSERT_EQ(cancel(0).code, 0);
  EXPECT_THAT(cluster_->in_state("PENDING"), SizeIs(2));
  ASSERT_EQ(cancel(1).code, 0);
  EXPECT_THAT(cluster_->in_state("PENDING"), SizeIs(1));
}

TEST_F(PackedOnSlurm, AFailedRunIsTriedAgainOnceTheOthersHaveEnded) {
  start();
  const CountingSweep sweep("{steps: 5, milliseconds: 40}", 2, "[{settings.exits: [[70], []]}]");
  ASSERT_EQ(submit(sweep, two_at_a_time(4, "retries: 1\n")).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 4; }, 60s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(all_attempts(sweep), 6);
  EXPECT_THAT(cluster_->in_state("COMPLETED"), SizeIs(1));
}

TEST_F(PackedOnSlurm, ARunThatFailedForGoodNeedNotWaitForTheOthers) {
  start();
  const CountingSweep sweep("{steps: 40, milliseconds: 100}", 1, "[{settings.exits: [[64], []]}]");
  ASSERT_EQ(submit(sweep, "array: {runs_per_element: 2}\n").code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
  EXPECT_THAT(submit(sweep).output, HasSubstr("1 run submitted, 1 already in Slurm's queue"));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_EQ(sweep.finished(), 2) << "its second attempt";
  EXPECT_THAT(cluster_->in_state("FAILED"), SizeIs(1)) << "an element of which a run failed";
}

TEST_F(PackedOnSlurm, EachRunSeesItsOwnGpus) {
  start();
  const TemporaryFolder folder;
  write_atomically(
      folder / "grid.yaml",
      "worker: {script: [sh, -c, 'echo \"{{\\\"gpu\\\": $CUDA_VISIBLE_DEVICES}}\" > \"$0/out.json\"; touch "
      "\"$1.$2\"; until [ -e \"$1.1\" ] && [ -e \"$1.2\" ]; do sleep 0.05; done', \"{run}\", \"" +
          (folder / "began").string() + "\", \"{seed}\"]}\nresult: {file: out.json}\nseeds: 1..2\nmetric: gpu\n");
  const std::string profile =
      cluster_->profile("gpus: 1\narray: {runs_per_element: 2}\nnode: {cpus: 8, gpus: 2, memory: 8000M}\n");
  const CommandOutcome outcome = cluster_->run({built_program("pbn"), "submit", (folder / "grid.yaml").string(),
                                                "--store", folder.path().string(), "--profile", profile});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  ASSERT_TRUE(cluster_->wait_for_end());
  std::vector<double> gpus;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "runs")) {
    if (entry.path().filename() == "result.json")
      gpus.push_back(read_json(entry.path()).at("outcome").at("figures").at("gpu"));
  }
  EXPECT_THAT(gpus, ::testing::UnorderedElementsAre(0, 1));
}

TEST_F(PackedOnSlurm, RunsWhoseNodeDiesArePerformedOnce) {
  start();
  const CountingSweep sweep("{steps: 30, milliseconds: 1000}", 4);  // longer than Slurm needs to notice
  ASSERT_EQ(submit(sweep, two_at_a_time(4)).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
  const auto where = [&] { return cluster_->slurm().answer({"squeue", "-h", "-t", "R", "-o", "%N"}); };
  const std::string node = where();
  cluster_->slurm().kill_node(node == "n0\n" ? 0 : 1);
  // Slurm starts the element on the other node while the old job's processes still run: they share what is left.
  ASSERT_TRUE(becomes_true([&] { return !where().empty() && where() != node; }, 60s));
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 4; }, 120s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(all_attempts(sweep), 4);
}

// Blows to a sweep that is under way.
class Blows {
 public:
  Blows(const Cluster& cluster, SingleMachineSlurm& slurm, const CountingSweep& sweep)
      : cluster_(cluster), slurm_(slurm), sweep_(sweep) {}

  void strike(int kind) {
    switch (kind) {
      case 0:
        kill_processes("counting_worker");
        break;
      case 1:
        kill_processes("pbn");
        break;
      case 2:
        for (const std::string& element : cluster_.in_state("RUNNING"))
          slurm_.answer({"scancel", "--signal=USR2", "--batch", element});
        break;
      case 3:
        for (const std::string& element : cluster_.in_state("RUNNING")) slurm_.answer({"scancel", element});
        break;
      case 4:
        slurm_.kill_controller();
        slurm_.start_controller();
        EXPECT_TRUE(becomes_true([&] { return !slurm_.answer({"sinfo", "-h"}).empty(); }, 60s));
        break;
      case 5:  // the machine: daemon, jobs and workers
        slurm_.kill_node(0);
        kill_processes("pbn");
        kill_processes("counting_worker");
        slurm_.start_node(0);
        break;
      default:
        ADD_FAILURE() << "no blow " << kind;
    }
  }

 private:
  // Those whose command line names this sweep's store.
  void kill_processes(const std::string& program) const {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string name = entry.path().filename().string();
      pid_t id = 0;
      if (std::from_chars(name.data(), name.data() + name.size(), id).ec != std::errc()) continue;
      std::ifstream file(entry.path() / "cmdline", std::ios::binary);
      std::string executable, words;
      std::getline(file, executable, '\0');
      std::getline(file, words, '\n');
      const bool is_of_sweep = words.find(sweep_.store().string()) != std::string::npos;
      if (is_of_sweep && fs::path(executable).filename() == program) ::kill(id, SIGKILL);
    }
  }

  const Cluster& cluster_;
  SingleMachineSlurm& slurm_;
  const CountingSweep& sweep_;
};

TEST_F(PackedOnSlurm, WhenEverythingIsKilledAtRandomTheOutcomeIsThatOfAnUndisturbedSweep) {
  constexpr int runs = 16;
  constexpr const char* settings = "{steps: 15, milliseconds: 60}";
  start();
  const CountingSweep sweep(settings, runs), undisturbed(settings, runs);
  const std::string profile = two_at_a_time(5, "retries: 1000\n");
  std::mt19937 random(20190619);
  std::vector<int> kinds{0, 1, 2, 3, 4, 5};
  std::shuffle(kinds.begin(), kinds.end(), random);
  Blows blows(*cluster_, cluster_->slurm(), sweep);
  for (const int kind : kinds) {
    const int begun = sweep.count("begin");
    submit(sweep, profile);  // may find that Slurm is not up yet
    becomes_true([&] { return sweep.count("begin") > begun || sweep.finished() == runs; }, 20s);
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
    blows.strike(kind);
  }
  for (int tries = 0; tries < 10 && sweep.finished() < runs; ++tries) {
    submit(sweep, profile);
    becomes_true([&] { return sweep.finished() == runs || cluster_->wait_for_end(1s); }, 30s);
  }
  sweep.expect_each_run_once();
  ASSERT_EQ(undisturbed.run().code, 0);
  EXPECT_EQ(sweep.reported_outcome(), undisturbed.reported_outcome());
}

}  // namespace
}  // namespace pbn::slurm
