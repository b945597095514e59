#include "model/kernels/cpu/avx2_parameter_gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "model/kernels/cpu/elements.h"

#ifdef __x86_64__
#include <immintrin.h>

#define PBN_AVX2 [[gnu::target("avx2,fma")]]
#endif

namespace pbn::model {

bool supports_avx2_parameter_gradients(const at::Tensor& x) {
#ifdef __x86_64__
  static const bool has_instructions = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return x.is_cpu() && x.scalar_type() == at::kFloat && has_instructions;
#else
  return x.numel() < 0;
#endif
}

#ifdef __x86_64__
namespace {

// Every tap of the kernel is a product of matrices: the transpose of dy (pixels, O) times x's shifted pixels (pixels,
// I). A tile of the product, 6 of O's channels and 16 of I's, stays in 12 of the 16 registers over all pixels of some
// rows, of which both are stored in packs of channels.
constexpr Count pack_of_dy = 6, lanes = 8, pack_of_x = 2 * lanes;
constexpr Count pixels_copied = 4;  // before the next channels of the same pixels, which lie in the same cache lines
constexpr Count of_a_line = 64 / sizeof(float);

Count packs(Count channels, Count pack) { return (channels + pack - 1) / pack; }

struct Shape {
  Count images, in, out, height, width, kernel;

  Count reach() const { return kernel / 2; }
  Count taps() const { return kernel * kernel; }
  // As many as are worth loading and storing a tile for. A pack of x still lies mostly in the L1 cache.
  Count rows_together() const { return std::clamp<Count>(384 / width, 1, height); }
};

// Rows of x or dy: (packs of channels, rows, columns, channels of a pack). `margin` columns of zeros lie to the left
// and to the right of a row; channels beyond the last are zero.
template <Count pack>
class RowsInPacks {
 public:
  RowsInPacks(Count channels, Count rows, Count width, Count margin)
      : channels_(channels),
        width_(width),
        margin_(margin),
        of_row_((width + 2 * margin) * pack),
        of_pack_(rows * of_row_ + of_a_line),  // not a power of two, or a pixel's packs compete for few lines
        all_(at::zeros({packs(channels, pack) * of_pack_}, at::kFloat)) {}

  // Column 0 is the image's first.
  float* at(Count pack_of_channels, Count row, Count column) const {
    return all_.mutable_data_ptr<float>() + pack_of_channels * of_pack_ + row * of_row_ + (column + margin_) * pack;
  }
  Count row_stride() const { return of_row_; }

  // pixels (width, channels): a row of the image
  void set(Count row, const float* pixels) const {
    for (Count first = 0; first < width_; first += pixels_copied) {
      const Count count = std::min(width_ - first, pixels_copied);
      for (Count channel = 0; channel < channels_; channel += pack) {
        float* const to = at(channel / pack, row, first);
        const float* const from = pixels + first * channels_ + channel;
        if (channel + pack <= channels_) {
          for (Count i = 0; i < count; ++i) std::memcpy(to + i * pack, from + i * channels_, pack * sizeof(float));
        } else {
          for (Count i = 0; i < count; ++i) std::copy_n(from + i * channels_, channels_ - channel, to + i * pack);
        }
      }
    }
  }

  void set_zero(Count row) const {
    for (Count i = 0; i < packs(channels_, pack); ++i) std::fill_n(at(i, row, -margin_), of_row_, 0.F);
  }

