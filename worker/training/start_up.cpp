#include "worker/training/start_up.h"

#include <fmt/ranges.h>

#include "base/host.h"
#include "base/table.h"
#include "model/kernels/cpu/cpu_kernels.h"
#include "worker/device/processors.h"
#include "worker/device/torch_settings.h"
#include "worker/device/versions.h"
#include "worker/training/result.h"

namespace pbn::worker {
namespace {

// Binds a rank with a GPU to the processors near the GPU. Binds other ranks to one NUMA node each if all ranks of this
// host may use the same processors, that is if the launcher has not bound them. Every rank calls it.
void bind_to_near_processors(const Device& device, const Ranks& ranks) {
  const std::vector<int> allowed = allowed_processors();
  const std::string mine = as_ranges(allowed);
  const std::vector<std::string> all = ranks.gather(mine);
  if (const std::string address = device.pci_address(); !address.empty()) {
    return bind_to(processors_near_pci_device(allowed, address));
  }
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (ranks.hosts()[rank] == ranks.hosts()[ranks.rank()] && all[rank] != mine) return;
  }
  bind_to(near_processors(allowed, ranks.local_rank(), ranks.local_size()));
}

std::string kind_of(const Device& device) { return device.torch().is_cuda() ? "cuda" : "cpu"; }

bool has_own_weight_gradients(const config::RunConfig& config) {
  return config.run.weight_gradients == config::WeightGradients::own &&
         config.train.precision == config::Precision::fp32;
}

}  // namespace

ChosenDevice device_of_rank(const GivenSettings& given, const Ranks& ranks) {
  return choose_device(given.device(), ranks.local_rank());
}

void require_own_devices(const GivenSettings& given, const Ranks& ranks, const Device& device) {
  const std::vector<GpuPlace> places = gather_gpu_places(ranks, device);
  ranks.together([&] {
    if (!given.shares_devices()) require_own_gpus(places);
  });
}

void warn_of_unused_gpu(const ChosenDevice& chosen, const Ranks& ranks) {
  if (ranks.rank() == 0 && !chosen.warning.empty()) fmt::print(stderr, "pbn_worker: warning: {}\n", chosen.warning);
}

void require_precision(const Json& canonical, const Device& device) {
  config::require_device_for(at_path(canonical, "train.precision"), kind_of(device));
}

std::vector<std::string> choose_kernels(const config::RunConfig& config, const Device& device) {
  std::vector<std::string> advice;
  const bool on_cpu = device.torch().is_cpu();
  if (config.run.kernels == config::Kernels::own) {
    if (on_cpu) {
      advice.emplace_back("run.kernels is not used: the device is the CPU");
    } else {
      model::use_kernels(device.torch().type(), device.own_kernels());
    }
  }
  if (has_own_weight_gradients(config)) {
    if (!on_cpu) {
      advice.emplace_back("run.weight_gradients is not used: the device is a GPU");
    } else if (instruction_set() != "avx2") {
      advice.emplace_back("run.weight_gradients is not used: oneDNN has AVX-512 here");
    } else {
      model::use_kernels(at::kCPU, model::cpu_kernels_with_avx2());
    }
  }
  return advice;
}

StartedRun start_run(const GivenSettings& given, const Ranks& ranks) {
  std::optional<ChosenDevice> chosen;
  std::optional<RunSetup> setup;
  ranks.together([&] { chosen = device_of_rank(given, ranks); });
  require_own_devices(given, ranks, *chosen->device);
  ranks.together([&] {
    setup.emplace(set_up_run(given, ranks.size(), chosen->device->computes_bf16()));
    require_precision(setup->canonical, *chosen->device);
    for (const std::string& line : choose_kernels(setup->config, *chosen->device)) setup->advice.push_back(line);
  });
  bind_to_near_processors(*chosen->device, ranks);
  prepare_torch(setup->config.run.threads, setup->config.train.precision);
  return {std::move(*chosen), std::move(*setup)};
}

Facts facts_of_run(const RunSetup& setup, const Device& device) {
  Facts facts;
  const Json all_versions = program_versions();
  for (const auto& [item, value] : all_versions.items()) facts.emplace_back(item + " version", value);
  facts.emplace_back("kind of device", kind_of(device));
  const Json flat = setup.canonical.flatten();
  for (const auto& [path, value] : flat.items()) facts.emplace_back("setting " + path.substr(1), value.dump());
  for (const std::string& fingerprint : setup.train.fingerprints()) facts.emplace_back("training data", fingerprint);
  for (const std::string& fingerprint : setup.validation.fingerprints())
    facts.emplace_back("validation data", fingerprint);
  facts.emplace_back("run", setup.id);
  return facts;
}

Facts facts_of_network(const model::Network& network) {
  Facts facts;
  for (const auto& [name, tensor] : network.parameters()) {
    facts.emplace_back("parameter " + name, fmt::format("({}) with strides ({})", fmt::join(tensor.sizes(), ", "),
                                                        fmt::join(tensor.strides(), ", ")));
  }
  return facts;
}

Facts facts_of_weights(model::Network& network) {
  return {{"SHA-256 of the weights", digest_of(network.without_gaps(network.flat_parameters()))}};
}

std::string describe_places(const Ranks& ranks, const Device& device) {
  const Json mine = {device.describe(), as_ranges(allowed_processors())};
  const std::vector<std::string> all = ranks.gather(mine.dump());
  Table table{{"rank", "host", "processors", "device"}, {}};
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const Json place = Json::parse(all[rank]);
    table.rows.push_back({std::to_string(rank), ranks.hosts()[rank], place[1], place[0]});
  }
  return table.to_text();
}

}  // namespace pbn::worker
