#include "worker/prediction/network_input.h"

#include <ATen/ATen.h>

#include <cmath>

#include "model/heat_maps.h"

namespace pbn::worker {

at::Tensor pixels_of(const data::Batch& batch) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(batch.pixels.size() / 3 / batch.people.size())));
  const std::span<const std::uint8_t> bytes = batch.pixels;
  return at::from_blob(const_cast<std::uint8_t*>(bytes.data()), {people, side, side, 3}, at::kByte);
}

at::Tensor network_input(const data::Batch& batch, const model::Network& network, const at::Device& device) {
  return model::normalised_images(pixels_of(batch).to(device), network.activation_type(), network.mean_rgb());
}

}  // namespace pbn::worker
