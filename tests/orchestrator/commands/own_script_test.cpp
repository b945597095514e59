// Scripts that know nothing of pbn, run by pbn; and docs/tutorials/own-script.md, whose commands are run as written.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/slurm/element.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/tutorial.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class OwnScript : public testing::Test {
 protected:
  CommandOutcome shell(const std::string& commands) const {
    const std::string pbn = fs::path(built_program("pbn")).parent_path().string();
    return run_program({"bash", "-c",
                        fmt::format("set -e; cd '{}'; export NO_COLOR=1 PATH='{}':\"$PATH\"\n{}",
                                    folder_.path().string(), pbn, commands)});
  }
  // pbn run of a grid whose script is sh -c WORDS with the run's folder as $0.
  CommandOutcome run(const std::string& commands, const std::string& more = "") const {
    write_atomically(folder_ / "grid.yaml", "worker: {script: [sh, -c, '" + commands + "', \"{run}\", \"{seed}\"]}\n" +
                                                "seeds: 1..2\nmetric: error\n" + more);
    return shell("pbn run grid.yaml --retries 0 --json --quiet");
  }
  Json result() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "runs")) {
      if (entry.path().filename() == "result.json") return read_json(entry.path());
    }
    return {};
  }

  const TemporaryFolder folder_{"pbn-tutorial"};
};

TEST_F(OwnScript, Tutorial) {
  if (find_program("python3").empty()) GTEST_SKIP() << "needs python3";
  const TutorialOutcome outcome =
      follow(source_folder() / "docs/tutorials/own-script.md", folder_.path(), [&](const std::string& commands) {
        const CommandOutcome step = shell(commands);
        return TutorialStep{step.code, step.output};
      });
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("6 runs finished now"), HasSubstr("6 were done before"),
                                    HasSubstr("18 runs finished now"), HasSubstr("validation.error")));
  EXPECT_TRUE(fs::exists(folder_ / "report/index.html"));
}

TEST_F(OwnScript, ItsFiguresAreItsResult) {
  const CommandOutcome outcome =
      run("echo \"{{\\\"error\\\": $1.5}}\" > \"$0/out.json\"", "result: {file: out.json}\n");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(parse_json(outcome.output, "pbn")["finished"], 2);
  const Json found = result();
  EXPECT_EQ(found["outcome"]["figures"]["error"], found["seed"].get<double>() + 0.5);
  EXPECT_TRUE(found["measured"]["seconds"].is_number());
}

TEST_F(OwnScript, WithoutFiguresFailsAndIsNotTriedAgain) {
  const CommandOutcome outcome = run("true");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("metrics.jsonl: the script ended without this file in its run's folder"));
}

TEST_F(OwnScript, ThatFailsHasNoResultWhateverItWrote) {
  const CommandOutcome outcome = run("echo \"{{\\\"error\\\": 1}}\" > \"$0/metrics.jsonl\"; exit 3");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("exit code 3"));
  EXPECT_TRUE(result().is_null());
  EXPECT_EQ(run("test -e \"$0/metrics.jsonl\" && cp \"$0/metrics.jsonl\" \"$0/seen\"; true").code, 1)
      << "figures of a failed attempt do not count";
}

// As a batch script starts an element of pbn submit's array.
TEST_F(OwnScript, IsRunByAJobArray) {
  const grid::Sweep sweep = grid::plan_sweep(grid::parse_grid(
      "worker: {script: [sh, -c, 'echo \"{{\\\"error\\\": $1}}\" > \"$0/out.json\"', \"{run}\", \"{seed}\"]}\n"
      "result: {file: out.json}\nseeds: [7]\n",
      "grid.yaml"));
  const grid::Cell& cell = sweep.cells[0];
  const runs::RunStore store(folder_.path());
  slurm::SlurmRun run;
  run.run = cell.runs[0].id;
  run.name = "script, seed 7";
  run.store = store.root();
  run.config = cell.config_of(cell.runs[0]);
  run.worker = executors::external_command(cell, cell.runs[0], store.folder(run.run));
  slurm::write_elements(folder_ / "runs.jsonl", {slurm::SlurmElement{{run}}});
  const CommandOutcome outcome = shell("pbn work runs.jsonl 0");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(store.result(run.run)->figure("error"), 7);
}

}  // namespace
}  // namespace pbn::commands
