#include "model/kernels/cpu/parameter_gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/host.h"
#include "model/kernels/cpu/elements.h"

#ifdef __x86_64__
#include <immintrin.h>

#define PBN_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512vl,avx512bf16")]]
#endif

namespace pbn::model {
namespace {

bool has_instructions() {
#ifdef __x86_64__
  static const bool has = instruction_set() == "avx512_bf16";
  return has;
#else
  return false;
#endif
}

}  // namespace

bool supports_parameter_gradients(const at::Tensor& x, Count kernel) {
  constexpr Count fewest_channels = 32;  // half a vector for each pixel of x
  return x.is_cpu() && x.scalar_type() == at::kBFloat16 && has_instructions() && (kernel == 1 || kernel == 3) &&
         x.size(1) >= fewest_channels;
}

#ifdef __x86_64__
namespace {

// The instruction VDPBF16PS multiplies 16 pairs of bfloat16 and adds both products of a pair to one of 16 sums in
// float32. Here a pair is two neighbouring pixels of a row. Every tap of the kernel is then a product of matrices: the
// transpose of dy's pairs (pixels, O) times x's shifted pairs (pixels, I). For some rows of an image at a time, both
// are stored as pairs in packs of channels. A tile of the product, tile_out x pack sums, stays in registers over all
// pixels of these rows.
using Pair = std::uint32_t;  // the left pixel in the lower half
using Bits = std::uint16_t;
constexpr Count pack = 32, tile_out = 8;
constexpr Count pairs_together = 128;  // packed at a time: of x 16 KiB for each pack, which stay in the L1 cache

Count packs(Count channels) { return (channels + pack - 1) / pack; }

struct Shape {
  Count images, in, out, height, width, kernel;

  Count reach() const { return kernel / 2; }
  Count taps() const { return kernel * kernel; }
  Count pairs() const { return (width + 1) / 2; }  // of a row
  Count rows_together() const { return std::clamp<Count>(pairs_together / pairs(), 1, height); }
};

// For each half of a pack, the order of its elements: 0 to 31 are those of the left pixel, 32 to 63 of the right one.
struct Interleaving {
  alignas(64) Bits places[2][pack];
};
constexpr Interleaving interleaving = [] {
  Interleaving of_halves{};
  for (Bits i = 0; i < pack; ++i) {
    of_halves.places[0][i] = static_cast<Bits>(i / 2 + (i % 2) * 32);
    of_halves.places[1][i] = static_cast<Bits>(16 + i / 2 + (i % 2) * 32);
  }
  return of_halves;
}();

// Rows of x or dy as pairs: (packs of channels, rows, pairs of a row, channels of a pack). The first pair begins at
// column `start`; pixels outside the image and channels beyond the last are zero.
class PackedRows {
 public:
  PackedRows(Count channels, Count rows, Count pairs, Count start)
      : channels_(channels),
        rows_(rows),
        pairs_(pairs),
        start_(start),
        all_(std::make_unique_for_overwrite<Pair[]>(static_cast<std::size_t>(packs(channels) * rows * pairs * pack))) {}

  Pair* at(Count pack_of_channels, Count row, Count pair) const {
    return all_.get() + ((pack_of_channels * rows_ + row) * pairs_ + pair) * pack;
  }
  Count row_stride() const { return pairs_ * pack; }

  // pixels (width, channels): a row of the image, whose sum is added to `sums` (channels of all packs) if given.
  PBN_AVX512_BF16 void set(Count row, const Bits* pixels, Count width, float* sums = nullptr) const {
    const __m512i lower = _mm512_load_si512(interleaving.places[0]);
    const __m512i upper = _mm512_load_si512(interleaving.places[1]);
    for (Count pair = 0; pair < pairs_; ++pair) {
      const Count column = start_ + 2 * pair;
      for (Count first = 0; first < channels_; first += pack) {
        const auto channels = static_cast<__mmask32>((std::uint64_t{1} << std::min(pack, channels_ - first)) - 1);
        const __m512i left = pixel(pixels + first, width, column, channels);
        const __m512i right = pixel(pixels + first, width, column + 1, channels);
        Pair* to = at(first / pack, row, pair);
        const __m512i lower_pairs = _mm512_permutex2var_epi16(left, lower, right);
        const __m512i upper_pairs = _mm512_permutex2var_epi16(left, upper, right);
        _mm512_storeu_si512(to, lower_pairs);
        _mm512_storeu_si512(to + 16, upper_pairs);
        if (sums) {
          add_both(lower_pairs, sums + first);
          add_both(upper_pairs, sums + first + 16);
        }
      }
    }
  }

 private:
  PBN_AVX512_BF16 __m512i pixel(const Bits* pixels, Count width, Count column, __mmask32 channels) const {
    const bool is_inside = column >= 0 && column < width;
    return _mm512_maskz_loadu_epi16(is_inside ? channels : 0, pixels + (is_inside ? column : 0) * channels_);
  }

