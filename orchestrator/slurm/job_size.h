// Time limits and amounts of memory as sites like them: few different ones, so that jobs fit into gaps of the queue.
#pragma once

#include <optional>
#include <string>

namespace pbn::slurm {

// Minutes of a time limit in sbatch's format ("90", "90:30", "12:00:00", "1-12", "1-12:30"), rounded up; nothing for
// another text, such as UNLIMITED.
std::optional<int> minutes_of(const std::string& time_limit);
std::string time_limit_of(int minutes);  // "45", "12:00:00", "2-00:00:00"

int rounded_minutes(double minutes);  // up to 5, 15 or 30 minutes, or whole hours
int rounded_mib(double mib);          // up to whole GiB

}  // namespace pbn::slurm
