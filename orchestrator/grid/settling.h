// From sections as they are told to sections as they are carried out: files found, groups listed, precision chosen,
// and what does not fit together refused.
#pragma once

#include <cstdint>
#include <memory>

#include "orchestrator/grid/sections.h"
#include "orchestrator/grid/sweep.h"

namespace pbn {

// All throw Errors whose place is the setting's path ("model.groups").

struct SettledData {
  std::shared_ptr<Section> section;
  std::shared_ptr<CellData> files;
};
SettledData settle_data(const SharedObject& resolved, DataRoom& room, SharedValues& values);

// While data files are missing, groups stay as they were told, and the network's size is what it will be if the data
// are as the grid expects them; 0 where it expects nothing, or groups are to be found in the data.
struct SettledModel {
  std::shared_ptr<Section> section;
  std::int64_t parameters = 0;
  double gflop_per_image = 0;
};
SettledModel settle_model(const SharedObject& resolved, const CellData& data, DataRoom& room, SharedValues& values);

std::shared_ptr<Section> settle_training(const SharedObject& resolved, bool bf16_is_fast, DataRoom& room,
                                         SharedValues& values);

// Sections that are carried out as they are told.
std::shared_ptr<Section> settle_as_told(const std::string& name, const SharedObject& resolved);

}  // namespace pbn
