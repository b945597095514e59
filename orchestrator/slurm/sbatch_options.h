// What pbn gives to sbatch on its command line, beside the options in the script. A submission and a dry run make it
// here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pbn::slurm {

// The options that name a job and the place of its log, "<sweep's folder>.<chunk>-<unique>" and slurm/chunk-001/%a.log.
// `chunk` is relative to the sweep's folder: "slurm/chunk-001".
struct JobName {
  std::filesystem::path sweep_folder;
  std::string chunk;
  std::string unique;  // 8 digits that no other submission has

  std::string text() const;  // without special characters
};
std::vector<std::string> naming_options(const JobName& name, bool is_array);

// The dependencies of a job, or no options if both are empty. `after` are of the user, in the form that
// as_dependency() returns; if one of them can no longer come true, Slurm removes the job instead of keeping it
// forever. `ended` are jobs of pbn that must have ended, well or not.
std::vector<std::string> dependency_options(const std::vector<std::string>& after,
                                            const std::vector<std::string>& ended);

// "123" and "123_4" are "afterok:123" and "afterok:123_4"; "afterany:123" stays. Throws a usage error for anything
// else.
std::string as_dependency(const std::string& given);

}  // namespace pbn::slurm
