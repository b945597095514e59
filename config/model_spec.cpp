#include "config/model_spec.h"

#include "base/error.h"

namespace pbn::config {
namespace {

// Parameters and multiply-adds of layers, computed together from one description of the network.
struct Cost {
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;

  Cost& operator+=(const Cost& other) {
    parameters += other.parameters;
    multiply_adds += other.multiply_adds;
    return *this;
  }
};
Cost operator+(Cost left, const Cost& right) { return left += right; }
Cost operator*(std::int64_t times, const Cost& cost) { return {times * cost.parameters, times * cost.multiply_adds}; }

using Count = std::int64_t;

Cost conv(Count in, Count out, Count kernel, Count side) {
  const Count weights = in * out * kernel * kernel;
  return {weights + out, weights * side * side};
}

Cost batch_norm(Count channels) { return {2 * channels, 0}; }

Cost lin(Count in, Count out, Count side) { return conv(in, out, 1, side) + batch_norm(out); }

Cost residual(Count in, Count out, Count side, bool pre_activation = true) {
  const Count half = out / 2;
  Cost cost = conv(in, half, 1, side) + batch_norm(half) + conv(half, half, 3, side) + batch_norm(half) +
              conv(half, out, 1, side);
  if (pre_activation) cost += batch_norm(in);
  if (in != out) cost += batch_norm(in) + conv(in, out, 1, side);
  return cost;
}

Cost stem(Count features, Count input) {
  const Count quarter = features / 4;
  const Count half = features / 2;
  return conv(3, quarter, 3, input) + batch_norm(quarter) +
         2 * (conv(quarter, quarter, 3, input / 2) + batch_norm(quarter)) + residual(quarter, half, input / 2, false) +
         residual(half, half, input / 4) + residual(half, features, input / 4);
}

// Each of the four levels has one block beside the pooling and, at half the resolution, one before and one after the
// next level.
Cost hourglass(Count features, Count side) {
  Cost cost;
  for (int level = 0; level < 4; ++level, side /= 2) {
    cost += residual(features, features, side) + 2 * residual(features, features, side / 2);
  }
  return cost + residual(features, features, side);
}

Cost head(const ModelSpec& spec, Count side) {
  const Count features = spec.features;
  if (spec.head == Head::plain) return conv(features, spec.parts, 1, side);
  if (spec.head == Head::deep) return residual(features, features, side) + conv(features, spec.parts, 1, side);
  Cost cost;
  for (const auto& group : spec.groups) {
    cost += lin(features, spec.width, side) + spec.depth * residual(spec.width, spec.width, side) +
            conv(spec.width, static_cast<Count>(group.size()), 1, side);
  }
  return cost;
}

Cost fusion(const ModelSpec& spec, Count side) {
  const bool specific = spec.head == Head::pbn && spec.fusion == Fusion::specific;
  const Count fused = specific ? static_cast<Count>(spec.groups.size()) * spec.width : spec.features;
  return conv(fused, spec.features, 1, side) + conv(spec.parts, spec.features, 1, side);
}

Cost network(const ModelSpec& spec, Count input) {
  const Count side = input / 4;
  const Cost stack = hourglass(spec.features, side) + residual(spec.features, spec.features, side) +
                     lin(spec.features, spec.features, side) + head(spec, side);
  return stem(spec.features, input) + spec.stacks * stack + (spec.stacks - 1) * fusion(spec, side);
}

}  // namespace

std::int64_t count_parameters(const ModelSpec& spec) { return network(spec, 64).parameters; }

std::int64_t count_multiply_adds(const ModelSpec& spec, int input_pixels) {
  require_input_side(input_pixels, "");
  return network(spec, input_pixels).multiply_adds;
}

void require_input_side(int input_pixels, const std::string& where) {
  if (input_pixels > 0 && input_pixels % 64 == 0) return;
  throw usage_error(where, "the stem divides it by 4 and the hourglass by 16: choose 64, 128, 192, 256, ...",
                    "the input side is {} px and must be a multiple of 64", input_pixels);
}

}  // namespace pbn::config
