#include "worker/device/device.h"

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/host.h"
#include "model/kernels/cpu/cpu_kernels.h"
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
  double peak_flops(config::Precision precision, int threads) const override {
    return threads * peak_flops_per_core(precision == config::Precision::bf16);
  }
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
  const model::Kernels& own_kernels() const override { return model::cpu_kernels(); }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    if (wanted == "nccl")
      throw usage_error("run.communicator", "use auto", "nccl needs GPUs, but the device is the CPU");
    return ranks.size() > 1 ? ranks.host_communicator(wanted) : alone();
  }
};

// A GPU, or why there is none.
struct GpuSearch {
  std::unique_ptr<Device> device;
  std::string reason;
  bool may_exist = true;  // this machine seems to have one all the same
  bool has_driver = true;
};

// Deterministic algorithms of cuBLAS need a workspace of fixed size. Two NCCL communicators may be at work at a time,
// whose kernels all ranks must start in the same order. Both are read when the libraries start.
void set_cuda_environment() {
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  ::setenv("NCCL_LAUNCH_ORDER_IMPLICIT", "1", 0);
}

// Beside the program where it was built, in lib/pbn/ where it is installed.
std::filesystem::path plugin_place() {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto beside = folder / plugin_file;
  return std::filesystem::exists(beside) ? beside : folder.parent_path() / "lib/pbn" / plugin_file;
}

GpuSearch find_gpu(int local_rank) {
  const std::filesystem::path plugin = plugin_place();
  const DriverAnswer driver = ask_gpu_driver();
  if (driver.gpus.empty()) return {nullptr, driver.reason, driver.is_broken, driver.has_driver};
  if (!std::filesystem::exists(plugin)) return {nullptr, "this build has no CUDA plug-in"};
  set_cuda_environment();
  void* const library = dlopen(plugin.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    return {nullptr, fmt::format("the CUDA plug-in cannot be opened: {} (docs/gpu.md lists its libraries)", dlerror())};
  }
  const auto make = reinterpret_cast<MakeCudaDevice>(dlsym(library, plugin_entry));
  if (!make) return {nullptr, fmt::format("{} is not the plug-in of this program: {}", plugin.string(), dlerror())};
  const std::size_t index = index_of_gpu(local_rank, driver.gpus.size());
  std::string reason;
  std::unique_ptr<Device> device(make(static_cast<int>(index), driver.gpus[index], &reason));
  if (!device) return {nullptr, reason};
  return {std::move(device), fmt::format("GPU {} of {}", index, driver.gpus.size())};
}

}  // namespace

ChosenDevice choose_device(const std::string& wanted, int local_rank) {
  if (wanted == "cpu") return {std::make_unique<Cpu>(), "run.device is cpu"};
  GpuSearch search = find_gpu(local_rank);
  if (search.device) return {std::move(search.device), search.reason};
  if (wanted == "cuda") throw environment_error("run.device", "use --run.device cpu", "no GPU: {}", search.reason);
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  const bool is_named = names_a_gpu(visible);
  if (is_named && search.has_driver) {
    throw environment_error("CUDA_VISIBLE_DEVICES", "use --run.device cpu to train without a GPU",
                            "{} is given, but no GPU can be used: {}", visible, search.reason);
  }
  std::string warning;
  if (search.may_exist)
    warning = fmt::format("this machine seems to have a GPU, but the CPU is used: {}", search.reason);
  if (is_named) warning = fmt::format("CUDA_VISIBLE_DEVICES is {}, but the CPU is used: {}", visible, search.reason);
  return {std::make_unique<Cpu>(), search.reason, warning};
}

std::vector<GpuPlace> gather_gpu_places(const Ranks& ranks, const Device& device) {
  const std::vector<std::string> uuids = ranks.gather(device.uuid());
  std::vector<GpuPlace> places;
  for (std::size_t rank = 0; rank < uuids.size(); ++rank) places.push_back({ranks.hosts()[rank], uuids[rank]});
  return places;
}

}  // namespace pbn::worker
