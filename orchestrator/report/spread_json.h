// A spread in an aggregate: {"n", "mean", "deviation", "low", "high"}.
#pragma once

#include "base/json.h"
#include "orchestrator/report/statistics.h"

namespace pbn {

inline Json spread_json(const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  Json json = {{"n", spread.n}, {"mean", spread.mean}, {"deviation", spread.deviation}};
  if (const auto interval = spread.interval()) {
    json["low"] = interval->low;
    json["high"] = interval->high;
  }
  return json;
}

}  // namespace pbn
