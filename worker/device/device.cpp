#include "worker/device/device.h"

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/host.h"
#include "worker/communication/ranks.h"
#include "worker/device/plugin.h"

namespace pbn::worker {
namespace {

class RepeatedCall : public RecordedWork {
 public:
  explicit RepeatedCall(std::function<void()> work) : work_(std::move(work)) {}
  void replay() override { work_(); }

 private:
  std::function<void()> work_;
};

class Cpu : public Device {
 public:
  at::Device torch() const override { return at::kCPU; }
  std::string describe() const override { return fmt::format("{} ({})", processor_name(), instruction_set()); }
  std::string pci_address() const override { return ""; }
  bool computes_bf16() const override { return has_bf16(); }
  double peak_flops(bool bf16, int threads) const override { return threads * peak_flops_per_core(bf16); }
  MemoryFigures memory() const override {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::int64_t peak = std::int64_t{usage.ru_maxrss} * 1024;
    return {peak, peak, std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE)};
  }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    return std::make_unique<RepeatedCall>(std::move(work));
  }
  bool is_faster_recorded() const override { return false; }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    if (wanted == "nccl")
      throw usage_error("run.communicator", "use auto", "nccl needs GPUs, but the device is the CPU");
    return ranks.size() > 1 ? ranks.host_communicator(wanted) : alone();
  }
};

// Null, with the reason, if the plug-in or a GPU is missing.
ChosenDevice open_cuda(int local_rank, bool shared) {
  const auto plugin = std::filesystem::read_symlink("/proc/self/exe").parent_path() / plugin_file;
  if (!std::filesystem::exists(plugin)) return {nullptr, "this build has no CUDA plug-in"};
  if (!std::filesystem::exists("/proc/driver/nvidia/version")) return {nullptr, "this machine has no NVIDIA driver"};
  void* library = dlopen(plugin.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!library) return {nullptr, fmt::format("the CUDA plug-in cannot be opened: {}", dlerror())};
  const auto make = reinterpret_cast<MakeCudaDevice>(dlsym(library, plugin_entry));
  std::string reason;
  std::unique_ptr<Device> device(make(local_rank, shared, &reason));
  return {std::move(device), reason};
}

}  // namespace

ChosenDevice choose_device(const std::string& wanted, int local_rank, bool shared) {
  if (wanted == "cpu") return {std::make_unique<Cpu>(), "run.device is cpu"};
  ChosenDevice cuda = open_cuda(local_rank, shared);
  if (cuda.device) return cuda;
  if (wanted == "cuda") throw environment_error("run.device", "use --run.device cpu", "no GPU: {}", cuda.reason);
  return {std::make_unique<Cpu>(), cuda.reason};
}

}  // namespace pbn::worker
