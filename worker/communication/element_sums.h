// Sums of numbers that lie in several places, element by element and always in the order of these places, so that the
// result has the same bits whoever adds and however the elements are divided among those who add.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <span>

namespace pbn {

// Whether there are sums of numbers of this type: float32, float64, int64, and bfloat16, which is added in float32 and
// rounded once, at the end.
bool can_sum(at::ScalarType type);

// In each of the buffers, all of which hold `elements` numbers, their sum. The pass over memory is one.
void sum_into_all(std::span<std::byte* const> buffers, at::ScalarType type, std::size_t elements);

// The sum of the buffers in `sum`, which may be one of them.
void sum_into(std::byte* sum, std::span<const std::byte* const> buffers, at::ScalarType type, std::size_t elements);

}  // namespace pbn
