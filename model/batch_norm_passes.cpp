#include "model/batch_norm_passes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>

namespace pbn {
namespace {

using Count = std::int64_t;

// Compiled for each of these instruction sets; the processor's best is taken when the program starts.
#if defined(__x86_64__) && defined(__OPTIMIZE__)
#define PBN_PER_PROCESSOR [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define PBN_PER_PROCESSOR
#endif

// bfloat16 as the upper half of a float32, in operations that the compiler vectorises.
struct Bfloat16 {
  std::uint16_t bits;
};
[[gnu::always_inline]] inline float widened(Bfloat16 x) { return std::bit_cast<float>(std::uint32_t{x.bits} << 16); }
[[gnu::always_inline]] inline float widened(float x) { return x; }
[[gnu::always_inline]] inline double widened(double x) { return x; }

[[gnu::always_inline]] inline void assign(float& to, float value) { to = value; }
[[gnu::always_inline]] inline void assign(double& to, double value) { to = value; }
[[gnu::always_inline]] inline void assign(Bfloat16& to, float value) {  // to nearest, ties to even
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  to.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7FC0);
}

// The value, or 0 where the condition does not hold. In bits: g++ makes a branch of ?: and then does not vectorise.
[[gnu::always_inline]] inline float where(bool condition, float value) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & -std::uint32_t{condition});
}
[[gnu::always_inline]] inline double where(bool condition, double value) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & -std::uint64_t{condition});
}

// Below, x, y and dy are rows of `channels` elements, one row per pixel; Factor is what they are computed in.

