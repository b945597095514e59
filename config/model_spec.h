// The specification of a network (Secs. 3.2 and 3.3) and closed forms for its size. The network (model/) is built from
// this and must agree with these counts exactly (tests/model).
#pragma once

#include <cstdint>
#include <string>

#include "config/part_groups.h"

namespace pbn::config {

enum class Head {
  plain,  // baseline of Sec. 4.3: conv1x1 from the shared features
  deep,   // deep baseline: residual block, then conv1x1
  pbn,    // per group: lin(features -> width), `depth` residual blocks, conv1x1 (Fig. 3)
};

enum class Fusion {
  shared,    // the next stack gets the shared features (the paper's choice, orange line in Fig. 4)
  specific,  // the next stack gets the branches' features, concatenated (green line in Fig. 4)
};

struct ModelSpec {
  int parts = 16;      // heat maps per stack
  int stacks = 1;      // 1..8
  int features = 256;  // channels of the trunk; the stem has a quarter and a half as many
  Head head = Head::plain;
  Groups groups;   // of the pbn head; empty for others
  int depth = 1;   // D, residual blocks per branch
  int width = 64;  // W, channels of a branch
  Fusion fusion = Fusion::shared;
  bool synchronised_batch_norm = false;  // statistics over the global batch instead of each rank's share
  bool uniform_gamma = false;            // BatchNorm's gamma is initialised from U(0,1), as in Torch7, instead of 1
};

// Trainable parameters, without BatchNorm's running statistics.
std::int64_t count_parameters(const ModelSpec& spec);

// Multiply-adds of all convolutions for one image of input_pixels x input_pixels (a multiple of 64).
// A training step costs six times as many floating-point operations: 2 per multiply-add, forward and twice backward.
std::int64_t count_multiply_adds(const ModelSpec& spec, int input_pixels);

// Throws a usage error unless the side is a positive multiple of 64 (the stem divides by 4, the hourglass by 16).
void require_input_side(int input_pixels, const std::string& where);

}  // namespace pbn::config
