// Where the network runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "worker/communication/communicator.h"

namespace pbn {

class Ranks;

// The CPU, or one GPU through the plug-in libpbn_cuda.so. The program links the CPU part of LibTorch only.
class Device {
 public:
  virtual ~Device() = default;

  virtual at::Device torch() const = 0;
  virtual std::string describe() const = 0;  // model name; of a GPU its UUID too
  virtual bool computes_bf16() const = 0;    // by itself, not emulated
  // Operations per second that it could do at most, with so many threads, assumed from what it is; 0: unknown. A
  // processor's is that of two vector units (or one matrix unit) at its highest clock.
  virtual double peak_flops(bool bf16, int threads) const = 0;
  virtual std::int64_t peak_memory_bytes() const = 0;  // of the process, or of the GPU's allocator
  // Between devices of this kind. `wanted` is that of run.communicator; throws a usage error when it is none of theirs.
  // Every rank calls it.
  virtual std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const = 0;
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
