#include "worker/training/non_finite_step.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <cmath>

namespace pbn::worker {
namespace {

constexpr std::int64_t most_named = 64;  // people per rank

// (ranks, most_named + 1): for each rank the number of people in its micro-batches that are not finite, then the first
// most_named of these people.
at::Tensor gather_suspects(const std::vector<std::int64_t>& own, Communicator& ranks, const at::Device& device) {
  const at::Tensor mine = at::zeros({most_named + 1}, at::kDouble);
  mine[0] = static_cast<double>(own.size());
  for (std::size_t i = 0; i < own.size() && i < most_named; ++i) {
    mine[static_cast<std::int64_t>(i) + 1] = static_cast<double>(own[i]);
  }
  at::Tensor all = at::zeros({ranks.size(), most_named + 1}, at::TensorOptions(device).dtype(at::kDouble));
  all[ranks.rank()].copy_(mine);
  ranks.sum(all);
  return all.cpu();
}

// "train.h5: 12 (a.jpg), 40 (b.jpg)"; numbers count within the file, from 1.
std::string name_people(const std::vector<std::int64_t>& numbers, const data::PoseSet& people) {
  std::string text;
  std::int64_t first = 0;
  for (const data::PoseFile& file : people.files()) {
    const std::int64_t end = first + static_cast<std::int64_t>(file.people().size());
    std::vector<std::string> names;
    for (const std::int64_t number : numbers) {
      if (number < first || number >= end) continue;
      names.push_back(fmt::format("{} ({})", number - first + 1, people.person(number).image_name));
    }
    if (!names.empty()) {
      text +=
          fmt::format("{}{}: {}", text.empty() ? "" : "; ", file.path().filename().string(), fmt::join(names, ", "));
    }
    first = end;
  }
  return text;
}

}  // namespace

std::string describe_non_finite_step(const StepReport& report, TrainingStep& step, std::span<const data::Batch> share,
                                     std::int64_t global_people, const data::PoseSet& people, Communicator& ranks) {
  std::vector<std::int64_t> own;
  for (const data::Batch& batch : share) {
    if (!step.is_finite_alone(batch, global_people)) own.insert(own.end(), batch.people.begin(), batch.people.end());
  }
  const at::Tensor suspects = gather_suspects(own, ranks, step.network().flat_parameters().device());
  const auto value = suspects.accessor<double, 2>();
  std::string text = std::isfinite(report.loss) ? fmt::format("the gradient's norm is {}", report.gradient_norm)
                                                : fmt::format("the loss is {}", report.loss);
  bool is_local = false;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    const auto count = static_cast<std::int64_t>(value[rank][0]);
    if (count == 0) continue;
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 1; i <= std::min(count, most_named); ++i)
      numbers.push_back(static_cast<std::int64_t>(value[rank][i]));
    const std::string more = count > most_named ? fmt::format(" and {} more", count - most_named) : "";
    text += fmt::format("; on rank {}, whose people are {}{}", rank, name_people(numbers, people), more);
    is_local = true;
  }
  return is_local ? text : text + "; only in the sum over the ranks, on no single one";
}

}  // namespace pbn::worker
