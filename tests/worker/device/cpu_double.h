// The CPU as a base class of devices that behave like a GPU, or fail like one, in tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "worker/device/device.h"

namespace pbn::worker {

class CpuDouble : public Device {
 public:
  at::Device torch() const override { return cpu_->torch(); }
  std::string describe() const override { return cpu_->describe(); }
  std::string pci_address() const override { return cpu_->pci_address(); }
  bool computes_bf16() const override { return cpu_->computes_bf16(); }
  double peak_flops(config::Precision precision, int threads) const override {
    return cpu_->peak_flops(precision, threads);
  }
  MemoryFigures memory() const override { return cpu_->memory(); }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    return cpu_->record(std::move(work));
  }
  bool is_faster_recorded() const override { return true; }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    return cpu_->communicator(ranks, wanted);
  }

 private:
  std::unique_ptr<Device> cpu_ = choose_device("cpu", 0).device;
};

// The host reads the report of a step after the next one, as on a GPU.
class LateDeviceDouble : public CpuDouble {
 public:
  bool reads_late() const override { return true; }
};

}  // namespace pbn::worker
