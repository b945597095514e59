#include "orchestrator/slurm/job_size.h"

#include <fmt/format.h>

#include <cmath>
#include <regex>

namespace pbn::slurm {

std::optional<std::int64_t> seconds_of(const std::string& time_limit) {
  static const std::regex with_days(R"((\d{1,4})-(\d{1,4})(?::(\d{1,4}))?(?::(\d{1,4}))?)"),
      clock(R"((\d{1,6}):(\d{1,4}):(\d{1,4}))"), minutes(R"((\d{1,7})(?::(\d{1,4}))?)");
  std::smatch part;
  const auto number = [&](std::size_t i) { return part[i].matched ? std::stoll(part[i]) : 0; };
  if (std::regex_match(time_limit, part, with_days))
    return 86400 * number(1) + 3600 * number(2) + 60 * number(3) + number(4);
  if (std::regex_match(time_limit, part, clock)) return 3600 * number(1) + 60 * number(2) + number(3);
  if (std::regex_match(time_limit, part, minutes)) return 60 * number(1) + number(2);
  return {};
}

std::optional<int> minutes_of(const std::string& time_limit) {
  const auto seconds = seconds_of(time_limit);
  if (!seconds) return {};
  return static_cast<int>((*seconds + 59) / 60);
}

std::string time_limit_of(int minutes) {
  if (minutes < 60) return std::to_string(minutes);
  const int days = minutes / 1440, hours = minutes / 60 % 24;
  const std::string clock = fmt::format("{:02}:{:02}:00", hours, minutes % 60);
  return days > 0 ? fmt::format("{}-{}", days, clock) : clock;
}

int rounded_minutes(double minutes) {
  for (const int step : {5, 15, 30}) {
    if (minutes <= step) return step;
  }
  return 60 * static_cast<int>(std::ceil(minutes / 60));
}

int rounded_mib(double mib) { return 1024 * static_cast<int>(std::ceil(mib / 1024)); }

}  // namespace pbn::slurm
