// How a cell of a grid is called by one of its settings: "pbn", "related-5", "D1", "without r-ankle".
#pragma once

#include <functional>
#include <string>

#include "base/json.h"

namespace pbn {

using SettingLabel = std::function<std::string(const Json& canonical, const Json& given)>;

// "D{}": the value in these words. `of_one` is what 1 is called, where that is another word: "1 stack".
SettingLabel in_words(const std::string& words, const std::string& of_one = "");

// Groups are known by the name that they were given: lists of parts would fill the page.
std::string label_of_groups(const Json& canonical, const Json& given);

std::string label_of_parts_left_out(const Json& canonical, const Json& given);  // "without r-ankle, l-ankle"
std::string label_of_data_files(const Json& canonical, const Json& given);      // "train+more": without their folders
std::string label_of_weights(const Json& canonical, const Json& given);         // "from ab12/weights"

// Of a setting without a label of its own: "epochs=2".
std::string plain_label(const std::string& name, const Json& value);

}  // namespace pbn
