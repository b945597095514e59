#include <ATen/ATen.h>

#include "model/kernels/cpu/cpu_kernels.h"
#include "model/kernels/cpu/elements.h"

namespace pbn::model {
namespace {

// Two rows of the fine image, `width` pixels of the coarse one, `channels` elements per pixel.
template <typename Element>
struct RowPair {
  Element *upper, *lower;
};

template <typename Factor>
[[gnu::always_inline]] inline Factor greater(Factor a, Factor b) {
  const auto take_b = mask(b > a, b) | mask(b != b, b);  // NaN wins
  return where(take_b, b) + where(~take_b, a);
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void halve_rows(RowPair<const Element> x, Count width, Count channels, Factor, Element* y) {
  for (Count pixel = 0; pixel < width; ++pixel, y += channels) {
    const Element *a = x.upper + 2 * pixel * channels, *b = a + channels;
    const Element *c = x.lower + 2 * pixel * channels, *d = c + channels;
#pragma GCC ivdep  // y overlaps nothing, which g++ cannot see
    for (Count k = 0; k < channels; ++k) {
      const Factor above = greater<Factor>(widened(a[k]), widened(b[k]));
      const Factor below = greater<Factor>(widened(c[k]), widened(d[k]));
      assign(y[k], greater(above, below));
    }
  }
}

// dy goes to the first of the four elements that is the greatest. Adds `rest` if has_rest.
template <bool has_rest, typename Element, typename Factor>
[[gnu::always_inline]] inline void gradient_of_halving(RowPair<const Element> x, const Element* dy,
                                                       RowPair<const Element> rest, Count width, Count channels, Factor,
                                                       RowPair<Element> dx) {
  const auto rest_of = [](const Element* row, Count place) -> Factor {
    if constexpr (has_rest) return widened(row[place]);
    return 0;
  };
  for (Count pixel = 0; pixel < width; ++pixel, dy += channels) {
    const Count left = 2 * pixel * channels, right = left + channels;
#pragma GCC ivdep  // dx overlaps nothing, and so many rows are more than g++ compares
    for (Count k = 0; k < channels; ++k) {
      const Factor a = widened(x.upper[left + k]), b = widened(x.upper[right + k]);
      const Factor c = widened(x.lower[left + k]), d = widened(x.lower[right + k]);
      const Factor gradient = widened(dy[k]);
      const auto is_a = mask(a >= b, a) & mask(a >= c, a) & mask(a >= d, a);
      const auto is_b = ~is_a & mask(b >= c, b) & mask(b >= d, b);
      const auto is_c = ~is_a & ~is_b & mask(c >= d, c);
      const auto is_d = ~(is_a | is_b | is_c);
      assign(dx.upper[left + k], where(is_a, gradient) + rest_of(rest.upper, left + k));
      assign(dx.upper[right + k], where(is_b, gradient) + rest_of(rest.upper, right + k));
      assign(dx.lower[left + k], where(is_c, gradient) + rest_of(rest.lower, left + k));
      assign(dx.lower[right + k], where(is_d, gradient) + rest_of(rest.lower, right + k));
    }
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void gradient_of_halving(RowPair<const Element> x, const Element* dy, RowPair<const Element> rest,
                                           Count width, Count channels, Factor factor, RowPair<Element> dx) {
  if (rest.upper) {
    gradient_of_halving<true>(x, dy, rest, width, channels, factor, dx);
  } else {
    gradient_of_halving<false>(x, dy, rest, width, channels, factor, dx);
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void add_doubled_row(const Element* fine, const Element* coarse, Count width, Count channels, Factor,
                                       Element* y) {
  for (Count pixel = 0; pixel < width; ++pixel, coarse += channels) {
    for (int side = 0; side < 2; ++side, fine += channels, y += channels) {
      for (Count k = 0; k < channels; ++k) assign(y[k], Factor{widened(fine[k])} + widened(coarse[k]));
    }
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void sum_of_2x2(RowPair<const Element> dy, Count width, Count channels, Factor, Element* sum) {
  for (Count pixel = 0; pixel < width; ++pixel, sum += channels) {
    const Element *a = dy.upper + 2 * pixel * channels, *b = a + channels;
    const Element *c = dy.lower + 2 * pixel * channels, *d = c + channels;
    for (Count k = 0; k < channels; ++k) {
      const Factor above = Factor{widened(a[k])} + widened(b[k]);
      assign(sum[k], above + (Factor{widened(c[k])} + widened(d[k])));
    }
  }
}

at::Tensor empty_image(const at::Tensor& like, Count height, Count width) {
  return at::empty({like.size(0), like.size(1), height, width}, like.options(), at::MemoryFormat::ChannelsLast);
}

// Calls body(element, factor, coarse, upper, lower) for each row of the coarse image: the offsets of that row and of
// the two rows of the fine image.
template <typename Body>
void for_rows(const at::Tensor& coarse, const Body& body) {
  const Count row = coarse.size(3) * coarse.size(1);
  with_types_of(coarse, [&](auto element, auto factor) {
    for_pieces(coarse.size(0) * coarse.size(2), [&](Count, Count begin, Count end) {
      for (Count i = begin; i < end; ++i) body(element, factor, i * row, 4 * i * row, (4 * i + 2) * row);
    });
  });
}

}  // namespace

at::Tensor halve_on_cpu(const at::Tensor& x) {
  at::Tensor y = empty_image(x, x.size(2) / 2, x.size(3) / 2);
  for_rows(y, [&](auto element, auto factor, Count coarse, Count upper, Count lower) {
    const auto* from = read(x, element);
    halve_rows({from + upper, from + lower}, y.size(3), y.size(1), factor, write(y, element) + coarse);
  });
  return y;
}

at::Tensor halve_gradient_on_cpu(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x) {
  at::Tensor dx = at::empty_like(x);
  for_rows(dy, [&](auto element, auto factor, Count coarse, Count upper, Count lower) {
    using Element = decltype(element);
    const auto rows = [&](const Element* from) {
      return RowPair<const Element>{from ? from + upper : nullptr, from ? from + lower : nullptr};
    };
    Element* const to = write(dx, element);
    gradient_of_halving(rows(read(x, element)), read(dy, element) + coarse,
                        rows(rest.defined() ? read(rest, element) : nullptr), dy.size(3), dy.size(1), factor,
                        {to + upper, to + lower});
  });
  return dx;
}

at::Tensor add_doubled_on_cpu(const at::Tensor& fine, const at::Tensor& coarse) {
  at::Tensor y = at::empty_like(fine);
  for_rows(coarse, [&](auto element, auto factor, Count row, Count upper, Count lower) {
    for (const Count place : {upper, lower}) {
      add_doubled_row(read(fine, element) + place, read(coarse, element) + row, coarse.size(3), coarse.size(1), factor,
                      write(y, element) + place);
    }
  });
  return y;
}

at::Tensor sum_of_2x2_on_cpu(const at::Tensor& fine) {
  at::Tensor sum = empty_image(fine, fine.size(2) / 2, fine.size(3) / 2);
  for_rows(sum, [&](auto element, auto factor, Count coarse, Count upper, Count lower) {
    const auto* from = read(fine, element);
    sum_of_2x2({from + upper, from + lower}, sum.size(3), sum.size(1), factor, write(sum, element) + coarse);
  });
  return sum;
}

}  // namespace pbn::model
