// The kernels with sums, in blocks of 128 threads instead of 32: then several threads share the sums of a channel.
#define PBN_THREADS_PER_BLOCK 128
#include "tests/model/kernels/cuda/cuda_on_host.h"

#include <gtest/gtest.h>

#include <numeric>

#include "model/kernels/cuda/batch_norm.cu"
#include "model/kernels/cuda/flat.cu"

namespace pbn::model::cuda {
namespace {

constexpr Rows rows{150, 40};

// Element (row, channel) is (row mod 5) + channel.
std::vector<float> image() {
  std::vector<float> x(static_cast<std::size_t>(rows.rows * rows.channels));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i / rows.channels % 5 + i % rows.channels);
  return x;
}

struct Norm {
  std::vector<float> gamma = std::vector<float>(rows.channels, 1), beta = gamma, mean = gamma, variance = gamma,
                     scale = gamma, shift = gamma;
  std::vector<double> exact_mean = std::vector<double>(rows.channels), inverse_deviation = exact_mean;
  std::vector<double> sums = std::vector<double>(static_cast<std::size_t>(pieces_of(rows)) * 2 * rows.channels);

  PartialSums partial() { return {sums.data(), pieces_of(rows)}; }
  NormResult<float> result() { return {exact_mean.data(), inverse_deviation.data(), scale.data(), shift.data()}; }
  NormTensors<float> tensors() { return {gamma.data(), beta.data(), nullptr, mean.data(), variance.data()}; }
};

TEST(WideBlocks, NormaliseWithTheMeanOfEachChannel) {
  const std::vector<float> x = image();
  std::vector<float> y(x.size());
  Norm norm;
  sum_rows(x.data(), rows, norm.partial(), nullptr);
  normalise_rows(x.data(), rows, norm.partial(), nullptr, 0.1, 1e-5, norm.tensors(), norm.result(), y.data(), nullptr);
  for (int channel = 0; channel < rows.channels; ++channel) EXPECT_NEAR(norm.exact_mean[channel], channel + 2, 1e-9);
  EXPECT_NEAR(norm.inverse_deviation[7], 1 / std::sqrt(2 + 1e-5), 1e-9);  // of 0, 1, 2, 3 and 4
  EXPECT_NEAR(y[2 * rows.channels], 1, 1e-5);                             // the mean becomes beta
}

TEST(WideBlocks, AddTheGradientsOfGammaAndBeta) {
  const std::vector<float> x = image(), dy(x.size(), 1);
  std::vector<float> dx(x.size()), y(x.size()), gamma_gradient(rows.channels), beta_gradient(rows.channels);
  Norm norm;
  std::fill(norm.beta.begin(), norm.beta.end(), 10.0f);  // ReLU passes everything
  sum_rows(x.data(), rows, norm.partial(), nullptr);
  normalise_rows(x.data(), rows, norm.partial(), nullptr, 0.1, 1e-5, norm.tensors(), norm.result(), y.data(), nullptr);
  sum_gradient_rows(dy.data(), x.data(), rows, norm.scale.data(), norm.shift.data(), norm.partial(), nullptr);
  input_gradient_rows(dy.data(), x.data(), static_cast<const float*>(nullptr), rows, norm.partial(), norm.partial(),
                      nullptr, norm.gamma.data(), norm.result(), gamma_gradient.data(), beta_gradient.data(), dx.data(),
                      nullptr);
  EXPECT_NEAR(beta_gradient[39], 150, 1e-9);
  EXPECT_NEAR(gamma_gradient[39], 0, 1e-4);  // the normalised elements sum to zero
  EXPECT_NEAR(dx[100], 0, 1e-5);             // the same gradient everywhere changes nothing
}

TEST(WideBlocks, SumTheSquaresOfAFlatTensor) {
  std::vector<float> x(5000);
  std::iota(x.begin(), x.end(), 1.0f);
  std::vector<double> partial(blocks_of_sum);
  double norm = 0;
  euclidean_norm(x.data(), 5000, partial.data(), &norm, nullptr);
  EXPECT_NEAR(norm, std::sqrt(5000.0 * 5001 * 10001 / 6), 1e-6);
}

}  // namespace
}  // namespace pbn::model::cuda
