#include "worker/communication/element_sums.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "model/elements.h"

namespace pbn {
namespace {

constexpr Count block = 1024;  // elements whose sum stays in the first cache until it is written everywhere

template <typename Number>
PBN_PER_PROCESSOR void sum_two_into_both(Number* __restrict first, Number* __restrict second, Count elements) {
  for (Count i = 0; i < elements; ++i) {
    const Number sum = first[i] + second[i];
    first[i] = sum;
    second[i] = sum;
  }
}

// One block.
template <typename Number>
PBN_PER_PROCESSOR void sum_block(Number* __restrict sum, const Number* const* buffers, Count count, Count begin,
                                 Count elements) {
  const Number* const first = buffers[0] + begin;
  const Number* const second = buffers[1] + begin;
  for (Count i = 0; i < elements; ++i) sum[i] = first[i] + second[i];
  for (Count buffer = 2; buffer < count; ++buffer) {
    const Number* const next = buffers[buffer] + begin;
    for (Count i = 0; i < elements; ++i) sum[i] += next[i];
  }
}

template <typename Number>
void sum_blocks(std::span<const Number* const> buffers, Count elements, std::span<Number* const> results) {
  alignas(64) Number sum[block];
  for (Count begin = 0; begin < elements; begin += block) {
    const Count length = std::min(block, elements - begin);
    sum_block(sum, buffers.data(), static_cast<Count>(buffers.size()), begin, length);
    for (Number* const result : results) std::copy_n(sum, length, result + begin);
  }
}

template <typename Body>
void with_number_of(at::ScalarType type, const Body& body) {
  switch (type) {
    case at::kFloat:
      return body(float{});
    case at::kDouble:
      return body(double{});
    case at::kLong:
      return body(std::int64_t{});
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

bool can_sum(at::ScalarType type) { return type == at::kFloat || type == at::kDouble || type == at::kLong; }

void sum_into_all(std::span<std::byte* const> buffers, at::ScalarType type, std::size_t elements) {
  if (buffers.size() < 2) return;
  with_number_of(type, [&](auto number) {
    using Number = decltype(number);
    const auto count = static_cast<Count>(elements);
    const std::vector<Number*> places = as_numbers<Number>(buffers);
    if (places.size() == 2) return sum_two_into_both(places[0], places[1], count);
    const std::vector<const Number*> sources(places.begin(), places.end());
    sum_blocks<Number>(sources, count, places);
  });
}

void sum_into(std::byte* sum, std::span<const std::byte* const> buffers, at::ScalarType type, std::size_t elements) {
  with_number_of(type, [&](auto number) {
    using Number = decltype(number);
    std::vector<const Number*> sources;
    for (const std::byte* const buffer : buffers) sources.push_back(reinterpret_cast<const Number*>(buffer));
    Number* const result = reinterpret_cast<Number*>(sum);
    if (sources.size() == 1) {
      if (result != sources[0]) std::copy_n(sources[0], elements, result);
      return;
    }
    sum_blocks<Number>(sources, static_cast<Count>(elements), std::span(&result, 1));
  });
}

}  // namespace pbn
