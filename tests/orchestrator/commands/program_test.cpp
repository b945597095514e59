// The program as a part of the run: runs have the files with which their sweep was started.
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/slurm/element.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// train.sh reads lib/value, a file of the program, and writes it as its figure. pbn is started in the grid's folder.
class RunProgram : public testing::Test {
 protected:
  RunProgram() {
    fs::create_directory(folder_ / "lib");
    write("lib/value", "1");
    write("train.sh", "echo \"{\\\"error\\\": $(cat lib/value)}\" > \"$1/out.json\"\n");
    write_grid("files: [train.sh, \"lib/**\"]");
  }

  void write(const std::string& file, const std::string& content) const { write_atomically(folder_ / file, content); }
  void write_grid(const std::string& files, const std::string& script = "sh train.sh {run}") const {
    write("demo.yaml", "worker: {script: \"" + script + "\", " + files + "}\nresult: {file: out.json}\n");
  }
  CommandOutcome shell(const std::string& commands) const {
    const std::string pbn = fs::path(built_program("pbn")).parent_path().string();
    return run_program({"bash", "-c",
                        fmt::format("set -e; cd '{}'; export NO_COLOR=1 PATH='{}':\"$PATH\"\n{}",
                                    folder_.path().string(), pbn, commands)});
  }
  Json facts(const std::string& command) const {
    const CommandOutcome outcome = shell("pbn " + command + " --json --quiet");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return parse_json(outcome.output, "pbn");
  }
  std::vector<std::string> runs() const {
    std::vector<std::string> found;
    for (const auto& folder : fs::recursive_directory_iterator(folder_ / "runs")) {
      if (folder.path().filename() == "config.json") found.push_back(folder.path().parent_path().string());
    }
    return found;
  }
  Json error_of(const std::string& run) const { return read_json(run + "/result.json")["outcome"]["figures"]["error"]; }

  const TemporaryFolder folder_;
};

TEST_F(RunProgram, AChangedProgramIsAnotherRunAndTheSweepsNameContinuesTheOldOne) {
  ASSERT_EQ(shell("pbn run demo.yaml --quiet").code, 0);
  ASSERT_THAT(runs(), SizeIs(1));
  const std::string first = runs()[0];
  EXPECT_EQ(error_of(first), 1);
  EXPECT_TRUE(fs::exists(first + "/program/lib/value"));
  EXPECT_EQ(facts("plan demo.yaml")["done"], 1);

  write("lib/value", "2");
  const CommandOutcome plan = shell("pbn plan demo.yaml 2>&1");
  EXPECT_THAT(plan.output, AllOf(HasSubstr("0 done"), HasSubstr("lib/value differs from the program of demo-"),
                                 HasSubstr("Program: 2 files (")));
  EXPECT_EQ(facts("plan demo")["done"], 1) << "the name stands for the program, too";
  EXPECT_THAT(shell("pbn explain '" + first + "'").output, HasSubstr("; there lib/value differs now."));

  ASSERT_EQ(shell("rm -r " + std::string("runs/*/*/result.json; pbn run demo --quiet")).code, 0);
  EXPECT_EQ(error_of(first), 1) << "made again with the old program";

  ASSERT_EQ(shell("pbn run demo.yaml --quiet").code, 0);
  ASSERT_THAT(runs(), SizeIs(2));
  const std::string second = runs()[runs()[0] == first ? 1 : 0];
  EXPECT_EQ(error_of(second), 2);
  const Json difference = facts("diff '" + first + "' '" + second + "'");
  ASSERT_THAT(difference["program"], SizeIs(1));
  EXPECT_NE(difference["program"]["lib/value"][0], difference["program"]["lib/value"][1]);
  EXPECT_THAT(shell("pbn diff '" + first + "' '" + second + "'").output, HasSubstr("file of the program"));
}

TEST_F(RunProgram, AttemptsRunTheCopiesWhateverHappensToTheSource) {
  write("train.sh",
        "touch \"$1/begun\"; while [ ! -e \"$2\" ]; do sleep 0.05; done\n" + read_file(folder_ / "train.sh"));
  write_grid("files: [train.sh, \"lib/**\"]", "sh train.sh {run} {here}/gate");
  write("demo.yaml", read_file(folder_ / "demo.yaml") + "seeds: 1..2\n");
  const std::vector<std::string> command{
      "bash", "-c",
      fmt::format("cd '{}' && exec '{}' run demo.yaml --slots 1", folder_.path().string(), built_program("pbn"))};
  Process pbn({.command = command, .output = folder_ / "output"});
  ASSERT_TRUE(becomes_true([&] {
    return fs::exists(folder_ / "runs") && !runs().empty() && fs::exists(runs()[0] + "/begun");
  })) << read_file(folder_ / "output");
  write("lib/value", "3");
  fs::remove(folder_ / "train.sh");
  write("gate", "");
  ASSERT_EQ(pbn.wait(), 0) << read_file(folder_ / "output");
  ASSERT_THAT(runs(), SizeIs(2));
  EXPECT_EQ(error_of(runs()[0]), 1);
  EXPECT_EQ(error_of(runs()[1]), 1) << "begun after the change";
}