  PBN_AVX512_BF16 static void add_both(__m512i pairs, float* sums) {
    const auto ones = reinterpret_cast<__m512bh>(_mm512_set1_epi16(0x3F80));
    _mm512_storeu_ps(sums, _mm512_dpbf16_ps(_mm512_loadu_ps(sums), ones, reinterpret_cast<__m512bh>(pairs)));
  }

  Count channels_, rows_, pairs_, start_;
  std::unique_ptr<Pair[]> all_;
};

// sums (tile_out, pack) += the products of these rows' pairs.
PBN_AVX512_BF16 void add_products(const Pair* dy, Count dy_row_stride, const Pair* x, Count x_row_stride, Count rows,
                                  Count pairs, float* sums) {
  __m512 sum[tile_out][2];
#pragma GCC unroll 8
  for (int out = 0; out < tile_out; ++out) {
    sum[out][0] = _mm512_loadu_ps(sums + out * pack);
    sum[out][1] = _mm512_loadu_ps(sums + out * pack + 16);
  }
  for (Count row = 0; row < rows; ++row, dy += dy_row_stride, x += x_row_stride) {
    for (Count pair = 0; pair < pairs; ++pair) {
      const auto first = reinterpret_cast<__m512bh>(_mm512_loadu_ps(x + pair * pack));
      const auto second = reinterpret_cast<__m512bh>(_mm512_loadu_ps(x + pair * pack + 16));
#pragma GCC unroll 8
      for (int out = 0; out < tile_out; ++out) {
        const auto factor = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(dy[pair * pack + out])));
        sum[out][0] = _mm512_dpbf16_ps(sum[out][0], factor, first);
        sum[out][1] = _mm512_dpbf16_ps(sum[out][1], factor, second);
      }
    }
  }
#pragma GCC unroll 8
  for (int out = 0; out < tile_out; ++out) {
    _mm512_storeu_ps(sums + out * pack, sum[out][0]);
    _mm512_storeu_ps(sums + out * pack + 16, sum[out][1]);
  }
}

// Prefetches the part-th of `parts` slices of a tensor's rows [begin, end) of so many elements each.
void prefetch(const Bits* rows, Count elements, Count begin, Count end, Count part, Count parts) {
  constexpr Count of_a_line = 64 / sizeof(Bits);
  const Bits* from = rows + begin * elements;
  const Count lines = (end - begin) * elements / of_a_line;
  for (Count line = lines * part / parts; line < lines * (part + 1) / parts; ++line) {
    __builtin_prefetch(from + line * of_a_line, /*write=*/0, /*locality: L2=*/2);
  }
}

// The sums of all taps over the rows that were added so far.
class GradientSums {
 public:
  GradientSums(const Shape& shape, const Bits* x, const Bits* dy, bool with_bias)
      : shape_(shape),
        x_(x),
        dy_(dy),
        dy_pairs_(shape.out, shape.rows_together(), shape.pairs(), 0),
        even_(shape.in, rows_of_x(), shape.pairs(), 0),
        odd_(shape.in, shape.kernel == 1 ? 0 : rows_of_x(), shape.pairs() + 1, -1),
        sums_(static_cast<std::size_t>(shape.taps() * packs(shape.in) * packs(shape.out) * pack * pack)),
        row_sums_(static_cast<std::size_t>(with_bias ? shape.rows_together() * packs(shape.out) * pack : 0)) {}

  // Adds the rows [begin, end) of an image.
  void add(Count image, Count begin, Count end) {
    const Block block{image * shape_.height, begin, end, std::max<Count>(0, begin - shape_.reach())};
    at::parallel_for(block.first_of_x, end_of_x(block), 1, [&](Count from, Count to) {
      for (Count row = from; row < to; ++row) pack_row(block, row);
    });
    const Count tasks = packs(shape_.in) * shape_.taps();
    at::parallel_for(0, tasks, 1, [&](Count from, Count to) {
      for (Count task = from; task < to; ++task) add_tap(block, task, tasks);
    });
  }

  // (O); only if with_bias
  at::Tensor bias() {
    at::Tensor gradient = at::empty({shape_.out}, at::kFloat);
    for (Count out = 0; out < shape_.out; ++out) {
      float sum = 0;
      for (Count row = 0; row < shape_.rows_together(); ++row) {
        sum += row_sums_[static_cast<std::size_t>(row * packs(shape_.out) * pack + out)];
      }
      gradient.mutable_data_ptr<float>()[out] = sum;
    }
    return gradient;
  }

