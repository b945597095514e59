// A grid together with its data: every cell with its size and label, every run with its identity.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/pose_file.h"
#include "orchestrator/grid/grid.h"

namespace pbn {

// What is known of a pose file without its pixels.
struct DataFile {
  std::filesystem::path path;  // absolute
  PoseFileInfo info;
  std::int64_t people = 0;
};

struct Run {
  std::uint32_t seed = 0;
  std::string id;  // 64 digits; empty while data files are missing
};

struct Cell {
  std::string label;  // the settings in which the cells differ, for people: "pbn related-5 D1 W64"
  std::string id;     // 64 digits; the runs' identity without the seed
  Json settled;       // the configuration; its seed is to be replaced by the run's
  Json differing;     // {"model.depth": 1, ...}: the settings that the label was made from
  bool is_baseline = false;
  std::vector<Run> runs;  // one per seed, in the grid's order
  std::vector<DataFile> train;
  DataFile validation;
  std::int64_t parameters = 0;
  double gflop_per_image = 0;  // forward, 2 per multiply-add
  std::int64_t steps = 0;      // of one run: all its batches

  const Skeleton& skeleton() const { return skeleton_named(validation.info.skeleton); }
  Json config_of(const Run& run) const;  // what the run's config.json holds
};

struct Sweep {
  Grid grid;
  std::vector<Cell> cells;           // equal cells are one
  std::vector<std::string> missing;  // data files that are not there yet; then ids and sizes are pending
  std::string metric;                // the grid's, or what suits the data

  // "<name>-<hash8>": the same for the same cells and seeds, wherever their data lies.
  std::string folder_name() const;
};

// Settles every cell. Settings that a cell does not use do not set it apart. Throws usage errors that name the place in
// the grid, and data errors for files that cannot be read; files that do not exist are only listed.
Sweep plan_sweep(Grid grid);

// Throws a usage error that says how to make them when data files are missing.
void require_data(const Sweep& sweep);

}  // namespace pbn
