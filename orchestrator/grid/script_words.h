// A script that knows nothing of pbn, as a worker: its words, in which {name} stands for a value.
//
//   worker: {script: "python3 train.py --lr {lr} --seed {seed} --out {run}"}
//
// {seed} is the run's seed and {run} its folder, absolute. Any other name is a setting: {lr} or {settings.lr}, and
// {optimiser.rate} where settings are nested; or {here}, the folder in which pbn was started, absolute. {{ and }} are
// braces. No shell is involved. A text is filled in as it is, a number or truth value in JSON's spelling. A list that
// is alone in its word becomes a word for each element
// (--sizes {sizes}: --sizes 8 16); within a word its elements are joined by commas (sizes={sizes}: sizes=8,16).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::grid {

// Splits at white space. '...' and "..." keep what they contain together. Throws a usage error placed at `where` for a
// quote that is not closed.
std::vector<std::string> split_script(const std::string& text, const std::string& where);

// The names in braces, each once, in their order. Throws usage errors placed at `where` for braces without a partner
// or a name.
std::vector<std::string> names_in_script(const std::vector<std::string>& words, const std::string& where);

// The value of a name in a script: a setting, the seed, or a folder. Null if there is none.
Json value_for_script(const std::string& name, const Json& settings, const Json& seed, const std::string& run_folder);

// The words of the command. `value` returns the value of a name: no null and no map. Names in `words` were checked.
std::vector<std::string> filled_script(const std::vector<std::string>& words,
                                       const std::function<Json(const std::string& name)>& value);

}  // namespace pbn::grid
