// Ranks that are threads of this process, for synchronised BatchNorm.
#pragma once

#include <ATen/ATen.h>

#include <barrier>
#include <vector>

#include "model/kernels/operations.h"

namespace pbn::model {

class ThreadRanks {
 public:
  explicit ThreadRanks(int count) : arrived_(count), left_(count), parts_(static_cast<std::size_t>(count)) {}

  SumOverRanks sum_of_rank(int rank) {
    return [this, rank](at::Tensor& tensor) {
      parts_[static_cast<std::size_t>(rank)] = tensor.clone();
      arrived_.arrive_and_wait();
      tensor.zero_();
      for (const at::Tensor& part : parts_) tensor += part;
      left_.arrive_and_wait();
    };
  }

 private:
  std::barrier<> arrived_, left_;
  std::vector<at::Tensor> parts_;
};

}  // namespace pbn::model
