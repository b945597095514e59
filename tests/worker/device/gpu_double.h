// A test double: a CPU that says that it is a GPU.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/worker/device/cpu_double.h"

namespace pbn::worker {

class GpuDouble : public CpuDouble {
 public:
  explicit GpuDouble(std::string uuid) : uuid_(std::move(uuid)) {}

  std::string describe() const override { return "GPU double"; }
  std::string uuid() const override { return uuid_; }
  std::map<std::string, std::string> versions() const override {
    return {{"gpu", "NVIDIA H200"}, {"cuda", "13.0"}, {"cudnn", "9.19.0"}, {"nccl", "2.28.9"}};
  }
  bool is_faster_recorded() const override { return false; }

 private:
  std::string uuid_;
};

}  // namespace pbn::worker
