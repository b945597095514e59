// A small study in a folder of its own: drawn people, a grid, and results as a worker would leave them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "tests/temporary_folder.h"

namespace pbn {

// Training and validation files of a few drawn people at 64 px, made once for the program.
const std::filesystem::path& small_train_file();
const std::filesystem::path& small_validation_file();

// The sweep of a grid's text on the small data.
grid::Sweep small_sweep(const std::string& grid_text, const std::vector<std::string>& set = {});
grid::Sweep small_sweep_with(grid::GridOptions options, const std::string& grid_text);

// A result as the worker writes it, with predictions that are off by `error` image pixels to the right.
Json result_of(const grid::Cell& cell, const grid::Run& run, float error);
void finish(const runs::RunStore& store, const grid::Cell& cell, const grid::Run& run, float error);

// One attempt that ended so.
void fail(const runs::RunStore& store, const grid::Run& run, int code, const std::string& reason);

struct CommandOutcome {
  int code;
  std::string output;  // standard output and error
};
CommandOutcome run_program(std::vector<std::string> command,
                           std::vector<std::pair<std::string, std::string>> environment = {});

}  // namespace pbn
