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

// A number, a text that parse_seeds() takes, or a list of these (json_schema.h).
Json seed_list_schema();

}  // namespace pbn::grid
