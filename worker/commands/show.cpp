#include "worker/commands/commands.h"

#include <ATen/ATen.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "config/schema.h"
#include "data/loading/batch_loader.h"
#include "drawing/contact_sheet.h"
#include "drawing/overlay.h"
#include "model/heat_maps.h"
#include "worker/training/epoch_batches.h"

namespace pbn::worker {
namespace {

constexpr int people_in_a_batch = 16;

config::Training default_training(const config::Skeleton& skeleton) {
  return config::run_config(config::canonical_settings(config::resolve(Json::object(), "defaults"), skeleton, false),
                            skeleton)
      .train;
}

model::Targets targets_of(const data::Batch& batch, int parts, int side, double sigma) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const at::Tensor joints = at::tensor(batch.joints).view({people, parts, 2});
  const at::Tensor labelled = at::tensor(batch.labelled).view({people, parts});
  return model::make_targets(joints, labelled, side, sigma);
}

bool is_mirrored(const data::Affine& map) { return map[0] * map[4] < map[1] * map[3]; }

// The view of the n-th person of a batch, with the targets drawn over it.
drawing::SheetTile tile_of(const data::PoseSet& set, const data::Batch& batch, const model::Targets& targets,
                           std::size_t n) {
  const int pixels = set.input_pixels(), side = static_cast<int>(targets.maps.size(3));
  const auto bytes = std::ptrdiff_t{3} * pixels * pixels, start = static_cast<std::ptrdiff_t>(n) * bytes;
  const data::Image view{pixels, pixels, {batch.pixels.begin() + start, batch.pixels.begin() + start + bytes}};
  const at::Tensor maps = targets.maps[static_cast<std::int64_t>(n)].contiguous();
  const std::span<const float> heights(maps.const_data_ptr<float>(), static_cast<std::size_t>(maps.numel()));
  const data::Image picture =
      drawing::tinted_by_heat_maps(view, heights, side, drawing::colours_by_side(set.skeleton()));
  const std::int64_t person = batch.people[n];
  return {0.0, static_cast<double>(pixels),
          fmt::format("<image width=\"{0}\" height=\"{0}\" href=\"{1}\"/>", pixels, drawing::data_uri(picture)),
          drawing::person_caption(set.person(person), person),
          fmt::format("{} of {} parts have a target{}", targets.mask[static_cast<std::int64_t>(n)].sum().item<int>(),
                      maps.size(0), is_mirrored(batch.input_to_image[n]) ? ", mirrored" : "")};
}

}  // namespace

int show_views(const std::filesystem::path& request) {
  const Json given = read_json(request);
  const data::PoseSet set(data::PoseFile(given.at("file").get<std::string>()));
  const config::Training training = default_training(set.skeleton());
  const auto people = given.at("people").get<std::vector<std::int64_t>>();
  const int epoch = given.at("epoch");
  const auto seed = given.at("seed").get<std::uint32_t>();
  data::BatchLoader loader(set, {training.augment, seed, 1, false}, epoch,
                           micro_batches_from(0, global_batches(people, people_in_a_batch), *alone(), 1), 1);
  std::vector<drawing::SheetTile> tiles;
  while (const std::optional<data::Batch> batch = loader.next()) {
    const model::Targets targets =
        targets_of(*batch, set.skeleton().size(), set.input_pixels() / model::pixels_per_cell, training.sigma);
    for (std::size_t n = 0; n < batch->people.size(); ++n) tiles.push_back(tile_of(set, *batch, targets, n));
  }
  const data::PoseFileInfo& info = set.files().front().info();
  write_atomically(
      given.at("answer").get<std::string>(),
      drawing::contact_sheet(fmt::format("{}, {}: augmented views", info.dataset, info.split),
                             fmt::format("seed {}, epoch {}, {} of {} people, with the target heat maps (sigma {} "
                                         "cells)",
                                         seed, epoch, people.size(), set.size(), training.sigma),
                             tiles));
  return 0;
}

}  // namespace pbn::worker
