#include "config/setting_advice.h"

#include <fmt/format.h>

#include "config/schema.h"

namespace pbn {

std::optional<std::string> why_idle(const SettingAt& settled, const std::string& path) {
  if (uses_setting(settled, path)) return {};
  const Json& head = settled("model.head");
  if (path.starts_with("model.") && head != "pbn") {
    return fmt::format("a {} head has no branches", head.get<std::string>());
  }
  if (path == "model.fusion") return "one stack hands no features on";
  if (path.starts_with("train.augment.")) return path + "_probability is 0";
  return "nothing depends on it here";
}

std::optional<std::string> doubt_about(const std::string& path, const Json& value) {
  constexpr double window_radius = 3;  // cells; model/heat_maps.h
  if (path == "train.sigma" && value.is_number() && value.get<double>() > window_radius) {
    return "is wider than the target's window, which is 7x7 cells whatever sigma is: the target is an almost flat "
           "square then";
  }
  return {};
}

std::vector<std::string> advice_about(const Json& given, const Json& resolved) {
  const auto setting = [&](const std::string& path) -> const Json& { return at_path(resolved, path); };
  std::vector<std::string> advice;
  for (const Key& key : all_keys()) {
    const Json& value = at_path(given, key.path);
    if (value.is_null() || value == key.standard) continue;
    if (const auto reason = why_idle(setting, key.path)) {
      advice.push_back(fmt::format("{} is not used: {}", key.path, *reason));
    } else if (const auto doubt = doubt_about(key.path, value)) {
      advice.push_back(fmt::format("{} {} {}", key.path, value.dump(), *doubt));
    }
  }
  return advice;
}

}  // namespace pbn
