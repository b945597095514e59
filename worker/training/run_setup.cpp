#include "worker/training/run_setup.h"

#include "base/error.h"
#include "config/identity.h"
#include "config/schema.h"
#include "data/loading/mean_colour.h"
#include "worker/prediction/validation.h"

namespace pbn::worker {
namespace {

// With the skeleton `as`, or that of the first file.
data::PoseSet open_pose_files(const std::string& option, const std::vector<std::string>& paths,
                              const config::Skeleton* as = nullptr) {
  std::vector<data::PoseFile> files;
  for (const auto& path : paths) data::require_labelled_joints(files.emplace_back(path), option);
  return data::PoseSet(std::move(files), as);
}

void require_that_data_fits(const config::RunConfig& config, const data::PoseSet& train,
                            const data::PoseSet& validation) {
  if (train.input_pixels() != validation.input_pixels()) {
    throw data_error("data.validation", "prepare both with the same --box",
                     "training has boxes of {} px, validation of {} px", train.input_pixels(),
                     validation.input_pixels());
  }
  config::require_input_side(train.input_pixels(), "data.train");
  for (const auto* set : {&train, &validation}) {
    if (set->size() < config.run.ranks) {
      throw usage_error(set == &train ? "data.train" : "data.validation", "use fewer ranks",
                        "{} people are too few for {} ranks", set->size(), config.run.ranks);
    }
  }
  if (train.size() < config.train.global_batch) {
    throw usage_error("train.global_batch", "choose a smaller batch", "{} is more than the {} training people",
                      config.train.global_batch, train.size());
  }
  const auto last_batch = train.size() % config.train.global_batch;
  const int shares = config.run.ranks * config.train.accumulate;
  if (config.model.synchronised_batch_norm && last_batch > 0 && last_batch < shares) {
    throw usage_error("train.global_batch", "choose another global batch, fewer ranks or fewer micro-batches",
                      "the last batch of an epoch has {} people, too few for synchronised BatchNorm in {} shares",
                      last_batch, shares);
  }
  require_crops_for(config.test, validation);
}

}  // namespace

std::string GivenSettings::device() const {
  const Json& device = at_path(values, "run.device");
  return device.is_string() ? device.get<std::string>() : "auto";
}

bool GivenSettings::shares_devices() const { return at_path(values, "run.oversubscribe_devices") == true; }

Json resolved_settings(const GivenSettings& given, int ranks) {
  Json resolved = config::resolve(given.values, given.place);
  const Json& wanted = at_path(given.values, "run.ranks");
  if (!wanted.is_null() && wanted != ranks) {
    throw usage_error("run.ranks", fmt::format("start it with mpirun -np {}", wanted.dump()),
                      "the configuration is for {} ranks, but {} were started", wanted.dump(), ranks);
  }
  resolved["run"]["ranks"] = ranks;
  return resolved;
}

RunSetup set_up_run(const GivenSettings& given, int ranks, bool bf16_is_fast) {
  const Json resolved = resolved_settings(given, ranks);
  data::PoseSet validation = open_pose_files("data.validation", {resolved["data"]["validation"]});
  data::PoseSet train = open_pose_files("data.train", resolved["data"]["train"], &validation.skeleton());
  Json canonical = config::canonical_settings(resolved, validation.skeleton(), bf16_is_fast);
  config::RunConfig config = config::run_config(canonical, validation.skeleton());
  require_that_data_fits(config, train, validation);
  if (config.train.mean.is_of_dataset) config.train.mean.rgb = data::mean_colour(train, config.run.loader_threads);
  const config::ContentDigests content{train.fingerprints(), validation.fingerprints().front(),
                                       config::digest_of_weights(config.train.init)};
  Json identity = config::identity_of(canonical, content);
  std::string id = config::run_id(identity);
  std::vector<std::string> advice;
  if (!given.is_prepared) advice = config::advice_about(given.values, resolved);
  return {given.folder,  std::move(config), std::move(canonical),  std::move(identity),
          std::move(id), std::move(train),  std::move(validation), std::move(advice)};
}

}  // namespace pbn::worker
