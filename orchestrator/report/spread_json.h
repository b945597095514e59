// A spread in an aggregate: {"n", "mean", "deviation", "low", "high"}. The mean of nothing and the deviation of a
// single value are null, and so is a deviation that no double can hold; without an interval, low and high are not
// there.
#pragma once

#include <cmath>

#include "base/json.h"
#include "evaluation/statistics.h"

namespace pbn {

inline Json spread_json(const std::vector<double>& values, Interval bounds = unbounded) {
  const Spread spread = spread_of(values);
  const bool has_deviation = spread.n > 1 && std::isfinite(spread.deviation);
  Json json = {{"n", spread.n},
               {"mean", spread.n > 0 ? Json(spread.mean) : Json()},
               {"deviation", has_deviation ? Json(spread.deviation) : Json()}};
  if (const auto interval = spread.interval(bounds)) {
    json["low"] = interval->low;
    json["high"] = interval->high;
  }
  return json;
}

}  // namespace pbn
