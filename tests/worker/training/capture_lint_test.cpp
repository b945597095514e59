// The recorded step asks for no value of a tensor, which the capture of a CUDA graph would refuse. On the CPU, whose
// optimiser may ask; the operations that a GPU's optimiser consists of are checked by themselves.
#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <gmock/gmock.h>

#include <optional>
#include <set>

#include "tests/worker/device/cpu_double.h"
#include "tests/worker/training/small_steps.h"

namespace pbn::worker {
namespace {

// Within its life, notes the operations of this thread that read a value on the host.
class CaptureLint {
 public:
  CaptureLint() { current_ = this; }
  ~CaptureLint() {
    at::removeCallback(handle_);
    current_ = nullptr;
  }
  CaptureLint(const CaptureLint&) = delete;
  CaptureLint& operator=(const CaptureLint&) = delete;

  const std::set<std::string>& findings() const { return findings_; }
  std::int64_t operations() const { return operations_; }

 private:
  static std::unique_ptr<at::ObserverContext> look_at(const at::RecordFunction& operation) {
    static const std::set<std::string> reading{"aten::item", "aten::_local_scalar_dense", "aten::is_nonzero",
                                               "aten::nonzero", "aten::equal"};
    ++current_->operations_;
    if (reading.contains(operation.name())) current_->findings_.insert(operation.name());
    return nullptr;
  }

  static inline thread_local CaptureLint* current_ = nullptr;
  std::set<std::string> findings_;
  std::int64_t operations_ = 0;
  at::CallbackHandle handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(look_at));
};

// Looks at what it records when it is replayed, except at the optimiser.
class LintingDeviceDouble : public LateDeviceDouble {
 public:
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    return CpuDouble::record([this, work] {
      lint_.emplace();
      work();
      take_findings();  // if there was no phase of this name
    });
  }
  void begin_phase(const char* name) const override {
    if (lint_ && std::string(name) == "optimiser") take_findings();
  }

  mutable std::set<std::string> findings;
  mutable std::int64_t operations = 0;

 private:
  void take_findings() const {
    if (!lint_) return;
    findings.insert(lint_->findings().begin(), lint_->findings().end());
    operations += lint_->operations();
    lint_.reset();
  }

  mutable std::optional<CaptureLint> lint_;
};

TEST(CaptureLint, FindsAValueThatIsRead) {
  const CaptureLint lint;
  if (at::ones({1}).is_nonzero()) at::ones({2}).sum().item<double>();
  EXPECT_THAT(lint.findings(), testing::ElementsAre("aten::_local_scalar_dense", "aten::is_nonzero", "aten::item"));
}

TEST(CaptureLint, FindsNoneInTheRecordedStep) {
  for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
    config::RunConfig config = small_network(precision);
    config.train.global_batch = 8;
    auto linting = std::make_unique<LintingDeviceDouble>();
    const LintingDeviceDouble& device = *linting;
    Parallel parallel(config, std::move(linting));
    take_steps(parallel.step, {8, 8, 8, 8, 8});
    EXPECT_GT(device.operations, 1000);
    EXPECT_THAT(device.findings, testing::IsEmpty());
  }
}

TEST(CaptureLint, FindsNoneInTheOptimiserOfAGpu) {
  RmsProp optimiser(at::ones({100}), 0.99, 1e-8);
  const at::Tensor gradients = at::ones({100}), rate = at::ones({}, at::kDouble), finite = at::ones({}, at::kBool);
  const CaptureLint lint;
  optimiser.step_by_operations(gradients, rate, finite);
  EXPECT_GT(lint.operations(), 5);
  EXPECT_THAT(lint.findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace pbn::worker
