// Builds the sections of the cells' canonical configurations: finds data files, lists groups, chooses the precision,
// and rejects settings that contradict each other. Cells with the same settings share one section.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/grid/sweep.h"

namespace pbn::grid {

// The settings of one cell: its block's axes override the grid's base settings, which override the defaults.
class GivenSettings {
 public:
  // `resolved_base` has the grid's base settings over the defaults. Both arguments must outlive this object.
  GivenSettings(const Json& resolved_base, const Block& block, std::size_t cell);

  const Json& at(const std::string& path) const;
  bool fits(const Condition& condition, bool is_external) const;

  // The choices that belong to one section.
  std::vector<Choice> within(const std::string& section) const;

 private:
  const Json* base_;
  std::vector<Choice> choices_;
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

// Errors name the setting's path ("model.groups") as their place.
class CellSections {
 public:
  CellSections(const Grid& grid, DataCatalog& catalog, bool bf16_is_fast);

  const Json& resolved_base() const { return base_; }

  DataSection data(const GivenSettings& cell);

  // While data files are missing, groups stay as given and the network's size assumes the data that the grid expects.
  // The size is 0 if the grid expects nothing, or if the groups have to be found in the missing data.
  ModelSection model(const GivenSettings& cell, const CellData& data);
  std::shared_ptr<Section> training(const GivenSettings& cell);

  std::shared_ptr<Section> execution(const GivenSettings& cell);

  // Sections whose canonical form is what was given over the defaults: "test" and an external worker's "settings".
  std::shared_ptr<Section> as_given(const std::string& name, const GivenSettings& cell);

 private:
  std::shared_ptr<Section> resolved(const std::string& name, const GivenSettings& cell) const;

  DataCatalog& catalog_;
  const bool bf16_is_fast_;
  Json base_, given_base_;
  std::unordered_map<std::string, DataSection> data_;
  std::unordered_map<std::string, ModelSection> models_;
  std::unordered_map<std::string, std::shared_ptr<Section>> others_;
};

}  // namespace pbn::grid