  // (O, I, kernel, kernel)
  at::Tensor weight() {
    at::Tensor gradient = at::empty({shape_.out, shape_.in, shape_.kernel, shape_.kernel}, at::kFloat);
    float* to = gradient.mutable_data_ptr<float>();
    const Count taps = shape_.taps();
    for (Count out = 0; out < shape_.out; ++out) {
      for (Count first = 0; first < shape_.in; first += pack) {
        const Count channels = std::min(pack, shape_.in - first);
        for (Count tap = 0; tap < taps; ++tap) {
          const float* from = sums(tap, first / pack, out / pack) + out % pack * pack;
          for (Count in = 0; in < channels; ++in) to[in * taps + tap] = from[in];
        }
        to += channels * taps;
      }
    }
    return gradient;
  }

 private:
  Count rows_of_x() const { return std::min(shape_.height, shape_.rows_together() + 2 * shape_.reach()); }

  // (pack, pack), out's and in's
  float* sums(Count tap, Count pack_of_in, Count pack_of_out) {
    return sums_.data() + ((tap * packs(shape_.in) + pack_of_in) * packs(shape_.out) + pack_of_out) * pack * pack;
  }

  struct Block {
    Count image_row;               // first row of the image among those of all images
    Count begin, end, first_of_x;  // rows of the image
  };
  Count end_of_x(const Block& block) const { return std::min(shape_.height, block.end + shape_.reach()); }

  void pack_row(const Block& block, Count row) {
    const Count first_pixel = (block.image_row + row) * shape_.width;
    const Bits* x = x_ + first_pixel * shape_.in;
    even_.set(row - block.first_of_x, x, shape_.width);
    if (shape_.kernel > 1) odd_.set(row - block.first_of_x, x, shape_.width);
    if (row < block.begin || row >= block.end) return;
    float* sums = row_sums_.empty() ? nullptr : row_sums_.data() + (row - block.begin) * packs(shape_.out) * pack;
    dy_pairs_.set(row - block.begin, dy_ + first_pixel * shape_.out, shape_.width, sums);
  }

  // A tap multiplies dy with x shifted by the tap's place in the kernel. It also prefetches a part of the next rows.
  void add_tap(const Block& block, Count task, Count tasks) {
    const Count pack_of_in = task / shape_.taps(), tap = task % shape_.taps();
    const Count right = tap % shape_.kernel - shape_.reach(), down = tap / shape_.kernel - shape_.reach();
    const Count from = std::max(block.begin, -down), to = std::min(block.end, shape_.height - down);
    const PackedRows& packed = right == 0 ? even_ : odd_;
    const Pair* x = packed.at(pack_of_in, from + down - block.first_of_x, right > 0);
    const Count next = block.image_row + block.end, reach = shape_.reach(), rows = shape_.images * shape_.height;
    const Count end_of_next = std::min(rows, next + shape_.rows_together());
    const Count tiles = (shape_.out + tile_out - 1) / tile_out;
    for (Count index = 0; index < tiles; ++index) {
      const Count part = task * tiles + index, parts = tasks * tiles, out = index * tile_out;
      prefetch(x_, shape_.width * shape_.in, std::min(rows, next + reach), std::min(rows, end_of_next + reach), part,
               parts);
      prefetch(dy_, shape_.width * shape_.out, next, end_of_next, part, parts);
      float* tile = sums(tap, pack_of_in, out / pack) + out % pack * pack;
      add_products(dy_pairs_.at(out / pack, from - block.begin, 0) + out % pack, dy_pairs_.row_stride(), x,
                   packed.row_stride(), to - from, shape_.pairs(), tile);
    }
  }

  Shape shape_;
  const Bits *x_, *dy_;
  PackedRows dy_pairs_;
  PackedRows even_;              // pairs that begin at even columns: the kernel's middle column
  PackedRows odd_;               // pairs that begin at odd columns from -1 on: its left and its right column
  std::vector<float> sums_;      // (taps, packs of in, packs of out, pack, pack)
  std::vector<float> row_sums_;  // (rows together, out) sums of dy; empty without bias
};

}  // namespace

ParameterGradients parameter_gradients(const at::Tensor& x, const at::Tensor& dy, Count kernel, bool with_bias) {
  const Shape shape{x.size(0), x.size(1), dy.size(1), x.size(2), x.size(3), kernel};
  GradientSums gradient(shape, static_cast<const Bits*>(x.const_data_ptr()),
                        static_cast<const Bits*>(dy.const_data_ptr()), with_bias);
  for (Count image = 0; image < shape.images; ++image) {
    for (Count row = 0; row < shape.height; row += shape.rows_together()) {
      gradient.add(image, row, std::min(shape.height, row + shape.rows_together()));
    }
  }
  return {gradient.weight(), with_bias ? gradient.bias() : at::Tensor()};
}
#else
ParameterGradients parameter_gradients(const at::Tensor&, const at::Tensor&, Count, bool) {
  return {};
}  // never called
#endif

}  // namespace pbn::model
