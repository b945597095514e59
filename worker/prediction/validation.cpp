#include "worker/prediction/validation.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "config/test_protocol.h"
#include "model/heat_maps.h"
#include "worker/prediction/network_input.h"
#include "worker/prediction/scale_pyramid.h"

namespace pbn::worker {
namespace {

// Every batch has the same number of people, even at the end of a rank's share, so that a person's bits do not depend
// on the number of ranks. On the CPU larger batches are no faster and take more memory than training: 24 images of
// 256x256 in float32 take 2 GB.
int people_per_batch(const config::TestProtocol& test, const at::Device& device) {
  constexpr int most_people = 16;
  const int images = device.is_cpu() ? 8 : 24;  // 24: two people under six scales with flips
  const int views = static_cast<int>(test.scales.size()) * (test.flip ? 2 : 1);
  return std::clamp(images / views, 1, most_people);
}

// This rank's people in batches of exactly `rows`; the last person is repeated to fill the last batch.
std::vector<std::vector<std::int64_t>> full_batches(std::span<const std::int64_t> mine, int rows) {
  std::vector<std::vector<std::int64_t>> batches;
  for (std::size_t first = 0; first < mine.size(); first += static_cast<std::size_t>(rows)) {
    auto& batch = batches.emplace_back();
    for (std::size_t i = first; i < first + static_cast<std::size_t>(rows); ++i) {
      batch.push_back(mine[std::min(i, mine.size() - 1)]);
    }
  }
  return batches;
}

// The next batch of each loader, which have the same people at different scales; empty at the end.
std::vector<data::Batch> next_at_every_scale(std::span<const std::unique_ptr<data::BatchLoader>> loaders) {
  std::vector<data::Batch> scales;
  for (const auto& loader : loaders) {
    std::optional<data::Batch> batch = loader->next();
    if (!batch) return {};
    scales.push_back(std::move(*batch));
  }
  return scales;
}

// One (B, K, S, S) for each scale.
std::vector<at::Tensor> heat_maps(model::Network& network, const config::Skeleton& tasks,
                                  const std::vector<data::Batch>& scales, bool flip, const at::Device& device) {
  std::vector<at::Tensor> views;
  for (const data::Batch& batch : scales) views.push_back(network_input(batch, network, device));
  if (flip) {
    for (std::size_t scale = 0; scale < scales.size(); ++scale) views.push_back(views[scale].flip({3}));
  }
  const at::Tensor images = at::cat(views).contiguous(at::MemoryFormat::ChannelsLast);
  std::vector<at::Tensor> maps = network.forward(images).back().chunk(static_cast<std::int64_t>(views.size()));
  if (!flip) return maps;
  std::vector<at::Tensor> means;
  for (std::size_t scale = 0; scale < scales.size(); ++scale) {
    means.push_back((maps[scale] + model::unflipped(maps[scales.size() + scale], tasks)) / 2);
  }
  return means;
}

evaluation::Predictions as_predictions(const at::Tensor& joints, int parts) {
  const at::Tensor host = joints.cpu();
  const float* value = host.const_data_ptr<float>();
  evaluation::Predictions predictions{parts, {}, {}};
  for (std::int64_t joint = 0; joint < host.size(0) * parts; ++joint, value += 3) {
    predictions.joints.push_back({value[0], value[1]});
    predictions.confidence.push_back(value[2]);
  }
  return predictions;
}

}  // namespace

evaluation::Predictions predict(model::Network& network, const config::Skeleton& tasks, const data::PoseSet& people,
                                const config::TestProtocol& given, int loader_threads, const at::Device& device,
                                Communicator& ranks, const std::function<void(std::int64_t)>& on_people) {
  const at::NoGradGuard no_gradient;
  const config::TestProtocol test = config::canonical_protocol(given);
  const int parts = people.skeleton().size();
  std::vector<std::int64_t> all_people(static_cast<std::size_t>(people.size()));
  std::iota(all_people.begin(), all_people.end(), 0);
  const auto mine = data::share_of_rank(all_people, ranks.rank(), ranks.size());
  at::Tensor found = at::zeros({people.size(), parts, 3}, at::kFloat);  // x, y, confidence; 0 for people of other ranks
  auto results = found.accessor<float, 3>();
  const std::vector<int> part_of_map = people.skeleton().indices_of(tasks.parts);

  network.train(false);
  const int rows = people_per_batch(test, device);
  std::vector<std::unique_ptr<data::BatchLoader>> loaders;
  for (const double scale : test.scales) {
    const data::Viewing viewing{{}, 0, scale, false};
    loaders.push_back(
        std::make_unique<data::BatchLoader>(people, viewing, 0, full_batches(mine, rows), loader_threads));
  }
  auto left = static_cast<std::int64_t>(mine.size());
  for (auto scales = next_at_every_scale(loaders); !scales.empty(); scales = next_at_every_scale(loaders)) {
    const FoundJoints batch = find_joints(heat_maps(network, tasks, scales, test.flip, device), test);
    const at::Tensor joints = batch.joints.cpu(), confidence = batch.confidence.cpu();
    const auto joint = joints.accessor<float, 3>();
    const auto height = confidence.accessor<float, 2>();
    for (std::int64_t row = 0; row < rows; ++row) {
      const data::Affine to_image =
          data::then(batch.to_input, scales.front().input_to_image[static_cast<std::size_t>(row)]);
      for (int map = 0; map < tasks.size(); ++map) {
        const auto place = data::apply(to_image, joint[row][map][0], joint[row][map][1]);
        auto result = results[scales.front().people[static_cast<std::size_t>(row)]][part_of_map[map]];
        result[0] = static_cast<float>(place[0]);
        result[1] = static_cast<float>(place[1]);
        result[2] = height[row][map];
      }
    }
    if (on_people) on_people(std::min<std::int64_t>(rows, left));
    left -= rows;
  }
  network.train(true);

  const at::Tensor all = found.to(device);
  ranks.sum(all);
  for (int part = 0; part < parts; ++part) {
    const bool is_task = tasks.index_of(people.skeleton().parts[part]) >= 0;
    if (!is_task) all.select(1, part).slice(1, 0, 2).fill_(std::numeric_limits<float>::quiet_NaN());
  }
  evaluation::Predictions predictions = as_predictions(all, parts);
  predictions.skeleton = &config::skeleton_of_text(people.skeleton().text);
  if (people.files().size() == 1) predictions.fingerprint = people.fingerprints().front();
  return predictions;
}

void require_crops_for(const config::TestProtocol& test, const data::PoseSet& people) {
  const double largest = *std::max_element(test.scales.begin(), test.scales.end());
  for (const data::PoseFile& file : people.files()) {
    if (largest <= file.info().extent) continue;
    throw usage_error("test.scales", fmt::format("prepare the file with --extent {}", largest),
                      "{} is larger than the crops of {}, which show {} times the person's box", largest,
                      file.path().string(), file.info().extent);
  }
}

}  // namespace pbn::worker
