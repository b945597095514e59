// A grid file: the question of a study, as settings that vary (YAML; docs/file-formats.md).
//
//   name: branches                          # names the sweep's folder; default: the file's name
//   data: {train: train.h5, validation: validation.h5}     # relative to the folder that pbn is started in
//   model: {head: pbn, groups: related-5}   # base settings, nested or dotted: any key of config/schema.h
//   seeds: [1, 2, 3]                        # each cell is run with each of them; default [1]
//   baseline: {model.head: plain}           # the cells that the others are compared with
//   cells:                                  # blocks add up; a block is the product of its lists
//     - {model.head: [plain, deep]}
//     - {model.head: pbn, model.depth: [1, 2], model.width: [32, 64]}
//   metric: pckh50.all16                    # what tables compare; names: evaluation/metrics.h
//
// A list in a block is a product over its entries, unless it is one value of its key: `train.drops: [0.7, 0.9]` is one
// value and `train.drops: [[0.7, 0.9], [0.5]]` are two; `model.groups: [related-5, body-6]` are two and
// `model.groups: [[r-hip, l-hip], [head-top]]` is one. `model.groups: {related: 5, from: FILE}` finds the groups in
// that file's poses; without `from`, in the cell's own training file.
#pragma once

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

struct Grid {
  std::string file;
  std::string text;                    // of the file
  std::vector<std::string> overrides;  // "key=value" of --set
  std::string name;
  Settings base;
  std::vector<std::uint32_t> seeds;
  Settings baseline;                      // empty: none
  std::vector<std::vector<Axis>> blocks;  // at least one
  std::string metric;                     // empty: what suits the data

  // The settings of every cell, in the written order, the last axis fastest; --set wins over all. Cells that turn out
  // to be equal are merged later, where defaults and data are known (orchestrator/grid/sweep.h).
  std::vector<Settings> cells() const;

 private:
  friend Grid parse_grid(const std::string&, const std::string&, const std::vector<std::string>&);
  Settings forced_;  // from --set
};

// Throws usage errors with file:line:column and a suggestion for unknown or duplicate keys and for values of a wrong
// type or out of range. `overrides` are "key=value".
Grid read_grid(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});
Grid parse_grid(const std::string& text, const std::string& file, const std::vector<std::string>& overrides = {});

}  // namespace pbn
