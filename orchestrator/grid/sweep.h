// A grid together with its data: every cell with its size and label, every run with its identity.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/grid/data_room.h"
#include "orchestrator/grid/grid.h"

namespace pbn {

struct Run {
  std::uint32_t seed = 0;
  std::string id;  // 64 digits; empty while data files are missing
};

// The pose files of a cell.
struct CellData {
  std::vector<DataFile> train;
  DataFile validation;
  bool is_pending = false;  // files are missing

  std::int64_t people() const;  // to train on
};

// One section of a cell's configuration ("model", or "settings" of an external worker), which other cells share.
struct Section {
  std::string name;
  Json given;         // what the grid says of it
  Json canonical;     // as it is carried out (config/run_config.h), with absolute paths
  std::string label;  // what sets it apart from its like in other cells: "pbn related-5 D1"; or nothing
  std::vector<std::pair<std::string, const Json*>> differing;  // "model.depth": what made the label, in `canonical`
};

std::string section_of(const std::string& path);      // "model" of "model.depth"
std::string within_section(const std::string& path);  // "depth"; empty for a whole section

// With an external worker (worker().is_external()) there are neither data files nor a size that we would know of.
class Cell {
 public:
  std::string label;  // the settings in which the cells differ, for people: "pbn related-5 D1 W64"
  std::string id;     // 64 digits; the runs' identity without the seed; empty while data files are missing
  bool is_baseline = false;
  std::vector<Run> runs;        // one per seed, in the grid's order
  std::int64_t parameters = 0;  // 0: not known
  double gflop_per_image = 0;   // forward, 2 per multiply-add
  std::int64_t images = 0;      // of one run: people shown in all its epochs
  std::int64_t steps = 0;       // of one run: all its batches

  const Worker& worker() const { return *worker_; }
  int ranks() const;

  // The canonical configuration, {"model": {...}, ...}, whose seed is to be replaced by the run's; and one of its
  // settings, "model.depth" (null: none), and one of its sections, "test".
  Json canonical() const;
  const Json& setting(const std::string& path) const;
  const Json& section(const std::string& name) const;

  Json differing() const;  // {"model.depth": 1, ...}: the settings that the label was made from

  // What the run's config.json holds: the configuration with its seed; for an external worker {"run", "seed", "worker",
  // "settings"}.
  Json config_of(const Run& run) const;

  const std::vector<DataFile>& train() const { return data_->train; }
  const DataFile& validation() const { return data_->validation; }
  const Skeleton& skeleton() const { return skeleton_named(validation().info.skeleton); }

 private:
  friend class SweepPlanner;

  std::shared_ptr<const Worker> worker_;
  std::shared_ptr<const CellData> data_;
  std::vector<std::shared_ptr<Section>> sections_;
};

struct Sweep {
  Grid grid;
  std::vector<Cell> cells;           // equal cells are one; with --only, those that it chose
  std::vector<std::string> missing;  // data files that are not there yet; then ids and sizes are pending
  std::vector<DataFile> data;        // those that are there
  std::string metric;                // the grid's, or what suits the data; empty while that is not known
  std::string auto_precision;        // "bf16" or "fp32": what train.precision auto stands for where no GPU is asked for
  bool has_auto_precision = false;   // some cell asks for that
  bool is_precision_recorded = false;  // the store says what it stands for (commands/auto_precision.h)

  // "<name>-<hash8>": the same for the same cells and seeds, wherever their data lies. Of a name that is too long for a
  // file's, its beginning and a hash of all of it.
  std::string folder_name() const;
};

// Works out every cell. Settings that a cell does not use do not set it apart. Throws usage errors that name the place
// in the grid, and data errors for files that cannot be read; files that do not exist are only listed.
// Without `auto_precision` it stands for what this machine's processor computes.
Sweep plan_sweep(Grid grid, const std::string& auto_precision = "");

// Throws a usage error that says how to make them when data files are missing.
void require_data(const Sweep& sweep);

}  // namespace pbn
