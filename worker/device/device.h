// Where the network runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "worker/communication/communicator.h"

namespace pbn {

class Ranks;

struct MemoryFigures {
  std::int64_t peak;      // bytes that were in use at most: of the process, or of tensors on the GPU
  std::int64_t reserved;  // that it has taken for them; of the process the same
  std::int64_t total;     // that the device, or this machine, has
};

// Work that was recorded once, to be carried out again with what its tensors then hold.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;
  virtual void carry_out() = 0;
};

// The CPU, or one GPU through the plug-in libpbn_cuda.so. The program links the CPU part of LibTorch only.
class Device {
 public:
  virtual ~Device() = default;

  virtual at::Device torch() const = 0;
  virtual std::string describe() const = 0;  // model name; of a GPU its UUID too
  // Names and versions of its model and libraries, such as {"cuda", "13.0"}; of the processor none.
  virtual std::map<std::string, std::string> versions() const { return {}; }
  virtual std::string pci_address() const = 0;  // "0000:3b:00.0"; of the processor empty
  virtual bool computes_bf16() const = 0;       // by itself, not emulated
  // Operations per second that it could do at most, with so many threads, assumed from what it is; 0: unknown. A
  // processor's is that of two vector units (or one matrix unit) at its highest clock.
  virtual double peak_flops(bool bf16, int threads) const = 0;
  virtual MemoryFigures memory() const = 0;

  // Records what `work` makes this device do, without doing it. The work may allocate what it needs, but reads and
  // leaves things in tensors that outlive it, and asks for no value. A GPU keeps a CUDA graph: one launch instead of
  // thousands. The processor keeps the function, and calls it again. Throws std::exceptions where it cannot be
  // recorded.
  virtual std::unique_ptr<RecordedWork> record(std::function<void()> work) const = 0;
  virtual bool gains_by_recording() const = 0;

  // Names what is done from here to there in the time line of a profiler that watches the GPU (NVTX).
  virtual void begin_phase(const char*) const {}
  virtual void end_phase() const {}

  // Between devices of this kind. `wanted` is that of run.communicator; throws a usage error when it is none of theirs.
  // Every rank calls it.
  virtual std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const = 0;
};

// A phase that lasts as long as this object.
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
  std::string reason;  // one line: why this one, or why not a GPU
};

// `wanted`: auto, cpu or cuda. Must come before any other LibTorch call: the plug-in registers CUDA with the
// dispatcher. Throws an environment error when cuda is wanted and cannot be had, and a usage error where more ranks
// than GPUs are on a host, unless they may be `shared`.
ChosenDevice choose_device(const std::string& wanted, int local_rank, bool shared);

}  // namespace pbn