TEST_F(RunProgram, WithoutCopiesAChangedFileRefusesTheRun) {
  write_grid("files: [train.sh, lib/value], copy: false");
  ASSERT_EQ(shell("pbn run demo.yaml --quiet; rm runs/*/*/result.json").code, 0);
  EXPECT_FALSE(fs::exists(runs()[0] + "/program"));
  ASSERT_EQ(shell("pbn run demo --quiet").code, 0) << "nothing has changed";
  write("lib/value", "2");
  const CommandOutcome refused = shell("rm runs/*/*/result.json; pbn run demo 2>&1");
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output, HasSubstr("lib/value changed since the sweep was started, and is not copied"));
  EXPECT_EQ(read_json(runs()[0] + "/attempts/0003/exit.json")["code"], 65) << "and is not tried again";
  EXPECT_FALSE(fs::exists(runs()[0] + "/attempts/0004"));
}

TEST_F(RunProgram, ADamagedCopyIsNotRunAndIsRepairedFromTheSameFiles) {
  ASSERT_EQ(shell("pbn run demo.yaml --quiet; rm runs/*/*/result.json; rm -r runs/*/*/program").code, 0);
  ASSERT_EQ(shell("for kept in sweeps/programs/*/copy/lib/value; do echo 9 > $kept; done").code, 0);
  ASSERT_EQ(shell("pbn run demo.yaml --quiet").code, 0) << "the files are still what they were";
  EXPECT_EQ(error_of(runs()[0]), 1);
  ASSERT_EQ(shell("rm runs/*/*/result.json; rm -r runs/*/*/program sweeps/programs").code, 0);
  write("lib/value", "2");
  const CommandOutcome lost = shell("pbn run demo 2>&1");
  EXPECT_NE(lost.code, 0);
  EXPECT_THAT(lost.output, HasSubstr("start the sweep again from its grid file"));
}

TEST_F(RunProgram, AnElementOfAJobArrayRunsTheCopies) {
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(folder_ / "demo.yaml"));
  const grid::Cell& cell = sweep.cells[0];
  const runs::RunStore store(folder_.path());
  ASSERT_EQ(shell("pbn run demo.yaml --quiet; rm -r runs").code, 0) << "records the sweep, as pbn submit does";
  slurm::SlurmRun run;
  run.run = cell.runs[0].id;
  run.name = "demo, seed 1";
  run.store = store.root();
  run.config = cell.config_of(cell.runs[0]);
  run.worker = {"sh", "train.sh", store.folder(run.run).string()};
  slurm::write_elements(folder_ / "runs.jsonl", {slurm::SlurmElement{{run}}});
  write("lib/value", "4");
  const CommandOutcome outcome = shell("pbn work runs.jsonl 0");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(store.result(run.run)->figure("error"), 1);
}

TEST_F(RunProgram, AProgramBesideTheFilesIsFoundWherePbnWasStarted) {
  write("shell", "#!/bin/sh\nexec sh \"$@\"\n");
  fs::permissions(folder_ / "shell", fs::perms::owner_all);
  write_grid("files: [train.sh, lib/value]", "./shell train.sh {run}");
  EXPECT_EQ(shell("pbn run demo.yaml --quiet").code, 0);
  write("train.sh", "#!/bin/sh\n" + read_file(folder_ / "train.sh"));
  fs::permissions(folder_ / "train.sh", fs::perms::owner_all);
  write_grid("files: [train.sh, lib/value]", "./train.sh {run}");
  EXPECT_EQ(shell("pbn run demo.yaml --quiet").code, 0) << "a copy may be executed, too";
}

TEST_F(RunProgram, IsTriedAsACopy) {
  const Json tried = facts("try demo.yaml");
  EXPECT_FALSE(tried[0].contains("failed")) << tried;
}

TEST_F(RunProgram, PlanSaysWhetherItIsPartOfTheRuns) {
  write_grid("version: v2");
  EXPECT_THAT(shell("pbn plan demo.yaml").output, HasSubstr("Program: version v2.\n"));
  write_grid("files: [train.sh], copy: false, version: v2");
  EXPECT_THAT(shell("pbn plan demo.yaml").output, HasSubstr("), not copied; version v2.\n"));
  write_grid("ranks: 1");
  EXPECT_THAT(shell("pbn plan demo.yaml").output,
              HasSubstr("The program is not part of these runs: after a change of it, they count as done. worker: "
                        "{files: [train.sh]}, or worker.version, makes it part of them.\n"));
}

TEST_F(RunProgram, CopiesThatNoSweepNamesAreCleanedWithOrphans) {
  ASSERT_EQ(shell("pbn run demo.yaml --quiet").code, 0);
  EXPECT_THAT(shell("pbn clean --orphans --yes").output, HasSubstr("There is nothing to remove."));
  ASSERT_EQ(shell("rm -r sweeps/demo-*").code, 0);
  EXPECT_THAT(shell("pbn clean --yes").output, HasSubstr("There is nothing to remove."));
  EXPECT_THAT(shell("pbn clean --orphans --yes").output, HasSubstr("copies of programs that no sweep names"));
  EXPECT_TRUE(fs::is_empty(folder_ / "sweeps/programs"));
}

}  // namespace
}  // namespace pbn::commands
