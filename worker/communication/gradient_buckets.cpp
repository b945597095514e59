#include "worker/communication/gradient_buckets.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <chrono>
#include <functional>

namespace pbn::worker {

struct GradientBuckets::State {
  struct Bucket {
    at::Tensor slice;    // of the flat gradient
    at::Tensor sent;     // the summed tensor: the slice itself, or its rounded copy
    int parameters = 0;  // in the slice
    int missing = 0;     // gradients of these parameters that backward has not computed yet
  };

  Communicator& ranks;
  at::Tensor flat;
  std::vector<Bucket> buckets;                                       // in the order of their sums
  std::vector<int> bucket_of;                                        // (parameters)
  std::size_t started = 0;                                           // buckets whose sum has started
  std::vector<std::shared_ptr<torch::autograd::Node>> accumulators;  // a hook lives as long as its accumulator

  void parameter_is_ready(int parameter) {
    --buckets[bucket_of[parameter]].missing;
    while (started < buckets.size() && buckets[started].missing == 0) start_next();
  }

  void start_next() {
    const Bucket& bucket = buckets[started++];
    if (!bucket.sent.is_same(bucket.slice)) bucket.sent.copy_(bucket.slice);
    ranks.start_sum(bucket.sent);
  }

  void take_rounded_sums() {
    for (const Bucket& bucket : buckets) {
      if (!bucket.sent.is_same(bucket.slice)) bucket.slice.copy_(bucket.sent);
    }
  }
};

namespace {

class ReadyHook : public torch::autograd::FunctionPostHook {
 public:
  explicit ReadyHook(std::function<void()> ready) : ready_(std::move(ready)) {}

  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    ready_();
    return outputs;
  }

 private:
  std::function<void()> ready_;
};

}  // namespace

GradientBuckets::GradientBuckets(model::Network& network, Communicator& ranks, std::int64_t bucket_bytes,
                                 config::Wire wire)
    : state_(std::make_shared<State>(State{ranks, network.flat_gradients(), {}, {}, 0, {}})) {
  State& state = *state_;
  const at::Tensor sent = wire == config::Wire::fp32
                              ? state.flat
                              : ranks.zeros(state.flat.numel(), state.flat.options().dtype(at::kBFloat16));
  const auto element = static_cast<std::int64_t>(sent.element_size());
  const auto& parameters = network.parameters();  // they follow each other in the flat gradient
  state.bucket_of.resize(parameters.size());
  std::int64_t end = state.flat.numel();
  std::int64_t room = std::min<std::int64_t>(bucket_bytes, 1 << 20);
  int members = 0;
  for (int i = static_cast<int>(parameters.size()) - 1; i >= 0; --i) {
    ++members;
    state.bucket_of[i] = static_cast<int>(state.buckets.size());
    const std::int64_t first = parameters[i].tensor.storage_offset();
    if ((end - first) * element < room && i > 0) continue;
    const at::Tensor slice = state.flat.narrow(0, first, end - first);
    state.buckets.push_back(
        {slice, wire == config::Wire::fp32 ? slice : sent.narrow(0, first, end - first), members, members});
    end = first;
    room = bucket_bytes;
    members = 0;
  }
  for (int i = 0; i < static_cast<int>(parameters.size()); ++i) {
    auto accumulator = torch::autograd::impl::grad_accumulator(parameters[i].tensor);
    const std::weak_ptr<State> weak = state_;
    accumulator->add_post_hook(std::make_unique<ReadyHook>([weak, i] {
      if (const auto alive = weak.lock()) alive->parameter_is_ready(i);
    }));
    state.accumulators.push_back(std::move(accumulator));
  }
}

GradientBuckets::~GradientBuckets() = default;

void GradientBuckets::begin(int backward_passes) {
  state_->flat.zero_();
  state_->started = 0;
  for (auto& bucket : state_->buckets) bucket.missing = backward_passes * bucket.parameters;
}

double GradientBuckets::finish() {
  const auto start = std::chrono::steady_clock::now();
  while (state_->started < state_->buckets.size()) state_->start_next();
  state_->ranks.wait();
  state_->take_rounded_sums();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace pbn::worker