template <typename Element>
PBN_PER_PROCESSOR void sum_rows(const Element* x, Count rows, Count channels, double* sums, double* squares) {
  for (Count row = 0; row < rows; ++row, x += channels) {
    for (Count c = 0; c < channels; ++c) {
      const double value = widened(x[c]);
      sums[c] += value;
      squares[c] += value * value;
    }
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void scale_rows(const Element* x, Count rows, Count channels, const Factor* scale,
                                  const Factor* shift, Element* y) {
  for (Count row = 0; row < rows; ++row, x += channels, y += channels) {
    for (Count c = 0; c < channels; ++c) {
      const Factor value = scale[c] * widened(x[c]) + shift[c];
      assign(y[c], value < 0 ? Factor{0} : value);  // NaN stays NaN
    }
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void sum_gradient_rows(const Element* dy, const Element* x, Count rows, Count channels,
                                         const Factor* scale, const Factor* shift, double* sums, double* products) {
  for (Count row = 0; row < rows; ++row, x += channels, dy += channels) {
    for (Count c = 0; c < channels; ++c) {
      const Factor value = widened(x[c]);
      const Factor passed = where(scale[c] * value + shift[c] > 0, widened(dy[c]));
      sums[c] += double{passed};
      products[c] += double{passed} * double{value};
    }
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void gradient_rows(const Element* dy, const Element* x, Count rows, Count channels,
                                     const Factor* scale, const Factor* shift, const Factor* a, const Factor* b,
                                     const Factor* c, Element* dx) {
  for (Count row = 0; row < rows; ++row, x += channels, dy += channels, dx += channels) {
    for (Count k = 0; k < channels; ++k) {
      const Factor value = widened(x[k]);
      const Factor passed = where(scale[k] * value + shift[k] > 0, widened(dy[k]));
      assign(dx[k], a[k] * passed + (b[k] * value + c[k]));
    }
  }
}

// Calls body(Element{}, Factor{}) with the types that stand for x's.
template <typename Body>
void with_types_of(const at::Tensor& x, const Body& body) {
  switch (x.scalar_type()) {
    case at::kBFloat16:
      return body(Bfloat16{}, float{});
    case at::kFloat:
      return body(float{}, float{});
    default:
      return body(double{}, double{});
  }
}

template <typename T>
const T* read(const at::Tensor& tensor, T) {
  return static_cast<const T*>(tensor.const_data_ptr());
}
template <typename T>
T* write(const at::Tensor& tensor, T) {
  return static_cast<T*>(tensor.mutable_data_ptr());
}

Count rows_of(const at::Tensor& x) { return x.numel() / x.size(1); }

// Rows are shared by threads in pieces that do not depend on the number of threads.
constexpr Count pieces = 16;

void for_pieces(Count rows, const std::function<void(Count piece, Count begin, Count end)>& body) {
  const Count length = (rows + pieces - 1) / pieces;
  at::parallel_for(0, pieces, 1, [&](Count first, Count last) {
    for (Count piece = first; piece < last; ++piece) {
      const Count begin = std::min(piece * length, rows);
      body(piece, begin, std::min(begin + length, rows));
    }
  });
}

// body(begin, end, first sums (C), second sums (C)): sums of the pieces, added in their order -> (2, C).
at::Tensor summed_over_pieces(const at::Tensor& x, const std::function<void(Count, Count, double*, double*)>& body) {
  const Count channels = x.size(1);
  const at::Tensor sums = at::zeros({pieces, 2, channels}, at::kDouble);
  for_pieces(rows_of(x), [&](Count piece, Count begin, Count end) {
    double* const first = sums.data_ptr<double>() + piece * 2 * channels;
    body(begin, end, first, first + channels);
  });
  return sums.sum(0);
}

at::Tensor by_channel(const at::Tensor& factors) { return factors.view({-1, 1, 1}); }

at::Tensor passed_on(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  return at::where(x * by_channel(scale) + by_channel(shift) > 0, dy.to(scale.scalar_type()), 0);
}

}  // namespace

at::Tensor sums_per_channel(const at::Tensor& x) {
  if (!x.is_cpu()) {
    const at::Tensor exact = x.to(at::kDouble);
    return at::stack({exact.sum({0, 2, 3}), exact.square().sum({0, 2, 3})});
  }
  const Count channels = x.size(1);
  return summed_over_pieces(x, [&](Count begin, Count end, double* sums, double* squares) {
    with_types_of(x, [&](auto element, auto) {
      sum_rows(read(x, element) + begin * channels, end - begin, channels, sums, squares);
    });
  });
}

at::Tensor scaled_relu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  if (!x.is_cpu()) return (x * by_channel(scale) + by_channel(shift)).relu_().to(x.scalar_type());
  const Count channels = x.size(1);
  const at::Tensor y = at::empty_like(x);
  with_types_of(x, [&](auto element, auto factor) {
    for_pieces(rows_of(x), [&](Count, Count begin, Count end) {
      const Count offset = begin * channels;
      scale_rows(read(x, element) + offset, end - begin, channels, read(scale, factor), read(shift, factor),
                 write(y, element) + offset);
    });
  });
  return y;
}

at::Tensor gradient_sums_per_channel(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale,
                                     const at::Tensor& shift) {
  if (!x.is_cpu()) {
    const at::Tensor passed = passed_on(dy, x, scale, shift).to(at::kDouble);
    return at::stack({passed.sum({0, 2, 3}), (passed * x.to(at::kDouble)).sum({0, 2, 3})});
  }
  const Count channels = x.size(1);
  return summed_over_pieces(x, [&](Count begin, Count end, double* sums, double* products) {
    with_types_of(x, [&](auto element, auto factor) {
      const Count offset = begin * channels;
      sum_gradient_rows(read(dy, element) + offset, read(x, element) + offset, end - begin, channels,
                        read(scale, factor), read(shift, factor), sums, products);
    });
  });
}

at::Tensor input_gradient(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift,
                          const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
  if (!x.is_cpu()) {
    return (passed_on(dy, x, scale, shift) * by_channel(a) + (x * by_channel(b) + by_channel(c))).to(x.scalar_type());
  }
  const Count channels = x.size(1);
  const at::Tensor dx = at::empty_like(x);
  with_types_of(x, [&](auto element, auto factor) {
    for_pieces(rows_of(x), [&](Count, Count begin, Count end) {
      const Count offset = begin * channels;
      gradient_rows(read(dy, element) + offset, read(x, element) + offset, end - begin, channels, read(scale, factor),
                    read(shift, factor), read(a, factor), read(b, factor), read(c, factor),
                    write(dx, element) + offset);
    });
  });
  return dx;
}

}  // namespace pbn
