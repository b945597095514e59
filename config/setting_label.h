// Labels of a grid's cells for one of their settings: "pbn", "related-5", "D1", "without r-ankle".
#pragma once

#include <functional>
#include <string>

#include "base/json.h"

namespace pbn::config {

using SettingLabel = std::function<std::string(const Json& canonical, const Json& given)>;

// Puts the value into a format such as "D{}". `label_of_one`, unless empty, is the label of 1: "1 stack".
SettingLabel formatted_label(const std::string& format, const std::string& label_of_one = "");

// The given name, or the groups' sizes: "2 groups of 7+9".
std::string label_of_groups(const Json& canonical, const Json& given);

std::string label_of_parts_left_out(const Json& canonical, const Json& given);  // "without r-ankle, l-ankle"
std::string label_of_data_files(const Json& canonical, const Json& given);      // "train+more", without folders
std::string label_of_weights(const Json& canonical, const Json& given);         // "from ab12/weights"

// The label of a setting whose key has none: "epochs=2".
std::string plain_label(const std::string& name, const Json& value);

}  // namespace pbn::config
