// The implementation of Device for a GPU. Not yet tested on a GPU (docs/design.md).
#include <ATen/cuda/CUDAContext.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#include <nccl.h>
#include <nvtx3/nvToolsExt.h>

#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"
#include "worker/cuda/nccl_communicator.h"
#include "worker/cuda/recorded_graph.h"
#include "worker/device/plugin.h"

namespace pbn::worker {
namespace {

std::string uuid_of(const cudaDeviceProp& properties) {
  std::string text;
  for (const char byte : properties.uuid.bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

class Cuda : public Device {
 public:
  explicit Cuda(int index) : index_(static_cast<c10::DeviceIndex>(index)) {
    c10::cuda::set_device(index_);
    properties_ = *at::cuda::getDeviceProperties(index_);
    // The default stream cannot be captured, and a gradient accumulator keeps the stream on which it was created.
    c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(false, index_));
  }

  at::Device torch() const override { return {at::kCUDA, index_}; }
  std::string describe() const override { return fmt::format("{} (GPU-{})", properties_.name, uuid_of(properties_)); }
  std::map<std::string, std::string> versions() const override {
    int cuda = 0, nccl = 0;
    cudaRuntimeGetVersion(&cuda);
    ncclGetVersion(&nccl);
    const auto cudnn = static_cast<int>(at::detail::getCUDAHooks().versionRuntimeCuDNN());
    return {{"gpu", properties_.name},
            {"cuda", fmt::format("{}.{}", cuda / 1000, cuda % 1000 / 10)},
            {"cudnn", fmt::format("{}.{}.{}", cudnn / 10000, cudnn % 10000 / 100, cudnn % 100)},
            {"nccl", fmt::format("{}.{}.{}", nccl / 10000, nccl % 10000 / 100, nccl % 100)}};
  }
  std::string pci_address() const override {
    return fmt::format("{:04x}:{:02x}:{:02x}.0", properties_.pciDomainID, properties_.pciBusID,
                       properties_.pciDeviceID);
  }
  bool computes_bf16() const override { return properties_.major >= 8; }
  // From the data sheets of the SXM boards, without sparsity.
  double peak_flops(bool bf16, int) const override {
    const std::string name = properties_.name;
    const auto is = [&](const char* model) { return name.find(model) != std::string::npos; };
    if (is("B200")) return bf16 ? 2250e12 : 80e12;
    if (is("H100") || is("H200") || is("GH200")) return bf16 ? 989e12 : 67e12;
    if (is("A100")) return bf16 ? 312e12 : 19.5e12;
    if (is("L40S")) return bf16 ? 362e12 : 91.6e12;
    return 0;
  }
  MemoryFigures memory() const override {
    const auto figures = c10::cuda::CUDACachingAllocator::getDeviceStats(index_);
    return {figures.allocated_bytes[0].peak, figures.reserved_bytes[0].peak,
            static_cast<std::int64_t>(properties_.totalGlobalMem)};
  }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override { return record_graph(work, index_); }
  bool is_faster_recorded() const override { return true; }
  void begin_phase(const char* name) const override { nvtxRangePushA(name); }
  void end_phase() const override { nvtxRangePop(); }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    if (wanted == "mpi" || wanted == "shared") {
      throw usage_error("run.communicator", "use auto", "{} works in host memory, but the device is a GPU", wanted);
    }
    return ranks.size() > 1 ? make_nccl_communicator(ranks) : alone();
  }

 private:
  c10::DeviceIndex index_;
  cudaDeviceProp properties_{};
};

// NCCL supports several ranks on one GPU from 2.30.3 on (experimental). Its kernels wait for those of the other ranks,
// so they must be small enough to run at the same time.
void let_nccl_share_devices() {
  ::setenv("NCCL_MULTI_RANK_GPU_ENABLE", "1", 0);
  ::setenv("NCCL_MAX_CTAS", "2", 0);
  ::setenv("NCCL_NVLS_ENABLE", "0", 0);
}

}  // namespace
}  // namespace pbn::worker

extern "C" pbn::worker::Device* pbn_make_cuda_device(int local_rank, bool shared, std::string* reason) {
  const c10::DeviceIndex devices = c10::cuda::device_count();
  if (devices == 0) {
    *reason = "CUDA finds no GPU";
    return nullptr;
  }
  if (local_rank >= devices && !shared) {
    throw pbn::usage_error("run.oversubscribe_devices",
                           "start as many ranks on a host as it has GPUs, or let them share with "
                           "--run.oversubscribe_devices true",
                           "this host has {} GPUs, and at least {} ranks", devices, local_rank + 1);
  }
  if (shared) pbn::worker::let_nccl_share_devices();
  const int index = local_rank % devices;
  *reason = fmt::format("GPU {} of {}", index, devices);
  return new pbn::worker::Cuda(index);
}
