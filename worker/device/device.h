// The device on which the network runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "worker/communication/communicator.h"

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
  virtual std::string describe() const = 0;  // model name, for a GPU also its UUID
  // Model of a GPU and versions of its libraries, such as {"cuda", "13.0"}; empty for the CPU.
  virtual std::map<std::string, std::string> versions() const { return {}; }
  virtual std::string pci_address() const = 0;  // "0000:3b:00.0"; empty for the CPU
  virtual bool computes_bf16() const = 0;       // in hardware, not emulated
  // Assumed peak in operations per second with so many threads, from the model; 0: unknown. For a CPU: two vector units
  // (or one matrix unit) for each core at the highest clock.
  virtual double peak_flops(bool bf16, int threads) const = 0;
  virtual MemoryFigures memory() const = 0;

  // Records the operations of `work` without executing them: on a GPU as a CUDA graph, one launch instead of thousands;
  // on the CPU as the function itself. The work may allocate memory, but its inputs and results are tensors that
  // outlive it, and it must not read values on the host. Throws std::exceptions if it cannot be recorded.
  virtual std::unique_ptr<RecordedWork> record(std::function<void()> work) const = 0;
  virtual bool is_faster_recorded() const = 0;

  // Marks a phase by name in the time line of a GPU profiler (NVTX).
  virtual void begin_phase(const char*) const {}
  virtual void end_phase() const {}

  // Sums between devices of this kind. `wanted` is run.communicator; throws a usage error if this kind of device does
  // not support it. Every rank calls it.
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
  std::string reason;  // one line: why this device, or why not a GPU
};

// `wanted`: auto, cpu or cuda. Must be called before any other function of LibTorch, since the plug-in registers CUDA
// with the dispatcher. Throws an environment error if cuda is wanted but not available, and a usage error if a host has
// more ranks than GPUs and these may not be `shared`.
ChosenDevice choose_device(const std::string& wanted, int local_rank, bool shared);

}  // namespace pbn::worker
