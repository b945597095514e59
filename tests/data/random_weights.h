// Random relatedness of parts, for tests of grouping.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"

namespace pbn::data {

// (parts, parts), symmetric, with a zero diagonal.
inline std::vector<double> random_weights(int parts, std::uint32_t number) {
  Random random(7, 0, number, Purpose::grouping);
  std::vector<double> weights(static_cast<std::size_t>(parts * parts));
  for (int a = 0; a < parts; ++a) {
    for (int b = a + 1; b < parts; ++b) {
      weights[static_cast<std::size_t>(a * parts + b)] = weights[static_cast<std::size_t>(b * parts + a)] =
          random.uniform();
    }
  }
  return weights;
}

}  // namespace pbn::data
