// A test double: a CPU that says that it is a GPU.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "worker/device/device.h"

namespace pbn::worker {

class GpuDouble : public Device {
 public:
  explicit GpuDouble(std::string uuid) : uuid_(std::move(uuid)) {}

  at::Device torch() const override { return cpu_->torch(); }
  std::string describe() const override { return "GPU double"; }
  std::string uuid() const override { return uuid_; }
  std::map<std::string, std::string> versions() const override {
    return {{"gpu", "NVIDIA H200"}, {"cuda", "13.0"}, {"cudnn", "9.19.0"}, {"nccl", "2.28.9"}};
  }
  std::string pci_address() const override { return cpu_->pci_address(); }
  bool computes_bf16() const override { return cpu_->computes_bf16(); }
  double peak_flops(config::Precision precision, int threads) const override {
    return cpu_->peak_flops(precision, threads);
  }
  MemoryFigures memory() const override { return cpu_->memory(); }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    return cpu_->record(std::move(work));
  }
  bool is_faster_recorded() const override { return false; }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    return cpu_->communicator(ranks, wanted);
  }

 private:
  std::unique_ptr<Device> cpu_ = choose_device("cpu", 0).device;
  std::string uuid_;
};

}  // namespace pbn::worker
