// Halving and doubling of images on a GPU; shapes and types as in batch_norm.h. `coarse` are the sizes of the smaller
// image; the larger one has twice its height and width.
#pragma once

#include <cstdint>

namespace pbn::model::cuda {

struct CoarseImage {
  std::int64_t people;
  int height, width, channels;
};

// y: the greatest of each 2x2 elements; NaN is greater than any number.
template <typename Element>
void halve(const Element* x, const CoarseImage& coarse, Element* y, void* stream);

// dx: dy at the first of the four elements that is the greatest, plus `rest` unless it is null.
template <typename Element>
void halve_gradient(const Element* dy, const Element* rest, const Element* x, const CoarseImage& coarse, Element* dx,
                    void* stream);

// y: each element of `small` at its 2x2 places, plus `fine`.
template <typename Element>
void add_doubled(const Element* fine, const Element* small, const CoarseImage& coarse, Element* y, void* stream);

// The sum of each 2x2 elements.
template <typename Element>
void sum_of_2x2(const Element* fine, const CoarseImage& coarse, Element* sum, void* stream);

}  // namespace pbn::model::cuda
