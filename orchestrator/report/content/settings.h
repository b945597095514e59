// The settings that determine the results of a sweep's cells, without seed, data and groups, which a report shows
// elsewhere; with an external worker, its "settings".
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// Settings that have the same value in all cells.
std::vector<SettingText> shared_settings(const grid::Sweep& sweep);

// Settings of one cell that are not in `shared`.
std::vector<SettingText> unshared_settings(const grid::Cell& cell, const std::vector<SettingText>& shared);

}  // namespace pbn::report
