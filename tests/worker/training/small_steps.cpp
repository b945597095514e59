#include "tests/worker/training/small_steps.h"

#include "base/random.h"
#include "tests/worker/communication/world.h"

namespace pbn::worker {
namespace {

constexpr int input_pixels = 64;

}  // namespace

config::RunConfig small_network(config::Precision precision) {
  config::RunConfig config{};
  config.model.features = 16;
  config.model.stacks = 2;
  config.model.head = config::Head::pbn;
  config.model.groups = config::resolve_groups("related-5", config::mpii16());
  config.model.width = 8;
  config.model.synchronised_batch_norm = true;
  config.train.rmsprop_decay = 0.99;
  config.train.rmsprop_epsilon = 1e-8;
  config.train.sigma = 1.75;
  config.train.precision = precision;
  config.run.bucket_mib = 0.01;  // many buckets
  config.seed = 7;
  return config;
}

data::Batch people(std::int64_t first, std::int64_t last) {
  data::Batch batch;
  for (std::int64_t person = first; person < last; ++person) {
    Random random(1, 0, static_cast<std::uint32_t>(person), Purpose::synthetic);
    batch.people.push_back(person);
    for (int i = 0; i < input_pixels * input_pixels * 3; ++i) batch.pixels.push_back(random.next() & 255);
    for (int part = 0; part < 16; ++part) {
      batch.joints.push_back(static_cast<float>(random.uniform(0, input_pixels)));
      batch.joints.push_back(static_cast<float>(random.uniform(0, input_pixels)));
      batch.labelled.push_back(random.below(8) > 0);
    }
  }
  return batch;
}

data::Batch share_of(std::int64_t first, std::int64_t last, int number, int shares) {
  std::vector<std::int64_t> all;
  for (std::int64_t person = first; person < last; ++person) all.push_back(person);
  const auto share = data::share_of_rank(all, number, shares);
  return share.empty() ? data::Batch{} : people(share.front(), share.back() + 1);
}

data::Batch my_share(std::int64_t first, std::int64_t last) {
  return share_of(first, last, world().rank(), world().size());
}

std::vector<StepReport> take_steps(TrainingStep& step, const std::vector<std::int64_t>& numbers) {
  std::vector<StepReport> reports;
  const auto keep = [&](std::vector<StepReport> ready) { reports.insert(reports.end(), ready.begin(), ready.end()); };
  for (const std::int64_t number : numbers) {
    const data::Batch share = my_share(0, number);
    keep(step.take(std::span(&share, 1), number, 1e-3 / static_cast<double>(number), world().rank()));
  }
  keep(step.finish());
  return reports;
}

std::unique_ptr<Device> processor() { return choose_device("cpu", 0).device; }

Parallel::Parallel(const config::RunConfig& config, std::unique_ptr<Device> on)
    : device(std::move(on)),
      gradients(world().host_communicator()),
      statistics(world().host_communicator()),
      step(config, *device, *gradients, *statistics) {}

}  // namespace pbn::worker
