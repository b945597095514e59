// Settings that are allowed and yet hardly meant: ones that nothing depends on, and values that do not do what they
// say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/run_config.h"

namespace pbn {

// "a deep head has no branches": why uses_setting() says no. Empty where the setting is used.
std::optional<std::string> why_idle(const SettingAt& settled, const std::string& path);

// "is so wide that ...": what this value, which is allowed, does not do. Empty where it does what it says.
std::optional<std::string> doubt_about(const std::string& path, const Json& value);

// One sentence for each setting of a configuration as it was given, incomplete and nested, that is idle with another
// value than its default, or doubtful. `resolved` is the whole configuration.
std::vector<std::string> advice_about(const Json& given, const Json& resolved);

}  // namespace pbn
