// Passes over flat memory on a GPU: the squared error of heat maps, the norm of the gradient, and RMSProp. Number is
// float or double. Sums are kept in double and added in a fixed order: first by blocks into `partial` (blocks_of_sum
// doubles), then by one block. All pointers are to device memory; the launches are queued on `stream` (a cudaStream_t).
#pragma once

#include <cstdint>

namespace pbn::model::cuda {

inline constexpr int blocks_of_sum = 256;
inline constexpr int most_stacks = 16;

template <typename Number>
struct HeatMaps {
  const Number* stacks[most_stacks];  // (maps, pixels) each
  int count;                          // of stacks
  const Number* targets;              // (maps, pixels)
  const Number* mask;                 // (maps): 0 leaves a heat map out, else 1
  std::int64_t maps;                  // people times parts
  int pixels;                         // of a map
};

template <typename Number>
struct HeatMapGradients {
  Number* stacks[most_stacks];
};

// sum: Σ over all stacks of (mask (map - target))^2.
template <typename Number>
void squared_error(const HeatMaps<Number>& maps, double* partial, double* sum, void* stream);

// The gradient of *factor times this sum, for each stack.
template <typename Number>
void squared_error_gradient(const HeatMaps<Number>& maps, const double* factor, const HeatMapGradients<Number>& out,
                            void* stream);

// norm: the Euclidean norm of x (length).
template <typename Number>
void euclidean_norm(const Number* x, std::int64_t length, double* partial, double* norm, void* stream);

template <typename Number>
struct RmsPropMemory {
  Number *parameters, *mean_square;
  const Number* gradients;
  void* rounded;  // the parameters in bfloat16, or null
  std::int64_t length;
};

struct RmsPropFactors {
  const double* learning_rate;
  const double* figures;  // unless all are finite, nothing is changed
  int number_of_figures;
  double decay, epsilon;
};

template <typename Number>
void rmsprop(const RmsPropMemory<Number>& memory, const RmsPropFactors& factors, void* stream);

}  // namespace pbn::model::cuda
