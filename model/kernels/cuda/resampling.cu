#include "model/kernels/cuda/resampling.h"

#include <stdexcept>

#include "model/kernels/cuda/elements.h"

// Each thread has one vector of channels of one coarse pixel, and its four fine pixels.
namespace pbn::model::cuda {
inline namespace resampling_kernels {  // nvcc names what is in an unnamed one after the file's path

// The elements of a coarse pixel and of its four fine ones, of which the two below follow `below` elements later.
struct Square {
  std::int64_t coarse, upper_left, right, below;
};

PBN_DEVICE unsigned square_number() { return blockIdx.x * blockDim.x + threadIdx.x; }

constexpr std::int64_t squares_in(const CoarseImage& coarse, int length) {
  return coarse.people * coarse.height * coarse.width * (coarse.channels / length);
}

PBN_DEVICE bool has_square(const CoarseImage& coarse, int length, unsigned number) {
  return number < squares_in(coarse, length);
}

PBN_DEVICE Square square_at(const CoarseImage& coarse, int length, unsigned number) {
  const unsigned vectors = static_cast<unsigned>(coarse.channels / length), width = static_cast<unsigned>(coarse.width);
  const unsigned pixel = number / vectors, vector = number % vectors;
  const unsigned row = pixel / width, column = pixel % width;  // rows of all images follow each other, fine ones too
  const std::int64_t fine_row = std::int64_t{2} * coarse.width * coarse.channels;
  return {std::int64_t{number} * length,
          std::int64_t{2} * row * fine_row + std::int64_t{2} * column * coarse.channels + vector * length,
          coarse.channels, fine_row};
}

template <typename F>
PBN_DEVICE F greater(F a, F b) {
  return b > a || b != b ? b : a;
}

template <typename Element, int length>
struct Four {
  PBN_DEVICE Four(const Element* image, const Square& at)
      : a(load<length>(image + at.upper_left)),
        b(load<length>(image + at.upper_left + at.right)),
        c(load<length>(image + at.upper_left + at.below)),
        d(load<length>(image + at.upper_left + at.below + at.right)) {}
  PBN_DEVICE Four() : a{}, b{}, c{}, d{} {}

  PBN_DEVICE void write(Element* image, const Square& at) const {
    store<length>(image + at.upper_left, a);
    store<length>(image + at.upper_left + at.right, b);
    store<length>(image + at.upper_left + at.below, c);
    store<length>(image + at.upper_left + at.below + at.right, d);
  }

  Vector<Element, length> a, b, c, d;
};

template <typename Element, int length>
PBN_KERNEL halve_kernel(const Element* x, CoarseImage coarse, Element* y) {
  const unsigned number = square_number();
  if (!has_square(coarse, length, number)) return;
  const Square at = square_at(coarse, length, number);
  const Four<Element, length> four(x, at);
  Vector<Element, length> result;
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    assign(result.at[k], greater(greater(widened(four.a.at[k]), widened(four.b.at[k])),
                                 greater(widened(four.c.at[k]), widened(four.d.at[k]))));
  }
  store<length>(y + at.coarse, result);
}

template <typename Element, int length>
PBN_KERNEL halve_gradient_kernel(const Element* dy, const Element* rest, const Element* x, CoarseImage coarse,
                                 Element* dx) {
  using F = Factor<Element>;
  const unsigned number = square_number();
  if (!has_square(coarse, length, number)) return;
  const Square at = square_at(coarse, length, number);
  const Four<Element, length> four(x, at);
  const Vector<Element, length> gradients = load<length>(dy + at.coarse);
  Four<Element, length> result;  // zeros
  if (rest) result = Four<Element, length>(rest, at);
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    const F a = widened(four.a.at[k]), b = widened(four.b.at[k]);
    const F c = widened(four.c.at[k]), d = widened(four.d.at[k]);
    const F gradient = widened(gradients.at[k]);
    const bool is_a = a >= b && a >= c && a >= d, is_b = !is_a && b >= c && b >= d, is_c = !is_a && !is_b && c >= d;
    const auto sum = [&](Element& to, bool passes) {
      assign(to, (passes ? gradient : F(0)) + widened(to));
    };
    sum(result.a.at[k], is_a);
    sum(result.b.at[k], is_b);
    sum(result.c.at[k], is_c);
    sum(result.d.at[k], !is_a && !is_b && !is_c);
  }
  result.write(dx, at);
}

