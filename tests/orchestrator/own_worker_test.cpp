// docs/own-worker.md as a user follows it, with its example.
#include <gmock/gmock.h>
#include <signal.h>

#include <thread>

#include "base/files.h"
#include "base/process.h"
#include "tests/orchestrator/study.h"
#include "tests/python.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(OwnWorker, ThePythonExampleIsPlannedRunKilledResumedAndReported) {
  const fs::path python = find_program("python3");
  if (python.empty()) GTEST_SKIP() << "needs python3";
  const TemporaryFolder folder;
  const fs::path grid = folder / "line.yaml", store = folder / "store";
  write_atomically(grid, "worker: {command: [python3, " PBN_SOURCE
                         "/docs/examples/own_worker.py]}\n"
                         "settings: {slope: 2.0, steps: 60, pause: 0.02}\n"
                         "cells: [{settings.rate: [0.1, 0.3]}]\nseeds: 1..2\nmetric: error\n");
  const auto command = [&](const char* name) {
    return std::vector<std::string>{PBN_BIN "/pbn", name, grid.string(), "--store", store.string()};
  };
  const CommandOutcome plan = run_program(command("plan"));
  EXPECT_EQ(plan.code, 0) << plan.output;

  ProcessOptions options;
  options.command = command("run");
  options.output = folder / "output";
  const auto count = [&](const char* name) {
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(store)) files += entry.path().filename() == name;
    return files;
  };
  {
    Process pbn(options);
    for (int tries = 0; tries < 500 && (!fs::exists(store) || count("state.json") == 0); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    pbn.signal(SIGKILL);
    pbn.wait();
  }
  EXPECT_GT(count("state.json"), 0);
  EXPECT_EQ(count("result.json"), 0);
  {
    Process pbn(options);
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    pbn.signal(SIGINT);
    EXPECT_EQ(pbn.wait(), 75) << read_file(options.output);
  }
  const CommandOutcome run = run_program(command("run"));
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("seed 2: error 0."));
  EXPECT_EQ(count("result.json"), 4);
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    if (entry.path().filename() != "metrics.jsonl") continue;
    EXPECT_EQ(read_json_lines(entry.path()).size(), 60u);  // no step was made twice
  }
  const CommandOutcome report = run_program(command("report"));
  EXPECT_EQ(report.code, 0) << report.output;
  EXPECT_THAT(report.output, HasSubstr("error"));
}

}  // namespace
}  // namespace pbn
