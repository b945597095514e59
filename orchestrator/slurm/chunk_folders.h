// The folders of arrays and reports in a sweep's folder: slurm/chunk-001, slurm/report-001, ...
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace pbn::slurm {

// Makes the first of slurm/<kind>-001, -002, ... that does not exist, and returns its name.
std::string new_folder(const std::filesystem::path& sweep_folder, const std::string& kind);

// The first folders that new_folder() would make.
std::vector<std::string> free_folders(const std::filesystem::path& sweep_folder, const std::string& kind,
                                      std::size_t count);

}  // namespace pbn::slurm
