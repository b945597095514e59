// Reads the text of a grid file or base file, before bases and command-line options are applied.
#pragma once

#include <string>

#include "orchestrator/grid/grid.h"

namespace pbn::grid {

// The grid has everything that the file gives, and `base_file` as written; `base_where` is the place of that entry.
struct GridText {
  Grid grid;
  std::string base_where;
  std::string rule_where{};  // of the seeds, where they are a rule
};
GridText read_grid_text(const std::string& text, const std::string& file);

// A base file: settings and a metric (grid.h).
struct BaseText {
  Settings settings;
  Question question;
  std::optional<ExpectedData> expected;
};
BaseText read_base_text(const std::string& text, const std::string& file);

// Whether a base file may have this setting.
bool belongs_in_base(const std::string& path);

// What the entries besides settings take, by key (json_schema.h); grid_schema.h adds the settings.
Json entries_of_grid(bool is_external);
Json entries_of_base();

}  // namespace pbn::grid
