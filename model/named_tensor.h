// A tensor and the name under which files and messages know it.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace pbn {

struct NamedTensor {
  std::string name;  // for example "stack0.hourglass.level3.upper.conv1.weight"
  at::Tensor tensor;
};

}  // namespace pbn
