#include "worker/run_setup.h"

#include "base/error.h"
#include "config/schema.h"

namespace pbn {
namespace {

PoseSet open_pose_files(const std::vector<std::string>& paths) {
  std::vector<PoseFile> files;
  for (const auto& path : paths) files.emplace_back(path);
  return PoseSet(std::move(files));
}

Json resolve_for(const WorkerOptions& options, int ranks) {
  Json resolved = resolve(options.settings, options.settings_place);
  const Json& wanted = at_path(options.settings, "run.ranks");
  if (!wanted.is_null() && wanted != ranks) {
    throw usage_error("run.ranks", fmt::format("start it with mpirun -np {}", wanted.dump()),
                      "the configuration is for {} ranks and {} were started", wanted.dump(), ranks);
  }
  resolved["run"]["ranks"] = ranks;
  return resolved;
}

void require_that_data_fits(const RunConfig& config, const PoseSet& train, const PoseSet& validation) {
  if (train.skeleton().name != validation.skeleton().name || train.input_pixels() != validation.input_pixels()) {
    throw data_error("data.validation", "prepare both alike",
                     "training has {} parts at {} px, validation {} parts at {} px", train.skeleton().size(),
                     train.input_pixels(), validation.skeleton().size(), validation.input_pixels());
  }
  require_input_side(train.input_pixels(), "data.train");
  for (const auto* set : {&train, &validation}) {
    if (set->size() < config.run.ranks) {
      throw usage_error(set == &train ? "data.train" : "data.validation", "use fewer ranks",
                        "{} people cannot be shared by {} ranks", set->size(), config.run.ranks);
    }
  }
  if (train.size() < config.train.global_batch) {
    throw usage_error("train.global_batch", "choose a smaller one", "{} is more than the {} training people",
                      config.train.global_batch, train.size());
  }
  const auto last_batch = train.size() % config.train.global_batch;
  if (config.model.synchronised_batch_norm && last_batch > 0 && last_batch < config.run.ranks) {
    throw usage_error("train.global_batch", "choose another global batch or fewer ranks",
                      "the last batch of an epoch has {} people, too few for synchronised BatchNorm on {} ranks",
                      last_batch, config.run.ranks);
  }
  if (config.test.scales != std::vector<double>{1.0}) {
    throw usage_error("test.scales", "use [1.0]; --test.flip works", "the scale pyramid is not there yet");
  }
}

}  // namespace

RunSetup set_up_run(const WorkerOptions& options, int ranks, bool bf16_is_fast) {
  const Json resolved = resolve_for(options, ranks);
  PoseSet train = open_pose_files(resolved["data"]["train"]);
  PoseSet validation = open_pose_files({resolved["data"]["validation"]});
  Json settled = settle(resolved, train.skeleton(), bf16_is_fast);
  RunConfig config = run_config(settled, train.skeleton());
  require_that_data_fits(config, train, validation);
  Json identity = identity_of(settled, train.fingerprints(), validation.fingerprints().front());
  std::string id = run_id(identity);
  return {options.folder, std::move(config), std::move(settled),   std::move(identity),
          std::move(id),  std::move(train),  std::move(validation)};
}

}  // namespace pbn
