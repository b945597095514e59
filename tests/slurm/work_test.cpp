// pbn work on an element of several counting workers, without Slurm.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include "base/files.h"
#include "base/host.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/slurm/sweep_submission.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/places.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The element of all runs of a sweep, two at a time.
class WorkOnAnElement {
 public:
  explicit WorkOnAnElement(const CountingSweep& sweep) : sweep_(sweep) {
    const SlurmProfile profile =
        parse_slurm_profile("time: 60\nretries: 1\narray: {runs_per_element: 100}\nnode: {cpus: 2}\n", "cluster.yaml");
    const grid::Sweep planned = grid::plan_sweep(grid::read_grid(sweep.command("plan")[2]));
    const runs::RunStore store(sweep.store());
    const MissingRuns missing = missing_runs(planned, store, {}, 1001, 1001, Packing(profile, planned, store));
    write_elements(folder_ / "runs.jsonl", elements_of(missing.chunks.at(0), store, profile));
  }

  ProcessOptions start() const {
    ProcessOptions options;
    options.command = {built_program("pbn"), "work", (folder_ / "runs.jsonl").string(), "0"};
    options.environment = sweep_.environment();
    options.output = folder_ / "output";
    return options;
  }
  int code() const { return Process(start()).wait(); }
  std::string output() const { return read_file(folder_ / "output"); }

 private:
  const CountingSweep& sweep_;
  TemporaryFolder folder_;
};

TEST(WorkOnElement, PerformsTheRunsThatAreLeft) {
  const CountingSweep sweep("{steps: 3, milliseconds: 10}", 5);
  const WorkOnAnElement element(sweep);
  make_writable_folder(sweep.folder(sweep.runs()[1]));
  write_atomically(sweep.folder(sweep.runs()[1]) / "cancelled", "");
  EXPECT_EQ(element.code(), 0) << element.output();
  EXPECT_EQ(sweep.finished(), 4);
  fs::remove(sweep.folder(sweep.runs()[1]) / "cancelled");
  EXPECT_EQ(element.code(), 0);
  EXPECT_THAT(element.output(), HasSubstr("was completed before"));
  sweep.expect_each_run_once();
}

TEST(WorkOnElement, SavesAllRunsWhenAskedAndBeginsNoOther) {
  const CountingSweep sweep("{steps: 40, milliseconds: 50}", 4);
  const WorkOnAnElement element(sweep);
  {
    Process work(element.start());
    ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
    ::kill(work.id(), SIGUSR2);
    EXPECT_EQ(work.wait(), 75);
  }
  EXPECT_EQ(sweep.count("begin"), 2);
  EXPECT_EQ(element.code(), 0) << element.output();
  sweep.expect_each_run_once();
  for (const std::string& run : sweep.runs())
    EXPECT_THAT(read_json_lines(sweep.folder(run) / "metrics.jsonl"), SizeIs(40)) << "no step was repeated";
}

TEST(WorkOnElement, GoesOnWhileAnotherProcessHoldsARun) {
  const CountingSweep sweep("{steps: 3, milliseconds: 10}", 4);
  const WorkOnAnElement element(sweep);
  make_writable_folder(sweep.folder(sweep.runs()[0]));
  runs::AttemptObserver observer;
  auto lease = runs::AttemptLease::take(sweep.folder(sweep.runs()[0]), Json::object(), observer);
  ASSERT_TRUE(lease);
  Process work(element.start());
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 3; }));
  lease->end(75, "saved itself");
  lease.reset();
  EXPECT_EQ(work.wait(), 0) << element.output();
  sweep.expect_each_run_once();
}

TEST(WorkOnElement, EndsWithTheCodeOfAFailedRunAfterTheOthers) {
  const CountingSweep sweep("{steps: 3, milliseconds: 10}", 2, "[{settings.exits: [[71, 71, 0], []]}]");
  const WorkOnAnElement element(sweep);
  EXPECT_EQ(element.code(), 71);
  EXPECT_EQ(sweep.finished(), 2);
  EXPECT_EQ(element.code(), 71) << "a retry";
  EXPECT_EQ(sweep.count("begin"), 6);
  EXPECT_EQ(element.code(), 0) << "those that have failed for good are left out";
  EXPECT_EQ(sweep.count("begin"), 6);
}

// Slurm signals all processes of a job, so that a worker may have ended before pbn gets the signal.
TEST(WorkOnElement, TakesAWorkerThatWasTerminatedForInterrupted) {
  const CountingSweep sweep("{steps: 3, milliseconds: 10, exits: [143, 143]}", 1);
  const WorkOnAnElement element(sweep);
  EXPECT_EQ(element.code(), 75);
  EXPECT_THAT(element.output(), HasSubstr("was interrupted before it could save itself"));
  EXPECT_EQ(element.code(), 75) << "not a retry, of which there is one";
  EXPECT_EQ(element.code(), 0) << element.output();
}

// Where Slurm does not confine jobs to processors, runs of several jobs would be restricted to the same ones.
TEST(WorkOnElement, RestrictsNoRunToProcessorsThatMayBelongToOthers) {
  const CountingSweep sweep("{steps: 3, milliseconds: 10}", 2);
  const WorkOnAnElement element(sweep);
  ProcessOptions options = element.start();
  options.environment.emplace_back("SLURM_CPUS_ON_NODE", "1");
  EXPECT_EQ(Process(options).wait(), 0) << element.output();
  const auto all = allowed_processors();
  for (const auto& entry : sweep.diary()) EXPECT_EQ(entry.processors, fmt::format("{}", fmt::join(all, ",")));
}

}  // namespace
}  // namespace pbn::slurm