 private:
  Count channels_, width_, margin_, of_row_, of_pack_;
  at::Tensor all_;
};

struct Factors {
  const float *dy, *x;
  Count dy_row_stride, x_row_stride, rows, width;
};

// sums (channels, pack_of_x) += the products of these rows' pixels.
template <int channels>
PBN_AVX2 void add_products(const Factors& factors, float* sums) {
  __m256 sum[channels][2] = {};
  for (Count row = 0; row < factors.rows; ++row) {
    const float *dy = factors.dy + row * factors.dy_row_stride, *x = factors.x + row * factors.x_row_stride;
    for (Count column = 0; column < factors.width; ++column, dy += pack_of_dy, x += pack_of_x) {
      const __m256 left = _mm256_loadu_ps(x), right = _mm256_loadu_ps(x + lanes);
#pragma GCC unroll 6
      for (int channel = 0; channel < channels; ++channel) {
        const __m256 factor = _mm256_broadcast_ss(dy + channel);
        sum[channel][0] = _mm256_fmadd_ps(factor, left, sum[channel][0]);
        sum[channel][1] = _mm256_fmadd_ps(factor, right, sum[channel][1]);
      }
    }
  }
#pragma GCC unroll 6
  for (int channel = 0; channel < channels; ++channel, sums += pack_of_x) {
    _mm256_storeu_ps(sums, _mm256_add_ps(_mm256_loadu_ps(sums), sum[channel][0]));
    _mm256_storeu_ps(sums + lanes, _mm256_add_ps(_mm256_loadu_ps(sums + lanes), sum[channel][1]));
  }
}

using AddProducts = void (*)(const Factors&, float*);
constexpr std::array<AddProducts, pack_of_dy + 1> add_products_of = {
    nullptr, add_products<1>, add_products<2>, add_products<3>, add_products<4>, add_products<5>, add_products<6>};

// Prefetches the part-th of `parts` slices of the elements [begin, end).
void prefetch_part(const float* elements, Count begin, Count end, Count part, Count parts) {
  const Count lines = std::max<Count>(0, end - begin) / of_a_line;
  for (Count line = lines * part / parts; line < lines * (part + 1) / parts; ++line) {
    __builtin_prefetch(elements + begin + line * of_a_line, /*write=*/0, /*locality: L2=*/2);
  }
}

// The sums of all taps over the rows that were added so far.
class SumsOfProducts {
 public:
  SumsOfProducts(const Shape& shape, const float* x, const float* dy, bool with_bias)
      : shape_(shape),
        x_(x),
        dy_(dy),
        packed_dy_(shape.out, shape.rows_together(), shape.width, 0),
        packed_x_(shape.in, shape.rows_together() + 2 * shape.reach(), shape.width, shape.reach()),
        sums_(at::zeros({packs(shape.in, pack_of_x) * packs(shape.out, pack_of_dy) * shape.taps() * tile}, at::kFloat)),
        row_sums_(with_bias ? at::zeros({shape.rows_together(), shape.out}, at::kFloat) : at::Tensor()) {}

  // Adds the rows [begin, end) of an image.
  void add(Count image, Count begin, Count end) {
    at::parallel_for(begin - shape_.reach(), end + shape_.reach(), 1, [&](Count from, Count to) {
      for (Count row = from; row < to; ++row) pack_row(image, begin, end, row);
    });
    at::parallel_for(0, packs(shape_.in, pack_of_x), 1, [&](Count from, Count to) {
      for (Count pack = from; pack < to; ++pack) add_pack(pack, image * shape_.height + end, end - begin);
    });
  }

  ParameterGradients result() const {
    at::Tensor weight = at::empty({shape_.out, shape_.kernel, shape_.kernel, shape_.in}, at::kFloat);
    float* to = weight.mutable_data_ptr<float>();
    for (Count out = 0; out < shape_.out; ++out) {
      for (Count tap = 0; tap < shape_.taps(); ++tap) {
        for (Count in = 0; in < shape_.in; in += pack_of_x) {
          const float* const from = sums(in / pack_of_x, out / pack_of_dy, tap) + out % pack_of_dy * pack_of_x;
          to = std::copy_n(from, std::min(pack_of_x, shape_.in - in), to);
        }
      }
    }
    return {weight.permute({0, 3, 1, 2}), row_sums_.defined() ? row_sums_.sum(0) : at::Tensor()};
  }

 private:
  static constexpr Count tile = pack_of_dy * pack_of_x;

  float* sums(Count pack_of_in, Count pack_of_out, Count tap) const {
    const Count place = (pack_of_in * packs(shape_.out, pack_of_dy) + pack_of_out) * shape_.taps() + tap;
    return sums_.mutable_data_ptr<float>() + place * tile;
  }

  void pack_row(Count image, Count begin, Count end, Count row) const {
    const Count first_pixel = (image * shape_.height + row) * shape_.width, row_of_x = row - begin + shape_.reach();
    if (row < 0 || row >= shape_.height) return packed_x_.set_zero(row_of_x);
    packed_x_.set(row_of_x, x_ + first_pixel * shape_.in);
    if (row < begin || row >= end) return;
    const float* dy = dy_ + first_pixel * shape_.out;
    packed_dy_.set(row - begin, dy);
    if (!row_sums_.defined()) return;
    float* const of_row = row_sums_.mutable_data_ptr<float>() + (row - begin) * shape_.out;
    for (Count pixel = 0; pixel < shape_.width; ++pixel, dy += shape_.out) {
      for (Count out = 0; out < shape_.out; ++out) of_row[out] += dy[out];
    }
  }

