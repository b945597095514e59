// Which settings the cells of a sweep use.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn {

// A cell's settings are those that its result depends on, without seed, data and groups, which a report shows in places
// of their own; of an external worker, its "settings".

// Those that all cells use with the same value.
std::vector<SettingText> shared_settings(const Sweep& sweep);

// Those of one cell that are not `shared`.
std::vector<SettingText> own_settings(const Cell& cell, const std::vector<SettingText>& shared);

}  // namespace pbn
