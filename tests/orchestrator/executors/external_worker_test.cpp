// The examples of docs/external-worker.md, used as the document describes.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "base/files.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/tutorial.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(ExternalWorker, ThePythonExampleIsPlannedRunKilledResumedAndReported) {
  const fs::path python = find_program("python3");
  if (python.empty()) GTEST_SKIP() << "needs python3";
  const TemporaryFolder folder;
  const fs::path grid = folder / "line.yaml";
  write_atomically(grid, "worker: {command: [python3, -S, " +
                             (source_folder() / "docs/examples/external_worker.py").string() +
                             "]}\n"
                             "settings: {slope: 2.0, steps: 60, pause: 0.02}\n"
                             "cells: [{settings.rate: [0.1, 0.3]}]\nseeds: 1..2\nmetric: error\n");
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(grid));
  const runs::RunStore store(folder / "store");
  const auto command = [&](const char* name) {
    return std::vector<std::string>{built_program("pbn"), name, grid.string(), "--store", store.root().string()};
  };
  const CommandOutcome plan = run_program(command("plan"));
  EXPECT_EQ(plan.code, 0) << plan.output;

  ProcessOptions options;
  options.command = command("run");
  options.output = folder / "output";
  const auto files = [&](const char* name) {
    std::vector<fs::path> found;
    for (const grid::Cell& cell : sweep.cells) {
      for (const auto& run : cell.runs) {
        if (fs::exists(store.folder(run.id) / name)) found.push_back(store.folder(run.id) / name);
      }
    }
    return found;
  };
  const auto steps_made = [&] {
    std::size_t steps = 0;
    for (const fs::path& metrics : files("metrics.jsonl")) steps += read_json_lines(metrics).size();
    return steps;
  };
  {
    Process pbn(options);
    EXPECT_TRUE(becomes_true([&] { return steps_made() > 5; })) << read_file(options.output);
    pbn.signal(SIGKILL);
    pbn.wait();
  }
  EXPECT_FALSE(files("ckpt/state").empty());
  EXPECT_TRUE(files("result.json").empty());
  {
    Process pbn(options);
    const std::size_t before = steps_made();
    EXPECT_TRUE(becomes_true([&] { return steps_made() > before + 5; })) << read_file(options.output);
    pbn.signal(SIGINT);
    EXPECT_EQ(pbn.wait(), 75) << read_file(options.output);
  }
  const CommandOutcome run = run_program(command("run"));
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("seed 2: error 0."));
  EXPECT_EQ(files("result.json").size(), 4u);
  for (const fs::path& metrics : files("metrics.jsonl")) {
    EXPECT_EQ(read_json_lines(metrics).size(), 60u) << "every step once";
  }
  const CommandOutcome report = run_program(command("report"));
  EXPECT_EQ(report.code, 0) << report.output;
  EXPECT_THAT(report.output, HasSubstr("error"));
}

TEST(ExternalWorker, AScriptIsBegunAgainAfterPbnWasKilled) {
  const TemporaryFolder folder;
  const fs::path grid = folder / "script.yaml", gate = folder / "gate";
  write_atomically(grid,
                   "worker:\n  script: [sh, -c, 'echo begun >> \"$0/starts\"; [ -e \"$1\" ] || exec sleep 1000; "
                   "echo \"{{\\\"error\\\": 1}}\" > \"$0/out.json\"', \"{run}\", " +
                       gate.string() + "]\nresult: {file: out.json}\n");
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(grid));
  const runs::RunStore store(folder / "store");
  const fs::path run_folder = store.folder(sweep.cells[0].runs[0].id);
  const std::vector<std::string> command{built_program("pbn"), "run", grid.string(), "--store", store.root().string()};
  {
    Process pbn({.command = command, .output = folder / "output"});
    EXPECT_TRUE(becomes_true([&] { return fs::exists(run_folder / "starts"); })) << read_file(folder / "output");
    pbn.signal(SIGKILL);
    pbn.wait();
  }
  EXPECT_FALSE(fs::exists(run_folder / "result.json"));
  write_atomically(gate, "");
  const CommandOutcome run = run_program(command);
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_EQ(read_file(run_folder / "starts"), "begun\nbegun\n");
  EXPECT_EQ(store.result(sweep.cells[0].runs[0].id)->figure("error"), 1);
}

TEST(ExternalWorker, TheDocumentShowsTheExampleAndItsCommandsWork) {
  if (find_program("python3").empty()) GTEST_SKIP() << "needs python3";
  const fs::path document = source_folder() / "docs/external-worker.md";
  const auto blocks = blocks_of(document);
  const auto code =
      std::find_if(blocks.begin(), blocks.end(), [](const auto& block) { return block.language == "python"; });
  ASSERT_NE(code, blocks.end());
  EXPECT_THAT(read_file(source_folder() / "docs/examples/external_worker.py"), testing::EndsWith(code->text));
  const std::string helper = read_file(source_folder() / "docs/examples/pbn.py");
  EXPECT_LE(std::count(helper.begin(), helper.end(), '\n'), 80);

  const TemporaryFolder folder;
  fs::create_symlink(source_folder() / "docs", folder / "docs");
  const TutorialOutcome outcome = follow(document, folder.path(), [&](const std::string& commands) {
    const auto [exit_code, output] =
        run_program({"sh", "-c",
                     "set -e; cd '" + folder.path().string() + "'; PATH='" +
                         fs::path(built_program("pbn")).parent_path().string() + "':$PATH\n" + commands});
    return TutorialStep{exit_code, output};
  });
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, HasSubstr("rate"));
  EXPECT_THAT(outcome.output, HasSubstr("square.py differs from the program of square-"));
  EXPECT_THAT(outcome.output, HasSubstr("0 runs finished now, 2 were done before")) << "the name of the sweep";
}