  // All taps of a pack of x. Prefetches a part of the rows after `next`, counted through all images.
  void add_pack(Count pack, Count next, Count rows) const {
    const Count reach = shape_.reach(), all_rows = shape_.images * shape_.height;
    const Count end = std::min(all_rows, next + shape_.rows_together()), end_of_x = std::min(all_rows, end + reach);
    const Count row_of_x = shape_.width * shape_.in, row_of_dy = shape_.width * shape_.out;
    const Count parts = packs(shape_.in, pack_of_x) * packs(shape_.out, pack_of_dy);
    for (Count out = 0; out < shape_.out; out += pack_of_dy) {
      const Count part = pack * packs(shape_.out, pack_of_dy) + out / pack_of_dy;
      prefetch_part(x_, (next + reach) * row_of_x, end_of_x * row_of_x, part, parts);
      prefetch_part(dy_, next * row_of_dy, end * row_of_dy, part, parts);
      const AddProducts add = add_products_of[static_cast<std::size_t>(std::min(pack_of_dy, shape_.out - out))];
      for (Count tap = 0; tap < shape_.taps(); ++tap) {
        const float* const x = packed_x_.at(pack, tap / shape_.kernel, tap % shape_.kernel - reach);
        add({packed_dy_.at(out / pack_of_dy, 0, 0), x, packed_dy_.row_stride(), packed_x_.row_stride(), rows,
             shape_.width},
            sums(pack, out / pack_of_dy, tap));
      }
    }
  }

  Shape shape_;
  const float *x_, *dy_;
  RowsInPacks<pack_of_dy> packed_dy_;
  RowsInPacks<pack_of_x> packed_x_;
  at::Tensor sums_;      // (packs of x, packs of dy, taps, pack_of_dy, pack_of_x)
  at::Tensor row_sums_;  // (rows together, O) sums of dy; undefined without bias
};

// For each pixel the pixels of x under the kernel, padded to whole packs: (B, taps I..., H, W).
at::Tensor patches(const at::Tensor& x, Count kernel) {
  const Count channels = x.size(1), height = x.size(2), width = x.size(3), reach = kernel / 2;
  const Count padded = packs(kernel * kernel * channels, pack_of_x) * pack_of_x;
  const at::Tensor all = at::zeros({x.size(0), height, width, padded}, at::kFloat);
  const float* const from = x.const_data_ptr<float>();
  float* const to = all.mutable_data_ptr<float>();
  at::parallel_for(0, x.size(0) * height, 1, [&](Count first, Count last) {
    for (Count row = first; row < last; ++row) {
      for (Count down = -reach; down <= reach; ++down) {
        if (row % height + down < 0 || row % height + down >= height) continue;
        for (Count column = 0; column < width; ++column) {
          const Count left = std::max(column - reach, Count{0}), right = std::min(column + reach, width - 1);
          const float* const pixels = from + ((row + down) * width + left) * channels;
          const Count tap = (down + reach) * kernel + left - column + reach;
          std::copy_n(pixels, (right - left + 1) * channels, to + (row * width + column) * padded + tap * channels);
        }
      }
    }
  });
  return all.permute({0, 3, 1, 2});
}

}  // namespace

ParameterGradients avx2_parameter_gradients(const at::Tensor& x, const at::Tensor& dy, Count kernel, bool with_bias) {
  if (kernel > 1 && x.size(1) < pack_of_x / 2) {  // packs would be mostly empty
    const auto [weight, bias] = avx2_parameter_gradients(patches(x, kernel), dy, 1, with_bias);
    const at::Tensor of_taps = weight.flatten(1).slice(1, 0, kernel * kernel * x.size(1));
    return {of_taps.reshape({dy.size(1), kernel, kernel, x.size(1)}).permute({0, 3, 1, 2}), bias};
  }
  Shape shape{x.size(0), x.size(1), dy.size(1), x.size(2), x.size(3), kernel};
  if (kernel == 1) shape.height *= shape.images, shape.images = 1;  // the images' borders do not matter
  SumsOfProducts sums(shape, x.const_data_ptr<float>(), dy.const_data_ptr<float>(), with_bias);
  for (Count image = 0; image < shape.images; ++image) {
    for (Count row = 0; row < shape.height; row += shape.rows_together()) {
      sums.add(image, row, std::min(shape.height, row + shape.rows_together()));
    }
  }
  return sums.result();
}
#else
ParameterGradients avx2_parameter_gradients(const at::Tensor&, const at::Tensor&, Count, bool) {
  return {};
}  // never called
#endif

}  // namespace pbn::model
