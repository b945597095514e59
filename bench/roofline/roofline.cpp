#include "bench/roofline/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pbn::bench {

const std::vector<GpuLimits>& known_limits() {
  static const std::vector<GpuLimits> all{{"H100 SXM", 3.35e12, 989e12}, {"H200", 4.8e12, 989e12}};
  return all;
}

std::optional<GpuLimits> limits_of(const std::string& device) {
  const auto has = [&](const char* text) { return device.find(text) != std::string::npos; };
  if (has("MIG") || has("PCIe") || has("NVL") || has("GH200")) return std::nullopt;  // slower ones
  if (has("H200")) return known_limits()[1];
  if (has("H100")) return known_limits()[0];
  return std::nullopt;
}

double KernelCall::seconds_on(const GpuLimits& gpu) const {
  return std::max(bytes / gpu.bytes_per_second, operations / gpu.bf16_flops);
}

double seconds_on(const GpuLimits& gpu, const std::vector<KernelCall>& calls) {
  double seconds = 0;
  for (const KernelCall& call : calls) seconds += call.seconds_on(gpu);
  return seconds;
}

namespace {

struct Total {
  int calls = 0;
  double bytes = 0, operations = 0;
  std::vector<double> seconds;  // on each GPU
};

void add(Total& total, const KernelCall& call, const std::vector<GpuLimits>& gpus) {
  ++total.calls;
  total.bytes += call.bytes;
  total.operations += call.operations;
  total.seconds.resize(gpus.size());
  for (std::size_t i = 0; i < gpus.size(); ++i) total.seconds[i] += call.seconds_on(gpus[i]);
}

std::vector<std::string> row_of(const std::string& kind, const std::string& maker, const Total& total) {
  std::vector<std::string> row{kind, maker, std::to_string(total.calls), fmt::format("{:.2f}", total.bytes / 1e9),
                               total.operations > 0 ? fmt::format("{:.0f}", total.operations / 1e9) : "-"};
  for (const double seconds : total.seconds) row.push_back(fmt::format("{:.2f}", 1e3 * seconds));
  return row;
}

}  // namespace

Table table_of(const std::vector<KernelCall>& calls, const std::vector<GpuLimits>& gpus) {
  std::map<std::pair<std::string, std::string>, Total> kinds;  // by maker, so that they stand together
  Total all;
  for (const KernelCall& call : calls) {
    add(kinds[{call.maker, call.kind}], call, gpus);
    add(all, call, gpus);
  }
  Table table{{"kernel", "by", "calls", "GB", "GFLOP"}, {}};
  for (const GpuLimits& gpu : gpus) table.columns.push_back("ms, " + gpu.name);
  for (const auto& [kind, total] : kinds) table.rows.push_back(row_of(kind.second, kind.first, total));
  table.rows.push_back(row_of("all", "", all));
  return table;
}

}  // namespace pbn::bench
