// Loops over rows of tensor elements that the compiler vectorises: for passes over memory that LibTorch offers only as
// several operations.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>

// Compiles a function for each of these instruction sets. The program chooses the best one at its start, which is
// before the thread sanitizer can be called (google/sanitizers issue 342).
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_THREAD__)
#define PBN_PER_PROCESSOR [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define PBN_PER_PROCESSOR
#endif

namespace pbn::model {

using Count = std::int64_t;

// bfloat16 as the upper half of a float32: unlike c10::BFloat16 it is vectorised.
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

// Conditions as bit masks: g++ compiles ?: and && to branches, and then does not vectorise.
using Mask32 = std::uint32_t;  // all bits set or none
using Mask64 = std::uint64_t;
[[gnu::always_inline]] inline Mask32 mask(bool condition, float) { return -Mask32{condition}; }
[[gnu::always_inline]] inline Mask64 mask(bool condition, double) { return -Mask64{condition}; }

// The value where the mask is set, else 0.
[[gnu::always_inline]] inline float where(Mask32 mask, float value) {
  return std::bit_cast<float>(std::bit_cast<Mask32>(value) & mask);
}
[[gnu::always_inline]] inline double where(Mask64 mask, double value) {
  return std::bit_cast<double>(std::bit_cast<Mask64>(value) & mask);
}

// Calls body(Element{}, Factor{}): the type of x's elements and that of their arithmetic.
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

// Rows are divided into pieces independently of the number of threads, so that results do not depend on it.
inline constexpr Count pieces = 16;

inline void for_pieces(Count rows, const std::function<void(Count piece, Count begin, Count end)>& body) {
  const Count length = (rows + pieces - 1) / pieces;
  at::parallel_for(0, pieces, 1, [&](Count first, Count last) {
    for (Count piece = first; piece < last; ++piece) {
      const Count begin = std::min(piece * length, rows);
      body(piece, begin, std::min(begin + length, rows));
    }
  });
}

}  // namespace pbn::model
