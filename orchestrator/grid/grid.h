// A grid file: the question of a study, as settings that vary (YAML; docs/file-formats.md).
//
//   name: branches                          # names the sweep's folder; default: the file's name
//   base: bases/mpii.yaml                   # settings that lie under this grid's; the path is relative to this file
//   data: {train: train.h5, validation: validation.h5}     # relative to the folder that pbn is started in
//   model: {head: pbn, groups: related-5}   # base settings, nested or dotted: any key of config/schema.h
//   seeds: [1, 2, 3]                        # or 1..3: each cell is run with each of them; default 1
//   baseline: {model.head: plain}           # the cells that the others are compared with
//   cells:                                  # blocks add up; a block is the product of its lists
//     - {model.head: [plain, deep]}
//     - {model.head: pbn, model.depth: [1, 2, 3], model.width: [32, 64, 256]}
//   exclude:                                # but not these of them
//     - {model.depth: [2, 3], model.width: 256}
//   metric: pckh50.all16                    # what tables compare; names: evaluation/metrics.h. Without a dot, as in
//                                           # "hard10", it is that figure by what suits the data (PCKh or PCK)
//
// A list in a block is a product over its entries, unless it is one value of its key: `train.drops: [0.7, 0.9]` is one
// value and `train.drops: [[0.7, 0.9], [0.5]]` are two; `model.groups: [related-5, body-6]` are two and
// `model.groups: [[r-hip, l-hip], [head-top]]` is one. `model.groups: {related: 5, from: FILE}` finds the groups in
// that file's poses; without `from`, in the cell's own training file.
//
//   expected: {skeleton: mpii16, box_pixels: 256}   # of data files that are not there yet, so that plan knows sizes
//
// A base file has the sections data, train, run and test, the metric and `expected`: what a data set needs, whatever
// the question is. The grid's own settings win over it, --set wins over both, and the sweep gets both names:
// branches-mpii.
//
// With `worker` another program carries out the runs (docs/external-worker.md). It has settings of its own, which vary
// like ours; lists are products here too, so a list as one value stands in a list of its own:
//
//   worker: {command: [python3, train.py], ranks: 1}       # ranks > 1: under mpirun
//   settings: {optimiser: {name: sgd}, sizes: [8, 8]}
//   cells: [{settings.optimiser.rate: [0.1, 0.01], settings.sizes: [[8, 8], [16]]}]
//   metric: accuracy                        # a figure of its result.json; default: the first
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

struct Setting {
  Json value;
  std::string where;  // file:line:column, or the option that gave it
};
using Settings = std::map<std::string, Setting>;  // by the key's dotted path

struct Axis {
  std::string path;
  std::vector<Setting> values;
};
using Block = std::vector<Axis>;

// Of a cell: each of these keys has one of its values here. A key that the cell does not use has none.
struct Condition {
  std::vector<Axis> keys;
  std::string where;
};

// Who carries out a run. The command is started as COMMAND... --run DIR (docs/external-worker.md).
struct Worker {
  std::vector<std::string> command;  // empty: pbn_worker
  int ranks = 1;                     // of an own command; those of pbn_worker are the setting run.ranks

  bool is_external() const { return !command.empty(); }
};

// What a command line adds to a grid.
struct GridOptions {
  std::vector<std::string> set{};   // --set "key=value": wins over everything
  std::vector<std::string> only{};  // --only "key=value,value": cells that fit all of these
  std::string seeds{};              // --seeds "1..5,9" instead of the grid's; empty: the grid's
  std::string base{};               // --base FILE instead of the grid's; empty: the grid's
};

// What the data files will hold, for sizes before they are there; then they tell themselves.
struct ExpectedData {
  std::string skeleton;  // as config/skeleton.h names it
  int box_pixels = 0;
};

struct Grid {
  std::string file;
  std::string text;  // of the file
  std::string base_file, base_text;
  GridOptions options;
  std::string name;
  Worker worker;
  Settings base;  // --set, the grid's, the base file's: the first that gives it
  std::vector<std::uint32_t> seeds;
  Settings baseline;          // empty: none
  std::vector<Block> blocks;  // at least one
  std::vector<Condition> exclude, only;
  Setting metric;  // null: what suits the data
  std::optional<ExpectedData> expected;

  // How many cells a block has before exclusion, and the settings of each, the last axis fastest. Cells that turn out
  // to be equal are merged later, where defaults and data are known (orchestrator/grid/sweep.h).
  static std::size_t count_cells(const Block& block);
  Settings settings_of(const Block& block, std::size_t cell) const;
};

// Throws usage errors with file:line:column and a suggestion for unknown or duplicate keys and for values of a wrong
// type or out of range, and for grids of more than a million cells or ten million runs.
Grid read_grid(const std::filesystem::path& file, const GridOptions& options = {});
Grid parse_grid(const std::string& text, const std::string& file, const GridOptions& options = {});

}  // namespace pbn
