// The list of all settings of a run, followed by grids, the worker's options and config.json.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/key.h"

namespace pbn::config {

std::span<const Key> all_keys();

// The key of this path, or null; `unknown_key_hint` suggests a known path.
const Key* find_key(const std::string& path);
std::string unknown_key_hint(const std::string& path);

// Checks a configuration, nested by the keys' paths as {"model": {"depth": 1, ...}, ...}, and adds the defaults of
// missing settings. Throws usage errors; `where` is the file or grid that contains it.
Json resolve(const Json& given, const std::string& where);

// Looks up settings of a nested configuration by path. The configuration must outlive the result.
SettingAt settings_of(const Json& configuration);

// One sentence for each given setting that differs from its default, but is not used, or that has a doubtful value.
// `given` is nested and may be incomplete; `resolved` is the complete configuration.
std::vector<std::string> advice_about(const Json& given, const Json& resolved);

}  // namespace pbn::config
