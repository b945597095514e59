// Group files: what `pbn groups --out FILE` saves and what grids read with `model.groups: {related: 5, from: FILE}`
// (docs/file-formats.md).
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "config/part_groups.h"

namespace pbn {

// A report of data/groups/groups_report.h, atomically: as YAML for people where the name ends in .yaml or .yml
// (matrices rounded to 6 decimals), else as JSON. Readers do not tell them apart.
void write_group_file(const std::filesystem::path& file, const Json& report);

// The k groups in the text of a group file, for a network with this skeleton. Parts that the skeleton lacks drop out,
// as in the paper's groups on LSP. `where` is named in errors. Throws a data error for anything but a group file, one
// with another number of groups, and one that does not know a part of the skeleton.
Groups parse_group_file(const std::string& text, const std::string& where, int k, const Skeleton& skeleton);

// The same from FILE: a group file, or a pose file or Newell's valid.h5 whose related parts are then found (k groups,
// data/groups/groups_report.h). Recognised by content.
Groups related_groups(const std::filesystem::path& file, int k, const Skeleton& skeleton);

}  // namespace pbn
