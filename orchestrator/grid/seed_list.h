// Seeds as people write them: "1..5", "1,3,7..9".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pbn {

// In the written order. Throws usage errors placed at `where` for anything else, for seeds given twice and for more
// than a million.
std::vector<std::uint32_t> parse_seeds(const std::string& text, const std::string& where);

}  // namespace pbn
