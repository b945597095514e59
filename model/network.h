// The stacked hourglass network with the paper's heads (Secs. 3.2 and 3.3, Figs. 3 and 4), built from its
// specification.
//
//   Network network(spec, {.precision = Precision::bf16, .seed = 1});
//   network.flat_gradients().zero_();
//   const auto maps = network.forward(normalised_images(pixels, network.activation_type(), network.mean_rgb()));
//   heat_map_loss(maps, targets, denominator).backward();      // fills flat_gradients()
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/model_spec.h"
#include "config/run_config.h"
#include "model/kernels/operations.h"
#include "model/parameters.h"

namespace pbn::model {

struct NetworkOptions {
  config::Precision precision = config::Precision::fp32;
  std::uint64_t seed = 1;  // of the initial weights
  at::Device device = at::kCPU;
  // (count_parameters(spec)) zeros of the parameters' type on `device`: the memory of the flat gradient. Undefined: the
  // network allocates it. Must be undefined on a GPU, where the flat tensors have gaps.
  at::Tensor gradients = {};
  std::array<double, 3> mean_rgb = config::mpii_mean_rgb;  // what its images are normalised with (heat_maps.h)
  SumOverRanks sum_over_ranks = {};  // used with spec.synchronised_batch_norm; empty with a single process
};

class Network {
 public:
  // Weights and biases of convolutions start at U(+-1/sqrt(fan-in)), drawn from (seed, parameter name) in the order of
  // (out, in, row, column): networks that differ only in their heads start from the same trunk. Throws a usage error
  // for a specification that cannot be built.
  Network(const config::ModelSpec& spec, const NetworkOptions& options);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // images (B, 3, P, P), normalised, channels_last; P is a multiple of 64.
  // Returns the contiguous heat maps (B, K, P/4, P/4) of each stack: float64 with Precision::fp64, else float32.
  std::vector<at::Tensor> forward(const at::Tensor& images);

  // Whether BatchNorm normalises with the statistics of the batch and updates the running ones (true, as after
  // construction) or normalises with the running ones (false).
  void train(bool training);

  // The type of the activations: float32, bfloat16 or float64. With bfloat16 the parameters stay float32.
  at::ScalarType activation_type() const;

  // The mean colour of the images that the network is for; forward() does not use it.
  const std::array<double, 3>& mean_rgb() const;

  // The leaves of the autograd graph, in the order of the forward pass. Each is a view of flat_parameters():
  // tensor.storage_offset() is its first element there and in flat_gradients(). They follow each other, on the CPU
  // without gaps; on a GPU each begins at a multiple of 128 bytes, as its libraries prefer, and the gaps are zeros.
  const std::vector<NamedTensor>& parameters() const;
  // BatchNorm's running means and variances, views of flat_buffers() in the same way.
  const std::vector<NamedTensor>& buffers() const;

  // Parameters and gradients, with convolution weights in channels_last order. The gradient of every parameter is a
  // view of flat_gradients() that backward adds to: clear it with flat_gradients().zero_(), never by resetting the
  // gradients of single parameters.
  at::Tensor& flat_parameters();
  at::Tensor& flat_gradients();
  at::Tensor& flat_buffers();
  // The parameters in bfloat16, from which own kernels of a GPU compute; else undefined. The optimiser updates both.
  // round_parameters() rounds them again if anybody else has changed the parameters. forward() calls it; a recorded
  // step cannot, so that its owner does before each replay.
  at::Tensor& flat_rounded();
  void round_parameters();

  // Flat parameters, or anything of their layout, as (count_parameters(spec)) values without gaps, as files and digests
  // have them, and the reverse. The tensor itself where there are no gaps.
  at::Tensor without_gaps(const at::Tensor& flat) const;
  at::Tensor with_gaps(const at::Tensor& values) const;

  const config::ModelSpec& spec() const;

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
};

}  // namespace pbn::model
