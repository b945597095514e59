#include "model/kernels/kernels.h"

#include <array>

#include "model/kernels/cpu/cpu_kernels.h"

namespace pbn::model {
namespace {

using KernelsOfDevices = std::array<const Kernels*, at::COMPILE_TIME_MAX_DEVICE_TYPES>;

KernelsOfDevices& kernels_of_devices() {
  static KernelsOfDevices all = [] {
    KernelsOfDevices initial;
    initial.fill(&aten_kernels);
    initial[static_cast<std::size_t>(at::kCPU)] = &cpu_kernels();
    return initial;
  }();
  return all;
}

}  // namespace

const Kernels aten_kernels;

const Kernels& kernels_for(at::DeviceType device) { return *kernels_of_devices()[static_cast<std::size_t>(device)]; }

void use_kernels(at::DeviceType device, const Kernels& kernels) {
  kernels_of_devices()[static_cast<std::size_t>(device)] = &kernels;
}

}  // namespace pbn::model
