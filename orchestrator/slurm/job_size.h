// Time limits and amounts of memory as sites like them: few different ones, so that jobs fit into gaps of the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pbn::slurm {

// A time limit in sbatch's format ("90" minutes, "90:30", "12:00:00", "1-12" days and hours, "1-12:30"); nothing for
// another text, such as UNLIMITED. Minutes are rounded up.
std::optional<std::int64_t> seconds_of(const std::string& time_limit);
std::optional<int> minutes_of(const std::string& time_limit);
std::string time_limit_of(int minutes);  // "45", "12:00:00", "2-00:00:00"

int rounded_minutes(double minutes);  // up to 5, 15 or 30 minutes, or whole hours
int rounded_mib(double mib);          // up to whole GiB

}  // namespace pbn::slurm
