#include "worker/validation.h"

#include <ATen/ATen.h>

#include <numeric>

#include "model/heat_maps.h"
#include "worker/training_step.h"

namespace pbn {
namespace {

constexpr std::int64_t rows = 16;  // of every batch: the last one is filled up with people that are not counted

// The rank's people in batches of exactly `rows`; the last person is repeated to fill the last one.
std::vector<std::vector<std::int64_t>> full_batches(std::span<const std::int64_t> mine) {
  std::vector<std::vector<std::int64_t>> batches;
  for (std::size_t first = 0; first < mine.size(); first += rows) {
    auto& batch = batches.emplace_back();
    for (std::size_t i = first; i < first + rows; ++i) batch.push_back(mine[std::min(i, mine.size() - 1)]);
  }
  return batches;
}

at::Tensor heat_maps(Network& network, const at::Tensor& images, const Testing& test, const Skeleton& skeleton) {
  at::Tensor maps = network.forward(images).back();
  if (!test.flip) return maps;
  const at::Tensor mirrored = images.flip({3}).contiguous(at::MemoryFormat::ChannelsLast);
  return (maps + unflipped(network.forward(mirrored).back(), skeleton)) / 2;
}

}  // namespace

Predictions predict(Network& network, const PoseSet& people, const Testing& test, int loader_threads,
                    const at::Device& device, Communicator& ranks) {
  const at::NoGradGuard no_gradient;
  const int parts = people.skeleton().size();
  std::vector<std::int64_t> everybody(static_cast<std::size_t>(people.size()));
  std::iota(everybody.begin(), everybody.end(), 0);
  at::Tensor found = at::zeros({people.size(), parts, 3}, at::kFloat);  // x, y, confidence; others' rows stay zero
  auto results = found.accessor<float, 3>();

  network.train(false);
  BatchLoader loader(people, Viewing{}, 0, full_batches(share_of_rank(everybody, ranks.rank(), ranks.size())),
                     loader_threads);
  while (const std::optional<Batch> batch = loader.next()) {
    const at::Tensor images = network_input(*batch, network, device);
    const Decoded decoded = decode(heat_maps(network, images, test, people.skeleton()), test.shift);
    const at::Tensor joints = decoded.joints.cpu();
    const at::Tensor confidence = decoded.confidence.cpu();
    const auto joint = joints.accessor<float, 3>();
    const auto height = confidence.accessor<float, 2>();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (int part = 0; part < parts; ++part) {
        const auto place = apply(batch->input_to_image[row], joint[row][part][0], joint[row][part][1]);
        auto result = results[batch->people[row]][part];
        result[0] = static_cast<float>(place[0]);
        result[1] = static_cast<float>(place[1]);
        result[2] = height[row][part];
      }
    }
  }
  network.train(true);

  const at::Tensor all = found.to(device);
  ranks.sum(all);
  const at::Tensor host = all.cpu();
  const float* value = host.const_data_ptr<float>();
  Predictions predictions{parts, {}, {}};
  for (std::int64_t joint = 0; joint < people.size() * parts; ++joint, value += 3) {
    predictions.joints.push_back({value[0], value[1]});
    predictions.confidence.push_back(value[2]);
  }
  return predictions;
}

}  // namespace pbn
