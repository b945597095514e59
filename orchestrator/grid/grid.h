// A grid file describes a study as settings that vary (YAML; docs/file-formats.md).
//
//   name: branches                          # names the sweep's folder; default: the file's name
//   base: bases/mpii.yaml                   # settings that this grid overrides; the path is relative to this file
//   data: {train: train.h5, validation: validation.h5}     # relative to the folder that pbn is started in
//   model: {head: pbn, groups: related-5}   # base settings, nested or dotted: any key of config/schema.h
//   seeds: [1, 2, 3]                        # or 1..3: each cell is run with each of them; default 1
//   baseline: {model.head: plain}           # the cells that the others are compared with
//   cells:                                  # blocks add up; a block is the product of its lists
//     - {model.head: [plain, deep]}
//     - {model.head: pbn, model.depth: [1, 2, 3], model.width: [32, 64, 256]}
//   exclude:                                # removes cells that have all of these settings
//     - {model.depth: [2, 3], model.width: 256}
//   metric: pckh50.all16                    # the figure that tables compare; names: evaluation/metrics.h. A name
//                                           # without a dot ("hard10") takes the metric that suits the data (PCKh, PCK)
//
// In a block, each entry of a list is an alternative, unless the key takes a list as its value: `train.drops:
// [0.7, 0.9]` is one value and `train.drops: [[0.7, 0.9], [0.5]]` are two; `model.groups: [related-5, body-6]` are two
// and `model.groups: [[r-hip, l-hip], [head-top]]` is one. `model.groups: {related: 5, from: FILE}` finds the groups in
// that file's poses; without `from`, in the cell's training file.
//
//   expected: {skeleton: mpii16, box_pixels: 256}   # describes data files that do not exist yet, for `pbn plan`
//
// A base file has the sections data, train, run and test, the metric and `expected`: the settings that belong to a data
// set and not to a study. The grid overrides the base, --set overrides both, and the sweep's name joins both names:
// branches-mpii.
//
// With `worker`, an external program performs the runs (docs/external-worker.md). Its settings vary like those of
// pbn_worker. A list is always a list of alternatives here, so a value that is a list goes inside another list:
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

namespace pbn::grid {

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

// Holds for a cell if each key has one of the values given here. A key that the cell does not use has no value.
struct Condition {
  std::vector<Axis> keys;
  std::string where;
};

// The program that performs a run, started as COMMAND... --run DIR (docs/external-worker.md).
struct Worker {
  std::vector<std::string> command;  // empty: pbn_worker
  int ranks = 1;                     // of an external worker; pbn_worker has the setting run.ranks

  bool is_external() const { return !command.empty(); }
};

// Options of the command line that change a grid.
struct GridOptions {
  std::vector<std::string> set{};   // --set "key=value": overrides every other value of the key
  std::vector<std::string> only{};  // --only "key=value,value": selects the cells for which all conditions hold
  std::string seeds{};              // --seeds "1..5,9" instead of the grid's; empty: the grid's
  std::string base{};               // --base FILE instead of the grid's; empty: the grid's
};

// Describes data files that do not exist yet, so that sizes can be computed. Ignored once the files exist.
struct ExpectedData {
  std::string skeleton;  // as config/skeleton.h names it
  int box_pixels = 0;
};

struct Grid {
  std::string file;
  std::string text;  // the file's content
  std::string base_file, base_text;
  GridOptions options;
  std::string name;
  Worker worker;
  Settings base;  // from --set, the grid, or the base file, in this order of precedence
  std::vector<std::uint32_t> seeds;
  Settings baseline;          // empty: none
  std::vector<Block> blocks;  // at least one
  std::vector<Condition> exclude, only;
  Setting metric;  // null: the headline figure of the data
  std::optional<ExpectedData> expected;

  // The number of cells in a block before exclusion, and the settings of one of them. Equal cells are merged later,
  // when defaults and data are known (orchestrator/grid/sweep.h).
  static std::size_t count_cells(const Block& block);
  Settings settings_of(const Block& block, std::size_t cell) const;
};

// Calls visit(path, setting) for every setting of the base and the blocks.
void for_each_setting(const Grid& grid, const auto& visit) {
  for (const auto& [path, setting] : grid.base) visit(path, setting);
  for (const Block& block : grid.blocks) {
    for (const Axis& axis : block) {
      for (const Setting& setting : axis.values) visit(axis.path, setting);
    }
  }
}

// The values that a cell of a block takes, one per axis, the last axis first. The last axis varies fastest.
struct Choice {
  const Axis* axis;
  const Setting* setting;
};
std::vector<Choice> choices_of(const Block& block, std::size_t cell);

// Throw usage errors with file:line:column and a suggestion for unknown or duplicate keys, for values of a wrong type
// or out of range, and for grids of more than a million cells or ten million runs.
Grid read_grid(const std::filesystem::path& file, const GridOptions& options = {});
Grid parse_grid(const std::string& text, const std::string& file, const GridOptions& options = {});

}  // namespace pbn::grid
