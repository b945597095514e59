// The example of docs/external-worker.md, used as the document describes.
#include <gmock/gmock.h>
#include <signal.h>

#include "base/files.h"
#include "base/process.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/python.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(ExternalWorker, ThePythonExampleIsPlannedRunKilledResumedAndReported) {
  const fs::path python = find_program("python3");
  if (python.empty()) GTEST_SKIP() << "needs python3";
  const TemporaryFolder folder;
  const fs::path grid = folder / "line.yaml";
  write_atomically(grid, "worker: {command: [python3, " +
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
  EXPECT_FALSE(files("ckpt/state.json").empty());
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

}  // namespace
}  // namespace pbn::executors
