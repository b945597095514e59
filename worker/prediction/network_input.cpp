#include "worker/prediction/network_input.h"

#include <ATen/ATen.h>

#include <cmath>

#include "model/heat_maps.h"

namespace pbn {

at::Tensor pixels_of(const Batch& batch) {
  const auto people = static_cast<std::int64_t>(batch.people.size());
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(batch.pixels.size() / 3 / batch.people.size())));
  const std::span<const std::uint8_t> bytes = batch.pixels;
  return at::from_blob(const_cast<std::uint8_t*>(bytes.data()), {people, side, side, 3}, at::kByte);
}

at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device) {
  return network_input(pixels_of(batch).to(device), network);
}

at::Tensor network_input(const at::Tensor& pixels, const Network& network) {
  return normalised_images(pixels, mpii_mean_rgb, network.activation_type());
}

}  // namespace pbn
