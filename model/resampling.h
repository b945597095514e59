// The hourglass's ways down and up (Sec. 3.2): features at half the side, and back. All tensors are (B, C, H, W),
// channels_last, float32, bfloat16 or float64.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn {

// x with H and W even -> the greatest of each 2x2 elements, and x for whatever else reads it: when that reads this
// second x, both gradients are added in one pass. Among equals the first one, row by row, gets the gradient.
struct HalvedBeside {
  at::Tensor halved, x;
};
HalvedBeside halved_beside(const at::Tensor& x);

inline at::Tensor halved(const at::Tensor& x) { return halved_beside(x).halved; }

// fine (B, C, H, W) + each element of coarse (B, C, H/2, W/2) in the 2x2 places that it stands for.
at::Tensor plus_doubled(const at::Tensor& fine, const at::Tensor& coarse);

}  // namespace pbn
