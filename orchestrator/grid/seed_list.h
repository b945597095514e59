// Lists of seeds as users write them: "1..5", "1,3,7..9".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::grid {

// The seeds in the order given. Throws usage errors placed at `where` for other text, for duplicate seeds and for more
// than a million seeds.
std::vector<std::uint32_t> parse_seeds(const std::string& text, const std::string& where);

// The same of a number, a text, or a list of these.
std::vector<std::uint32_t> seeds_in(const Json& given, const std::string& where);
Json seed_list_schema();  // what it takes (json_schema.h)

}  // namespace pbn::grid
