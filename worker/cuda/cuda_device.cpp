// The implementation of Device for a GPU. Not yet tested on a GPU (docs/design.md).
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#include <nccl.h>
#include <nvtx3/nvToolsExt.h>

#include <fmt/format.h>

#include "model/kernels/cuda/cuda_kernels.h"
#include "worker/communication/ranks.h"
#include "worker/communication/staged_communicator.h"
#include "worker/cuda/nccl_communicator.h"
#include "worker/cuda/recorded_graph.h"
#include "worker/device/gpu_peaks.h"
#include "worker/device/plugin.h"

namespace pbn::worker {
namespace {

class Cuda : public Device {
 public:
  Cuda(int index, const VisibleGpu& gpu) : gpu_(gpu), index_(static_cast<c10::DeviceIndex>(index)) {
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties_, index));
    c10::cuda::set_device(index_);
    // The default stream cannot be captured, and a gradient accumulator keeps the stream on which it was created.
    c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(false, index_));
  }

  at::Device torch() const override { return {at::kCUDA, index_}; }
  std::string describe() const override { return fmt::format("{} ({})", gpu_.name, gpu_.uuid); }
  std::string uuid() const override { return gpu_.uuid; }
  std::map<std::string, std::string> versions() const override {
    int cuda = 0, nccl = 0;
    cudaRuntimeGetVersion(&cuda);
    ncclGetVersion(&nccl);
    const auto cudnn = static_cast<int>(at::detail::getCUDAHooks().versionRuntimeCuDNN());
    return {{"gpu", gpu_.name},
            {"cuda", fmt::format("{}.{}", cuda / 1000, cuda % 1000 / 10)},
            {"cudnn", fmt::format("{}.{}.{}", cudnn / 10000, cudnn % 10000 / 100, cudnn % 100)},
            {"nccl", fmt::format("{}.{}.{}", nccl / 10000, nccl % 10000 / 100, nccl % 100)}};
  }
  std::string pci_address() const override {
    return fmt::format("{:04x}:{:02x}:{:02x}.0", properties_.pciDomainID, properties_.pciBusID,
                       properties_.pciDeviceID);
  }
  bool computes_bf16() const override { return properties_.major >= 8; }
  double peak_flops(config::Precision precision, int) const override { return gpu_peak_flops(gpu_.name, precision); }
  MemoryFigures memory() const override {
    const auto figures = c10::cuda::CUDACachingAllocator::getDeviceStats(index_);
    return {figures.allocated_bytes[0].peak, figures.reserved_bytes[0].peak,
            static_cast<std::int64_t>(properties_.totalGlobalMem)};
  }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override { return record_graph(work, index_); }
  bool is_faster_recorded() const override { return true; }
  const model::Kernels& own_kernels() const override { return model::cuda_kernels(); }
  void synchronise() const override { c10::cuda::device_synchronize(); }
  std::string obstacle_to_recording() const override { return obstacle_to_recording_on(index_); }
  bool reads_late() const override { return true; }
  void begin_phase(const char* name) const override { nvtxRangePushA(name); }
  void end_phase() const override { nvtxRangePop(); }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    switch (sums_between(gather_gpu_places(ranks, *this), wanted)) {
      case GpuSums::none:
        return alone();
      case GpuSums::nccl:
        return make_nccl_communicator(ranks);
      case GpuSums::staged:
        return make_staged_communicator(ranks.host_communicator());
    }
    return nullptr;
  }

 private:
  VisibleGpu gpu_;
  c10::DeviceIndex index_;
  cudaDeviceProp properties_{};
};

}  // namespace
}  // namespace pbn::worker

extern "C" pbn::worker::Device* pbn_make_cuda_device(int index, const pbn::worker::VisibleGpu& gpu,
                                                     std::string* reason) {
  int devices = 0;
  if (const cudaError_t result = cudaGetDeviceCount(&devices); result != cudaSuccess || index >= devices) {
    *reason = fmt::format("CUDA finds no GPU: {}",
                          result == cudaSuccess ? "the driver has more" : cudaGetErrorString(result));
    return nullptr;
  }
  try {
    return new pbn::worker::Cuda(index, gpu);
  } catch (const c10::Error& error) {
    *reason = fmt::format("CUDA cannot use {}: {}", gpu.name, error.what_without_backtrace());
    return nullptr;
  }
}
