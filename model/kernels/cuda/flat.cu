#include "model/kernels/cuda/flat.h"

#include "model/kernels/cuda/elements.h"

namespace pbn::model::cuda {
inline namespace flat_kernels {  // nvcc names what is in an unnamed one after the file's path

PBN_DEVICE std::int64_t first_element() { return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
PBN_DEVICE std::int64_t all_threads() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

// The sum of the threads' values in thread 0, else 0.
PBN_DEVICE double sum_over_block(double value) {
  double* const shared = shared_memory();  // (threads)
  const int thread = static_cast<int>(threadIdx.x);
  shared[thread] = value;
  for (int half = static_cast<int>(blockDim.x) / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) shared[thread] += shared[thread + half];
  }
  return thread == 0 ? shared[0] : 0;
}

constexpr std::size_t shared_for_sum = sizeof(double) * threads_per_block;

template <typename Number>
PBN_KERNEL squared_error_kernel(HeatMaps<Number> maps, double* partial) {
  double sum = 0;
  for (std::int64_t i = first_element(); i < maps.maps * maps.pixels; i += all_threads()) {
    const Number mask = maps.mask[i / maps.pixels], target = maps.targets[i];
    Number squares = 0;
    for (int stack = 0; stack < maps.count; ++stack) {
      const Number difference = (maps.stacks[stack][i] - target) * mask;
      squares += difference * difference;
    }
    sum += squares;
  }
  sum = sum_over_block(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

template <typename Number>
PBN_KERNEL squared_error_gradient_kernel(HeatMaps<Number> maps, const double* factor, HeatMapGradients<Number> out) {
  const Number twice = static_cast<Number>(2 * *factor);
  for (std::int64_t i = first_element(); i < maps.maps * maps.pixels; i += all_threads()) {
    const Number mask = maps.mask[i / maps.pixels], target = maps.targets[i];
    for (int stack = 0; stack < maps.count; ++stack) {
      out.stacks[stack][i] = twice * ((maps.stacks[stack][i] - target) * mask) * mask;
    }
  }
}

template <typename Number>
PBN_KERNEL sum_of_squares_kernel(const Number* x, std::int64_t length, double* partial) {
  double sum = 0;
  for (std::int64_t i = first_element(); i < length; i += all_threads()) sum += static_cast<double>(x[i]) * x[i];
  sum = sum_over_block(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

PBN_KERNEL finish_sum_kernel(const double* partial, int count, bool takes_root, double* result) {
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < count; i += static_cast<int>(blockDim.x)) sum += partial[i];
  sum = sum_over_block(sum);
  if (threadIdx.x == 0) *result = takes_root ? sqrt(sum) : sum;
}

template <typename Number>
PBN_KERNEL rmsprop_kernel(RmsPropMemory<Number> memory, RmsPropFactors factors) {
  bool is_finite = true;
  for (int i = 0; i < factors.number_of_figures; ++i) is_finite = is_finite && isfinite(factors.figures[i]);
  const Number decay = static_cast<Number>(factors.decay), epsilon = static_cast<Number>(factors.epsilon);
  const Number rate = static_cast<Number>(*factors.learning_rate);
  auto* const rounded = static_cast<Bfloat16*>(memory.rounded);
  for (std::int64_t i = first_element(); is_finite && i < memory.length; i += all_threads()) {
    const Number gradient = memory.gradients[i];
    const Number mean_square = decay * memory.mean_square[i] + (1 - decay) * gradient * gradient;
    const Number parameter = memory.parameters[i] - rate * gradient / (sqrt(mean_square) + epsilon);
    memory.mean_square[i] = mean_square;
    memory.parameters[i] = parameter;
    if (rounded) rounded[i] = __float2bfloat16_rn(static_cast<float>(parameter));
  }
}

// Enough blocks to keep the memory of a large GPU busy; their threads go on in steps of all_threads().
Grid grid_over(std::int64_t length, std::size_t shared_bytes, std::int64_t most_blocks) {
  const std::int64_t blocks = (length + threads_per_block - 1) / threads_per_block;
  return {.x = static_cast<unsigned>(blocks < most_blocks ? blocks : most_blocks), .shared_bytes = shared_bytes};
}

constexpr std::int64_t blocks_of_pass = 2048;

void finish_sum(const double* partial, unsigned count, bool takes_root, double* result, void* stream) {
  launch(finish_sum_kernel, {.shared_bytes = shared_for_sum}, stream, partial, static_cast<int>(count), takes_root,
         result);
}

}  // namespace flat_kernels

template <typename Number>
void squared_error(const HeatMaps<Number>& maps, double* partial, double* sum, void* stream) {
  const Grid grid = grid_over(maps.maps * maps.pixels, shared_for_sum, blocks_of_sum);
  launch(squared_error_kernel<Number>, grid, stream, maps, partial);
  finish_sum(partial, grid.x, /*takes_root=*/false, sum, stream);
}

template <typename Number>
void squared_error_gradient(const HeatMaps<Number>& maps, const double* factor, const HeatMapGradients<Number>& out,
                            void* stream) {
  launch(squared_error_gradient_kernel<Number>, grid_over(maps.maps * maps.pixels, 0, blocks_of_pass), stream, maps,
         factor, out);
}

template <typename Number>
void euclidean_norm(const Number* x, std::int64_t length, double* partial, double* norm, void* stream) {
  const Grid grid = grid_over(length, shared_for_sum, blocks_of_sum);
  launch(sum_of_squares_kernel<Number>, grid, stream, x, length, partial);
  finish_sum(partial, grid.x, /*takes_root=*/true, norm, stream);
}

template <typename Number>
void rmsprop(const RmsPropMemory<Number>& memory, const RmsPropFactors& factors, void* stream) {
  launch(rmsprop_kernel<Number>, grid_over(memory.length, 0, blocks_of_pass), stream, memory, factors);
}

#define PBN_FOR(Number)                                                                                    \
  template void squared_error(const HeatMaps<Number>&, double*, double*, void*);                           \
  template void squared_error_gradient(const HeatMaps<Number>&, const double*, const HeatMapGradients<Number>&, void*); \
  template void euclidean_norm(const Number*, std::int64_t, double*, double*, void*);                      \
  template void rmsprop(const RmsPropMemory<Number>&, const RmsPropFactors&, void*);
PBN_FOR(float)
PBN_FOR(double)
#undef PBN_FOR

}  // namespace pbn::model::cuda