// A run's folder in which a program is started by hand.
class PythonHelper : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("python3").empty()) GTEST_SKIP() << "needs python3";
    write_json(folder_ / "config.json", {{"run", "0123456789ab"}, {"seed", 3}, {"settings", {{"steps", 3}}}});
    fs::copy_file(source_folder() / "docs/examples/pbn.py", folder_ / "pbn.py");
  }
  CommandOutcome run(const std::string& program) const {
    write_atomically(folder_ / "program.py", program);
    return run_program({"python3", (folder_ / "program.py").string()}, {{"PBN_RUN", folder_.path().string()}});
  }
  bool has(const std::string& file) const { return fs::exists(folder_ / file); }

  const TemporaryFolder folder_;
};

TEST_F(PythonHelper, RepeatsWhatWasReportedAfterTheLastCheckpoint) {
  const std::string killed =
      "import pbn, os, signal\nrun = pbn.Run()\nrun.saved()\nrun.progress(step=1)\nrun.checkpoint({'step': 1})\n"
      "run.progress(step=2)\nopen(run.folder / 'metrics.jsonl', 'a').write('{\"kind\": \"pro')\n"
      "os.kill(os.getpid(), signal.SIGKILL)\n";
  EXPECT_NE(run(killed).code, 0);
  const CommandOutcome resumed =
      run("import pbn\nrun = pbn.Run()\nstate = run.saved()\nrun.progress(step=state['step'] + 1, loss=float('nan'))\n"
          "run.finish({'error': 0.25})\n");
  ASSERT_EQ(resumed.code, 0) << resumed.output;
  EXPECT_EQ(read_file(folder_ / "metrics.jsonl"),
            "{\"kind\": \"progress\", \"step\": 1.0}\n{\"kind\": \"progress\", \"step\": 2.0}\n");
  EXPECT_EQ(parse_json(read_file(folder_ / "result.json"), "result")["outcome"]["figures"]["error"], 0.25);
}

TEST_F(PythonHelper, SavesAtOnceAndEndsWith75WhenAskedToStop) {
  const CommandOutcome stopped =
      run("import pbn, os, signal\nrun = pbn.Run()\nrun.checkpoint(1)\nrun.checkpoint(2)\n"
          "os.kill(os.getpid(), signal.SIGUSR2)\nrun.checkpoint(3)\nprint('not reached')\n");
  EXPECT_EQ(stopped.code, 75) << stopped.output;
  EXPECT_EQ(stopped.output, "");
  EXPECT_THAT(read_file(folder_ / "metrics.jsonl"), HasSubstr("{\"kind\": \"stop\"}\n"));
  EXPECT_EQ(run("import pbn\nprint(pbn.Run().saved())\n").output, "3\n");
}

TEST_F(PythonHelper, WritesNoResultThatPbnWouldRefuseAndKeepsTheFirst) {
  EXPECT_NE(run("import pbn\npbn.Run().finish({'error': float('nan')})\n").code, 0);
  EXPECT_FALSE(has("result.json"));
  EXPECT_EQ(run("import pbn\npbn.Run().finish({'error': 1})\n").code, 0);
  EXPECT_EQ(run("import pbn\npbn.Run().finish({'error': 2})\n").code, 0);
  EXPECT_EQ(parse_json(read_file(folder_ / "result.json"), "result")["outcome"]["figures"]["error"], 1);
}

TEST(ExternalWorker, ThePytorchExampleResumesWithTheSameBits) {
  const std::string python = python_with("torch");
  if (python.empty()) GTEST_SKIP() << "needs a python3 with torch";
  const TemporaryFolder folder;
  write_json(folder / "config.json",
             {{"run", "0123456789ab"}, {"seed", 3}, {"settings", {{"width", 8}, {"rate", 0.05}, {"epochs", 30}}}});
  const fs::path run = folder / "run", stopped = folder / "stopped";
  for (const fs::path& one : {run, stopped}) {
    fs::create_directory(one);
    fs::copy_file(folder / "config.json", one / "config.json");
  }
  const std::string example = (source_folder() / "docs/examples/pytorch_worker.py").string();
  const CommandOutcome whole = run_program({python, example, "--run", run.string()});
  ASSERT_EQ(whole.code, 0) << whole.output;
  const std::string stop_in_epoch_11 =
      "import os, runpy, signal, sys\nsys.argv[:] = sys.argv[1:]\nsys.path.insert(0, os.path.dirname(sys.argv[0]))\n"
      "import pbn\nreport = pbn.Run.progress\n"
      "def progress(self, **numbers):\n"
      "    if numbers['epoch'] == 11: os.kill(os.getpid(), signal.SIGUSR2)\n"
      "    report(self, **numbers)\n"
      "pbn.Run.progress = progress\nrunpy.run_path(sys.argv[0], run_name='__main__')\n";
  EXPECT_EQ(run_program({python, "-c", stop_in_epoch_11, example, "--run", stopped.string()}).code, 75);
  EXPECT_EQ(read_json_lines(stopped / "metrics.jsonl").size(), 12u);
  ASSERT_EQ(run_program({python, example, "--run", stopped.string()}).code, 0);
  EXPECT_EQ(read_file(stopped / "metrics.jsonl"), read_file(run / "metrics.jsonl"));
  const auto outcome = [](const fs::path& of) {
    return parse_json(read_file(of / "result.json"), "result")["outcome"];
  };
  EXPECT_EQ(outcome(stopped), outcome(run));
}

}  // namespace
}  // namespace pbn::executors
