// A kernel that needs more registers than it may have: the build must refuse it (tests/worker/cuda/CMakeLists.txt).
__global__ void __launch_bounds__(1024, 2) spill(const float* x, float* y) {
  constexpr int kept = 64;
  float values[kept];
#pragma unroll
  for (int i = 0; i < kept; ++i) values[i] = x[threadIdx.x * kept + i];
  __syncthreads();
#pragma unroll
  for (int j = 0; j < kept; ++j) {
    float sum = 0;
#pragma unroll
    for (int i = 0; i < kept; ++i) sum += values[i] * values[(i * j + 7) % kept];
    y[threadIdx.x * kept + j] = sum;
  }
}
