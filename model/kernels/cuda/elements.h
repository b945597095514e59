// The elements of tensors on a GPU, and vectors of them that are read and written at once.
#pragma once

#include <cuda_bf16.h>

#include "model/kernels/cuda/launch.h"

namespace pbn::model::cuda {

using Bfloat16 = __nv_bfloat16;

// The type of the arithmetic with such elements.
template <typename Element>
struct FactorOf {
  using Type = Element;
};
template <>
struct FactorOf<Bfloat16> {
  using Type = float;
};
template <typename Element>
using Factor = typename FactorOf<Element>::Type;

PBN_DEVICE float widened(Bfloat16 x) { return __bfloat162float(x); }
PBN_DEVICE float widened(float x) { return x; }
PBN_DEVICE double widened(double x) { return x; }

PBN_DEVICE void assign(Bfloat16& to, float value) { to = __float2bfloat16_rn(value); }
PBN_DEVICE void assign(float& to, float value) { to = value; }
PBN_DEVICE void assign(double& to, double value) { to = value; }

template <typename Element, int length>
struct alignas(sizeof(Element) * length) Vector {
  Element at[length];
};

template <int length, typename Element>
PBN_DEVICE Vector<Element, length> load(const Element* from) {
  return *reinterpret_cast<const Vector<Element, length>*>(from);
}
template <int length, typename Element>
PBN_DEVICE void store(Element* to, const Vector<Element, length>& values) {
  *reinterpret_cast<Vector<Element, length>*>(to) = values;
}

// Calls body.template operator()<length>() for the longest vector of at most 16 bytes of which `count` elements are a
// multiple.
template <typename Element, typename Body>
void with_vector_length(std::int64_t count, const Body& body) {
  constexpr int longest = 16 / sizeof(Element);
  if (count % longest == 0) return body.template operator()<longest>();
  if (count % 2 == 0) return body.template operator()<2>();
  body.template operator()<1>();
}

}  // namespace pbn::model::cuda
