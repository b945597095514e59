// The device on which the network runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/run_config.h"
#include "model/kernels/kernels.h"
#include "worker/communication/communicator.h"
#include "worker/device/gpu_choice.h"

namespace pbn::worker {

class Ranks;

struct MemoryFigures {
  std::int64_t peak;      // largest number of bytes in use: by the process, or by tensors on the GPU
  std::int64_t reserved;  // bytes allocated for them; equals peak for the process
  std::int64_t total;     // bytes of this machine or of the GPU
};

// Recorded operations that can be replayed with the current values of their tensors.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;
  virtual void replay() = 0;
};

// The CPU, or one GPU through the plug-in libpbn_cuda.so. The program itself links only the CPU part of LibTorch.
class Device {
 public:
  virtual ~Device() = default;

  virtual at::Device torch() const = 0;
  virtual std::string describe() const = 0;        // model name, for a GPU also its UUID
  virtual std::string uuid() const { return ""; }  // as nvidia-smi prints it; empty for the CPU
  // Model of a GPU and versions of its libraries, such as {"cuda", "13.0"}; empty for the CPU.
  virtual std::map<std::string, std::string> versions() const { return {}; }
  virtual std::string pci_address() const = 0;  // "0000:3b:00.0"; empty for the CPU
  virtual bool computes_bf16() const = 0;       // in hardware, not emulated
  // Assumed peak in operations per second with so many threads, from the model; 0: unknown. For a CPU: two vector units
  // (or one matrix unit) for each core at the highest clock; for a GPU: gpu_peaks.h.
  virtual double peak_flops(config::Precision precision, int threads) const = 0;
  virtual MemoryFigures memory() const = 0;

  // Records the operations of `work` without executing them: on a GPU as a CUDA graph, one launch instead of thousands;
  // on the CPU as the function itself. The work may allocate memory, but its inputs and results are tensors that
  // outlive it, and it must not read values on the host. Throws std::exceptions if it cannot be recorded.
  virtual std::unique_ptr<RecordedWork> record(std::function<void()> work) const = 0;
  virtual bool is_faster_recorded() const = 0;
  // Why record() would fail now, such as a lack of memory; empty if nothing is known against it.
  virtual std::string obstacle_to_recording() const { return ""; }
  // Whether the host should read the report of a step only after it has queued the next one, so that the device never
  // waits for the host.
  virtual bool reads_late() const { return false; }

  // Own kernels for this kind of device (run.kernels); without any, LibTorch's.
  virtual const model::Kernels& own_kernels() const { return model::aten_kernels; }

  // Returns when all operations that the host has started are done; at once on the CPU, which does them itself.
  virtual void synchronise() const {}

  // Marks a phase by name in the time line of a GPU profiler (NVTX).
  virtual void begin_phase(const char*) const {}
  virtual void end_phase() const {}

  // Sums between devices of this kind: between GPUs by NCCL, or through host memory if ranks share a GPU. `wanted` is
  // run.communicator; throws a usage error if these devices do not support it. Every rank calls it.
  virtual std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const = 0;
};

// A phase from the construction to the destruction of this object.
class Phase {
 public:
  Phase(const Device& device, const char* name) : device_(device) { device.begin_phase(name); }
  ~Phase() { device_.end_phase(); }
  Phase(const Phase&) = delete;
  Phase& operator=(const Phase&) = delete;

 private:
  const Device& device_;
};

struct ChosenDevice {
  std::unique_ptr<Device> device;
  std::string reason;        // one line: why this device
  std::string warning = {};  // that a GPU which seems to exist, or which the environment names, is not used, and why
};

// `wanted`: auto, cpu or cuda; `local_rank` chooses among several GPUs (gpu_choice.h). Must be called before any other
// function of LibTorch, since the plug-in registers CUDA with the dispatcher. Sets the environment variables that make
// cuBLAS deterministic and keep two NCCL communicators in order. Throws an environment error if no GPU can be used and
// cuda is wanted, or CUDA_VISIBLE_DEVICES names one on a machine with a driver.
ChosenDevice choose_device(const std::string& wanted, int local_rank);

// (ranks) where the GPU of each rank is, by which ranks that share one are found. Every rank calls it.
std::vector<GpuPlace> gather_gpu_places(const Ranks& ranks, const Device& device);

}  // namespace pbn::worker
