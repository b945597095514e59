// What NVIDIA's driver says about the GPUs that this process may use. It is asked through its library libcuda.so.1
// rather than through /proc, which gVisor and WSL do not fill; CUDA's own libraries, gigabytes of them, are opened only
// if the driver has a GPU.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pbn::worker {

struct VisibleGpu {
  std::string name;  // "NVIDIA H100 80GB HBM3"; that of an instance of MIG ends with its profile: "MIG 1g.10gb"
  std::string uuid;  // as nvidia-smi prints it: "GPU-" or, for an instance of MIG, "MIG-", then 8-4-4-4-12 digits
};

struct DriverAnswer {
  std::vector<VisibleGpu> gpus{};  // in CUDA's order; without those that CUDA_VISIBLE_DEVICES hides
  std::string reason{};            // why there are none, in one line
  bool has_driver = true;
  bool is_broken = false;  // the driver fails: this machine probably has a GPU
};

// Starts the driver in this process (cuInit), which creates no context on a GPU.
DriverAnswer ask_gpu_driver();

// The text of a UUID. `name` is the model's: an instance of MIG has a UUID of its own.
std::string gpu_uuid_text(const std::array<std::uint8_t, 16>& bytes, const std::string& name);

}  // namespace pbn::worker