template <typename Element, int length>
PBN_KERNEL add_doubled_kernel(const Element* fine, const Element* small, CoarseImage coarse, Element* y) {
  const unsigned number = square_number();
  if (!has_square(coarse, length, number)) return;
  const Square at = square_at(coarse, length, number);
  Four<Element, length> four(fine, at);
  const Vector<Element, length> values = load<length>(small + at.coarse);
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    const Factor<Element> value = widened(values.at[k]);
    assign(four.a.at[k], widened(four.a.at[k]) + value);
    assign(four.b.at[k], widened(four.b.at[k]) + value);
    assign(four.c.at[k], widened(four.c.at[k]) + value);
    assign(four.d.at[k], widened(four.d.at[k]) + value);
  }
  four.write(y, at);
}

template <typename Element, int length>
PBN_KERNEL sum_of_2x2_kernel(const Element* fine, CoarseImage coarse, Element* sum) {
  const unsigned number = square_number();
  if (!has_square(coarse, length, number)) return;
  const Square at = square_at(coarse, length, number);
  const Four<Element, length> four(fine, at);
  Vector<Element, length> result;
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    assign(result.at[k], (widened(four.a.at[k]) + widened(four.b.at[k])) +
                             (widened(four.c.at[k]) + widened(four.d.at[k])));
  }
  store<length>(sum + at.coarse, result);
}

Grid grid_of_squares(const CoarseImage& coarse, int length) {
  const std::int64_t squares = squares_in(coarse, length);
  if (squares > std::int64_t{1} << 31) throw std::length_error("an image of more than 2^31 vectors");
  return {.x = static_cast<unsigned>((squares + threads_per_block - 1) / threads_per_block)};
}

}  // namespace resampling_kernels

template <typename Element>
void halve(const Element* x, const CoarseImage& coarse, Element* y, void* stream) {
  with_vector_length<Element>(coarse.channels, [&]<int length>() {
    launch(halve_kernel<Element, length>, grid_of_squares(coarse, length), stream, x, coarse, y);
  });
}

template <typename Element>
void halve_gradient(const Element* dy, const Element* rest, const Element* x, const CoarseImage& coarse, Element* dx,
                    void* stream) {
  with_vector_length<Element>(coarse.channels, [&]<int length>() {
    launch(halve_gradient_kernel<Element, length>, grid_of_squares(coarse, length), stream, dy, rest, x, coarse, dx);
  });
}

template <typename Element>
void add_doubled(const Element* fine, const Element* small, const CoarseImage& coarse, Element* y, void* stream) {
  with_vector_length<Element>(coarse.channels, [&]<int length>() {
    launch(add_doubled_kernel<Element, length>, grid_of_squares(coarse, length), stream, fine, small, coarse, y);
  });
}

template <typename Element>
void sum_of_2x2(const Element* fine, const CoarseImage& coarse, Element* sum, void* stream) {
  with_vector_length<Element>(coarse.channels, [&]<int length>() {
    launch(sum_of_2x2_kernel<Element, length>, grid_of_squares(coarse, length), stream, fine, coarse, sum);
  });
}

#define PBN_FOR(Element)                                                                                        \
  template void halve(const Element*, const CoarseImage&, Element*, void*);                                    \
  template void halve_gradient(const Element*, const Element*, const Element*, const CoarseImage&, Element*, void*); \
  template void add_doubled(const Element*, const Element*, const CoarseImage&, Element*, void*);               \
  template void sum_of_2x2(const Element*, const CoarseImage&, Element*, void*);
PBN_FOR(Bfloat16)
PBN_FOR(float)
PBN_FOR(double)
#undef PBN_FOR

}  // namespace pbn::model::cuda
