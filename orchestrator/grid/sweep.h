// A sweep: a grid planned on its data, with the size and label of every cell and the identity of every run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/grid/data_catalog.h"
#include "orchestrator/grid/grid.h"

namespace pbn::grid {

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

// One section of a cell's configuration ("model", or an external worker's "settings"). Cells share sections.
struct Section {
  std::string name;
  Json given;         // the settings that the grid gives
  Json canonical;     // the canonical configuration (config/run_config.h), with absolute paths
  std::string label;  // the settings that differ from other cells' sections: "pbn related-5 D1"; may be empty
  std::vector<std::pair<std::string, const Json*>> differing;  // "model.depth" and its value in `canonical`
};

std::string section_of(const std::string& path);      // "model" for "model.depth"
std::string within_section(const std::string& path);  // "depth" for "model.depth"; empty for "model"

// The cell of an external worker (worker().is_external()) has neither data files nor a known size.
class Cell {
 public:
  std::string label;  // the settings in which the cells differ: "pbn related-5 D1 W64"
  std::string id;     // 64 digits, the runs' identity without the seed; empty while data files are missing
  bool is_baseline = false;
  std::vector<Run> runs;        // one per seed, in the grid's order; under a rule, the seeds asked for so far
  std::int64_t parameters = 0;  // 0: unknown
  double gflop_per_image = 0;   // forward pass, 2 FLOP per multiply-add
  std::int64_t images = 0;      // training images that one run processes in all its epochs
  std::int64_t steps = 0;       // optimizer steps of one run

  const Worker& worker() const { return *worker_; }
  int ranks() const;

  // The canonical configuration, {"model": {...}, ...}, with seed 1.
  Json canonical() const;
  const Json& setting(const std::string& path) const;  // "model.depth"; null if there is none
  const Json& section(const std::string& name) const;  // "test"; null if there is none

  Json differing() const;  // {"model.depth": 1, ...}: the settings that the label shows

  // The content of the run's config.json: the canonical configuration with the run's seed; for an external worker
  // {"run", "seed", "worker", "settings"}.
  Json config_of(const Run& run) const;

  const std::vector<DataFile>& train() const { return data_->train; }
  const DataFile& validation() const { return data_->validation; }
  const config::Skeleton& skeleton() const { return *validation().info.skeleton; }

 private:
  friend class SweepPlanner;

  std::shared_ptr<const Worker> worker_;
  std::shared_ptr<const CellData> data_;
  std::vector<std::shared_ptr<Section>> sections_;
};

// The begin of the folder's name of each sweep of a grid, "<name>-"; digits_of_sweep_hash digits follow. A name that is
// too long for a file system is cut and completed by a hash.
std::string stem_of_sweep_folder(const std::string& grid_name);
inline constexpr std::size_t digits_of_sweep_hash = 8;

struct Sweep {
  Grid grid;
  std::vector<Cell> cells;             // without duplicates; with --only, the selected cells
  std::vector<std::string> missing;    // data files that do not exist yet; ids and sizes are unknown until they do
  std::vector<DataFile> data;          // data files that exist
  std::string metric;                  // the grid's metric or the data's headline figure; empty while unknown
  std::string also;                    // the second figure that the grid asks about; empty: none
  std::string auto_precision;          // "bf16" or "fp32": the meaning of train.precision auto for runs on processors
  evaluation::RoundsSoFar rounds;      // under a rule of seeds (report/content/seed_rounds.h)
  bool has_auto_precision = false;     // some cell uses it
  bool is_precision_recorded = false;  // its meaning comes from the store (commands/auto_precision.h)

  // "<name>-<hash8>": equal for equal cells and seeds (or rules), wherever the data files are.
  std::string folder_name() const;
};

// Plans every cell. Cells that differ only in settings they do not use are one cell. Throws usage errors that name the
// place in the grid, and data errors for files that cannot be read; missing files are only listed. An empty
// `auto_precision` selects the precision that suits this machine's processor.
Sweep plan_sweep(Grid grid, const std::string& auto_precision = "");

// Throws a usage error with instructions if data files are missing.
void require_data(const Sweep& sweep);

}  // namespace pbn::grid
