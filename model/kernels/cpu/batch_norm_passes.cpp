#include "model/kernels/batch_norm_passes.h"

#include <ATen/ATen.h>

#include "model/kernels/cpu/elements.h"

namespace pbn::model {
namespace {

// Below, x, y and dy are rows of `channels` elements, one row for each pixel. Factor is the type of the arithmetic.

// So many rows are summed in Factor before they are added to the sums in double, which are then loaded and stored less
// often. These few additions lose less than the rounding of the elements.
constexpr Count rows_together = 8;

template <Count rows, typename Element, typename Factor>
[[gnu::always_inline]] inline void sum_few_rows(const Element* x, Count channels, Factor, double* sums,
                                                double* squares) {
  for (Count c = 0; c < channels; ++c) {
    Factor sum = 0, square = 0;
    for (Count row = 0; row < rows; ++row) {
      const Factor value = widened(x[row * channels + c]);
      sum += value;
      square += value * value;
    }
    sums[c] += double{sum};
    squares[c] += double{square};
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void sum_rows(const Element* x, Count rows, Count channels, Factor factor, double* sums,
                                double* squares) {
  for (; rows >= rows_together; rows -= rows_together, x += rows_together * channels) {
    sum_few_rows<rows_together>(x, channels, factor, sums, squares);
  }
  for (; rows > 0; --rows, x += channels) sum_few_rows<1>(x, channels, factor, sums, squares);
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

template <Count rows, typename Element, typename Factor>
[[gnu::always_inline]] inline void sum_gradient_of_few_rows(const Element* dy, const Element* x, Count channels,
                                                            const Factor* scale, const Factor* shift, double* sums,
                                                            double* products) {
  for (Count c = 0; c < channels; ++c) {
    Factor sum = 0, product = 0;
    for (Count row = 0; row < rows; ++row) {
      const Factor value = widened(x[row * channels + c]);
      const Factor passed = where(mask(scale[c] * value + shift[c] > 0, value), widened(dy[row * channels + c]));
      sum += passed;
      product += passed * value;
    }
    sums[c] += double{sum};
    products[c] += double{product};
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void sum_gradient_rows(const Element* dy, const Element* x, Count rows, Count channels,
                                         const Factor* scale, const Factor* shift, double* sums, double* products) {
  constexpr Count some = rows_together;
  for (; rows >= some; rows -= some, x += some * channels, dy += some * channels) {
    sum_gradient_of_few_rows<some>(dy, x, channels, scale, shift, sums, products);
  }
  for (; rows > 0; --rows, x += channels, dy += channels) {
    sum_gradient_of_few_rows<1>(dy, x, channels, scale, shift, sums, products);
  }
}

template <bool has_rest, typename Element, typename Factor>
[[gnu::always_inline]] inline void gradient_of_rows(const Element* dy, const Element* x, const Element* rest,
                                                    Count rows, Count channels, const Factor* scale,
                                                    const Factor* shift, const Factor* a, const Factor* b,
                                                    const Factor* c, Element* dx) {
  for (Count row = 0; row < rows; ++row, x += channels, dy += channels, dx += channels) {
    for (Count k = 0; k < channels; ++k) {
      const Factor value = widened(x[k]);
      const Factor passed = where(mask(scale[k] * value + shift[k] > 0, value), widened(dy[k]));
      Factor sum = a[k] * passed + (b[k] * value + c[k]);
      if constexpr (has_rest) sum += widened(rest[k]);
      assign(dx[k], sum);
    }
    if constexpr (has_rest) rest += channels;
  }
}

template <typename Element, typename Factor>
PBN_PER_PROCESSOR void gradient_rows(const Element* dy, const Element* x, const Element* rest, Count rows,
                                     Count channels, const Factor* scale, const Factor* shift, const Factor* a,
                                     const Factor* b, const Factor* c, Element* dx) {
  if (rest) {
    gradient_of_rows<true>(dy, x, rest, rows, channels, scale, shift, a, b, c, dx);
  } else {
    gradient_of_rows<false>(dy, x, rest, rows, channels, scale, shift, a, b, c, dx);
  }
}

Count rows_of(const at::Tensor& x) { return x.numel() / x.size(1); }

// Adds up what body(begin, end, first sums (C), second sums (C)) sums over each piece, in the order of the pieces ->
// (2, C).
at::Tensor summed_over_pieces(const at::Tensor& x, const std::function<void(Count, Count, double*, double*)>& body) {
  const Count channels = x.size(1);
  const at::Tensor sums = at::zeros({pieces, 2, channels}, at::kDouble);
  for_pieces(rows_of(x), [&](Count piece, Count begin, Count end) {
    double* const first = sums.data_ptr<double>() + piece * 2 * channels;
    body(begin, end, first, first + channels);
  });
  return sums.sum(0);
}

at::Tensor sums_per_channel(const at::Tensor& x) {
  const Count channels = x.size(1);
  return summed_over_pieces(x, [&](Count begin, Count end, double* sums, double* squares) {
    with_types_of(x, [&](auto element, auto factor) {
      sum_rows(read(x, element) + begin * channels, end - begin, channels, factor, sums, squares);
    });
  });
}

at::Tensor scaled_relu(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) {
  const Count channels = x.size(1);
  at::Tensor y = at::empty_like(x);
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
                          const at::Tensor& a, const at::Tensor& b, const at::Tensor& c, const at::Tensor& rest) {
  const Count channels = x.size(1);
  at::Tensor dx = at::empty_like(x);
  with_types_of(x, [&](auto element, auto factor) {
    for_pieces(rows_of(x), [&](Count, Count begin, Count end) {
      const Count offset = begin * channels;
      gradient_rows(read(dy, element) + offset, read(x, element) + offset,
                    rest.defined() ? read(rest, element) + offset : nullptr, end - begin, channels, read(scale, factor),
                    read(shift, factor), read(a, factor), read(b, factor), read(c, factor),
                    write(dx, element) + offset);
    });
  });
  return dx;
}

}  // namespace

const BatchNormPasses cpu_passes = {sums_per_channel, scaled_relu, gradient_sums_per_channel, input_gradient};

}  // namespace pbn::model
