// Group files: `pbn groups --out FILE` writes them, and grids read them with `model.groups: {related: 5, from: FILE}`
// (docs/file-formats.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/part_groups.h"

namespace pbn::grid {

// Writes a report (data/groups/groups_report.h) atomically: as YAML if the name ends in .yaml or .yml, with matrices
// rounded to 6 digits, otherwise as JSON. Readers accept both.
void write_group_file(const std::filesystem::path& file, const Json& report);

// The k groups in a group file's text, for a network with this skeleton. Parts that the skeleton lacks are left out, as
// in the paper's groups on LSP. Throws data errors placed at `where` for text that is not a group file, has another
// number of groups, or lacks a part of the skeleton.
config::Groups parse_group_file(const std::string& text, const std::string& where, int k,
                                const config::Skeleton& skeleton);

// The k groups of related parts from one group file, or computed from the people of all pose files or of Newell's
// valid.h5 (data/groups/groups_report.h). The kind of file is recognised by its content.
config::Groups related_groups(const std::vector<std::filesystem::path>& files, int k, const config::Skeleton& skeleton);

}  // namespace pbn::grid
