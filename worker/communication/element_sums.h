// Elementwise sums of several buffers, always in the order of the buffers: the result has the same bits however the
// elements are divided among ranks.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <span>

namespace pbn::worker {

// Whether sums support this type: float32, float64, int64, and bfloat16, which is added in float32 and rounded once at
// the end.
bool can_sum(at::ScalarType type);

// Replaces each of the buffers of `elements` numbers by their sum, in one pass over memory.
void sum_into_all(std::span<std::byte* const> buffers, at::ScalarType type, std::size_t elements);

// Writes the sum of the buffers to `sum`, which may be one of them.
void sum_into(std::byte* sum, std::span<const std::byte* const> buffers, at::ScalarType type, std::size_t elements);

}  // namespace pbn::worker
