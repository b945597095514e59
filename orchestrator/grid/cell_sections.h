// Makes the sections of cells' configurations: files found, groups listed, precision chosen, and what does not fit
// together refused. Each is made when the first cell needs it and remembered by what the cell is given.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/grid/sweep.h"

namespace pbn {

// The settings of one cell: those of its block's axes over the grid's own over the defaults.
class GivenSettings {
 public:
  // `resolved_base` has the defaults and the grid's own settings. All must outlive it.
  GivenSettings(const Json& resolved_base, const Block& block, std::size_t cell);

  const Json& at(const std::string& path) const;
  bool fits(const Condition& condition, bool is_external) const;

  // The axes of one section with this cell's values, and the same as text.
  using Choice = std::vector<std::pair<const Axis*, const Setting*>>;
  Choice within(const std::string& section) const;

 private:
  const Json* base_;
  Choice choice_;
};

struct ModelSection {
  std::shared_ptr<Section> section;
  std::int64_t parameters = 0;
  double gflop_per_image = 0;
};

struct DataSection {
  std::shared_ptr<Section> section;
  std::shared_ptr<CellData> files;
};

// All throw Errors whose place is the setting's path ("model.groups").
class CellSections {
 public:
  CellSections(const Grid& grid, DataRoom& room, bool bf16_is_fast);

  const Json& resolved_base() const { return base_; }

  DataSection data(const GivenSettings& cell);

  // While data files are missing, groups stay as they were given, and the network's size is what it will be if the data
  // are as the grid expects them; 0 where it expects nothing, or groups are to be found in the data.
  ModelSection model(const GivenSettings& cell, const CellData& data);
  std::shared_ptr<Section> training(const GivenSettings& cell);

  // Sections that are carried out as they are given: "test", "run" and an external worker's "settings".
  std::shared_ptr<Section> as_given(const std::string& name, const GivenSettings& cell);

 private:
  std::shared_ptr<Section> resolved(const std::string& name, const GivenSettings& cell) const;

  DataRoom& room_;
  const bool bf16_is_fast_;
  Json base_, given_base_;
  std::unordered_map<std::string, DataSection> data_;
  std::unordered_map<std::string, ModelSection> models_;
  std::unordered_map<std::string, std::shared_ptr<Section>> others_;
};

}  // namespace pbn
