#include "worker/communication/handshake.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"

namespace pbn::worker {
namespace {

const char* const remedy = "give all ranks the same program, settings and files";

void require_same(const Ranks& ranks, const Facts& mine, const Facts& first) {
  const std::string place = fmt::format("rank {} on {}", ranks.rank(), ranks.hosts()[ranks.rank()]);
  for (std::size_t i = 0; i < std::max(mine.size(), first.size()); ++i) {
    const auto& [item, value] = i < mine.size() ? mine[i] : Fact{"nothing", ""};
    const auto& [first_item, first_value] = i < first.size() ? first[i] : Fact{"nothing", ""};
    if (item != first_item)
      throw environment_error(place, remedy, "it has {} where rank 0, on {}, has {}", item, ranks.hosts()[0],
                              first_item);
    if (value != first_value)
      throw environment_error(place, remedy, "its {} is {}; that of rank 0, on {}, is {}", item, value,
                              ranks.hosts()[0], first_value);
  }
}

}  // namespace

void require_same_facts(const Ranks& ranks, const Facts& mine) {
  const Facts first = Json::parse(ranks.from_first(Json(mine).dump())).get<Facts>();
  ranks.together([&] { require_same(ranks, mine, first); });
}

}  // namespace pbn::worker
