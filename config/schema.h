// Everything that a run can be told, in one place: grids, the worker's options and config.json all follow this list.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/key.h"

namespace pbn {

std::span<const Key> all_keys();

// Null where there is none; `unknown_key_hint` says what to write instead.
const Key* find_key(const std::string& path);
std::string unknown_key_hint(const std::string& path);

// A configuration is nested by the keys' paths: {"model": {"depth": 1, ...}, ...}.
// Fills in the defaults and checks every value. Throws usage errors; `where` is the file or grid they stand in.
Json resolve(const Json& given, const std::string& where);

// The settings of a nested configuration by their paths; it must outlive what this returns.
SettingAt settings_of(const Json& configuration);

// One sentence for each setting of a configuration as it was given, incomplete and nested, that is idle with another
// value than its default, or doubtful: allowed and yet hardly meant. `resolved` is the whole configuration.
std::vector<std::string> advice_about(const Json& given, const Json& resolved);

}  // namespace pbn
