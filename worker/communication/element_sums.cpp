#include "worker/communication/element_sums.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "model/kernels/cpu/elements.h"

namespace pbn::worker {
namespace {

using pbn::model::assign;
using pbn::model::widened;
[[gnu::always_inline]] inline std::int64_t widened(std::int64_t x) { return x; }
[[gnu::always_inline]] inline void assign(std::int64_t& to, std::int64_t value) { to = value; }

constexpr model::Count block = 1024;  // elements: their sum stays in the L1 cache until it is written to all buffers

// Sum is the type of the arithmetic: float for bfloat16, else Number itself.
template <typename Number, typename Sum>
PBN_PER_PROCESSOR void sum_two_into_both(Number* __restrict first, Number* __restrict second, model::Count elements,
                                         Sum) {
  for (model::Count i = 0; i < elements; ++i) {
    Number sum;
    assign(sum, Sum{widened(first[i])} + widened(second[i]));
    first[i] = sum;
    second[i] = sum;
  }
}

template <typename Number, typename Sum>
PBN_PER_PROCESSOR void sum_block(Sum* __restrict sum, const Number* const* buffers, model::Count count,
                                 model::Count begin, model::Count elements) {
  const Number* const first = buffers[0] + begin;
  const Number* const second = buffers[1] + begin;
  for (model::Count i = 0; i < elements; ++i) sum[i] = Sum{widened(first[i])} + widened(second[i]);
  for (model::Count buffer = 2; buffer < count; ++buffer) {
    const Number* const next = buffers[buffer] + begin;
    for (model::Count i = 0; i < elements; ++i) sum[i] += widened(next[i]);
  }
}

template <typename Number, typename Sum>
PBN_PER_PROCESSOR void put(const Sum* __restrict sum, model::Count elements, Number* __restrict result) {
  for (model::Count i = 0; i < elements; ++i) assign(result[i], sum[i]);
}

template <typename Number, typename Sum>
void sum_blocks(std::span<const Number* const> buffers, model::Count elements, std::span<Number* const> results, Sum) {
  alignas(64) Sum sum[block];
  for (model::Count begin = 0; begin < elements; begin += block) {
    const model::Count length = std::min(block, elements - begin);
    sum_block(sum, buffers.data(), static_cast<model::Count>(buffers.size()), begin, length);
    for (Number* const result : results) put(sum, length, result + begin);
  }
}

// Calls body(Number{}, Sum{}) with the types for `type`.
template <typename Body>
void with_number_of(at::ScalarType type, const Body& body) {
  switch (type) {
    case at::kFloat:
      return body(float{}, float{});
    case at::kDouble:
      return body(double{}, double{});
    case at::kLong:
      return body(std::int64_t{}, std::int64_t{});
    case at::kBFloat16:
      return body(model::Bfloat16{}, float{});
    default:
      throw bug_error("", "", "no sum of {} tensors", toString(type));
  }
}

template <typename Number>
std::vector<Number*> as_numbers(std::span<std::byte* const> buffers) {
  std::vector<Number*> numbers;
  for (std::byte* const buffer : buffers) numbers.push_back(reinterpret_cast<Number*>(buffer));
  return numbers;
}

}  // namespace

bool can_sum(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble || type == at::kLong || type == at::kBFloat16;
}

void sum_into_all(std::span<std::byte* const> buffers, at::ScalarType type, std::size_t elements) {
  if (buffers.size() < 2) return;
  with_number_of(type, [&](auto number, auto sum_type) {
    using Number = decltype(number);
    const auto count = static_cast<model::Count>(elements);
    const std::vector<Number*> places = as_numbers<Number>(buffers);
    if (places.size() == 2) return sum_two_into_both(places[0], places[1], count, sum_type);
    const std::vector<const Number*> sources(places.begin(), places.end());
    sum_blocks<Number>(sources, count, places, sum_type);
  });
}

void sum_into(std::byte* sum, std::span<const std::byte* const> buffers, at::ScalarType type, std::size_t elements) {
  with_number_of(type, [&](auto number, auto sum_type) {
    using Number = decltype(number);
    std::vector<const Number*> sources;
    for (const std::byte* const buffer : buffers) sources.push_back(reinterpret_cast<const Number*>(buffer));
    Number* const result = reinterpret_cast<Number*>(sum);
    if (sources.size() == 1) {
      if (result != sources[0]) std::copy_n(sources[0], elements, result);
      return;
    }
    sum_blocks<Number>(sources, static_cast<model::Count>(elements), std::span(&result, 1), sum_type);
  });
}

}  // namespace pbn::worker
