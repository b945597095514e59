#include "config/run_config.h"

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "config/schema.h"
#include "config/test_protocol.h"

namespace pbn {
namespace {

Skeleton tasks_of(const Json& model, const Skeleton& skeleton) {
  return without_parts(skeleton, model["without"].get<std::vector<std::string>>());
}

// So that whoever reads a configuration, or the metadata of weights, may believe what it says. A section "model".
Json with_idle_settings_at_defaults(Json model) {
  const std::string section = "model.";
  const auto setting = [&](const std::string& path) -> const Json& { return model[path.substr(section.size())]; };
  for (const Key& key : all_keys()) {
    if (!key.path.starts_with(section) || uses_setting(setting, key.path)) continue;
    model[key.path.substr(section.size())] = key.standard;
  }
  return model;
}

Precision precision_named(const std::string& name) {
  if (name == "auto") throw bug_error("train.precision", "", "\"auto\" was not settled");
  return name == "fp32" ? Precision::fp32 : name == "bf16" ? Precision::bf16 : Precision::fp64;
}

Training training(const Json& train) {
  const Json& augment = train["augment"];
  return {train["epochs"],
          train["global_batch"],
          train["learning_rate"],
          train["drops"].get<std::vector<double>>(),
          train["rmsprop_decay"],
          train["rmsprop_epsilon"],
          precision_named(train["precision"]),
          train["sigma"],
          {augment["scale"], augment["rotate"], augment["rotate_probability"], augment["shear"],
           augment["shear_probability"], augment["colour"], augment["flip_probability"]},
          train["accumulate"],
          train["average"],
          train["init"],
          train["on_nan"] == "skip" ? OnNan::skip : OnNan::stop,
          train["wire"] == "bf16" ? Wire::bf16 : Wire::fp32};
}

Execution execution(const Json& run) {
  return {run["ranks"],
          run["threads"],
          run["loader_threads"],
          run["device"],
          run["communicator"],
          run["bucket_mib"],
          run["checkpoint_seconds"],
          run["validate_every"],
          run["keep_checkpoints"],
          run["watchdog"],
          run["graph"]};
}

}  // namespace

double Training::learning_rate_in(int epoch) const {
  const auto has_dropped = [&](double drop) { return drop < 1 ? epoch - 1 >= drop * epochs - 1e-9 : epoch >= drop; };
  double rate = learning_rate;
  for (const double drop : drops) rate = has_dropped(drop) ? rate / 10 : rate;
  return rate;
}

ModelSpec model_spec(const Json& given, const Skeleton& tasks) {
  const Json model = with_idle_settings_at_defaults(given);
  ModelSpec spec;
  spec.parts = tasks.size();
  spec.stacks = model["stacks"];
  spec.features = model["features"];
  spec.head = model["head"] == "plain" ? Head::plain : model["head"] == "deep" ? Head::deep : Head::pbn;
  if (spec.head == Head::pbn) spec.groups = resolve_groups(model["groups"], tasks);
  spec.depth = model["depth"];
  spec.width = model["width"];
  spec.fusion = model["fusion"] == "shared" ? Fusion::shared : Fusion::specific;
  spec.synchronised_batch_norm = model["batch_norm"] == "synchronised";
  spec.uniform_gamma = model["gamma"] == "uniform";
  if (spec.features % 16 != 0) {
    throw usage_error("model.features", "", "{} is not a multiple of 16", spec.features);
  }
  if (spec.head == Head::pbn && spec.width % 4 != 0) {
    throw usage_error("model.width", "", "{} is not a multiple of 4", spec.width);
  }
  return spec;
}

bool uses_setting(const SettingAt& settled, const std::string& path) {
  const auto has_branches = [&] { return settled("model.head") == "pbn"; };
  if (path == "model.groups" || path == "model.depth" || path == "model.width") return has_branches();
  if (path == "model.fusion") return has_branches() && settled("model.stacks") != 1;
  if (path == "train.augment.rotate") return settled("train.augment.rotate_probability") != 0.0;
  if (path == "train.augment.shear") return settled("train.augment.shear_probability") != 0.0;
  return true;
}

bool uses_setting(const Json& settled, const std::string& path) {
  return uses_setting([&](const std::string& other) -> const Json& { return at_path(settled, other); }, path);
}

Json settled_training(Json train, bool bf16_is_fast) {
  Json& precision = train["precision"];
  if (precision == "auto") precision = bf16_is_fast ? "bf16" : "fp32";
  return train;
}

Json settled_model(Json model, const Skeleton& skeleton) {
  const Skeleton tasks = tasks_of(model, skeleton);
  Json left_out = Json::array();
  for (const std::string& part : skeleton.parts) {
    if (tasks.index_of(part) < 0) left_out.push_back(part);
  }
  model["without"] = left_out;  // in the skeleton's order: the order in which they are named says nothing
  Json& groups = model["groups"];
  if (groups.is_object()) throw bug_error("model.groups", "", "groups from a file were not computed");
  if (model["head"] == "pbn") {
    groups = to_json(resolve_groups(groups_without(groups, left_out.get<std::vector<std::string>>()), tasks), tasks);
  }
  return with_idle_settings_at_defaults(std::move(model));
}

Json settle(Json resolved, const Skeleton& skeleton, bool bf16_is_fast) {
  resolved["train"] = settled_training(std::move(resolved["train"]), bf16_is_fast);
  resolved["model"] = settled_model(std::move(resolved["model"]), skeleton);
  return resolved;
}

ModelSpec model_spec_for(const Json& settled_model, const Skeleton& skeleton) {
  return model_spec(settled_model, tasks_of(settled_model, skeleton));
}

void require_even_shares(int global_batch, int accumulate, int ranks) {
  if (global_batch % (ranks * accumulate) == 0) return;
  throw usage_error("train.global_batch", "choose a multiple of ranks x micro-batches",
                    "{} people cannot be shared evenly by {} ranks{}", global_batch, ranks,
                    accumulate == 1 ? "" : fmt::format(" of {} micro-batches", accumulate));
}

RunConfig run_config(const Json& settled, const Skeleton& skeleton) {
  RunConfig config;
  config.tasks = tasks_of(settled["model"], skeleton);
  config.model = model_spec(settled["model"], config.tasks);
  config.train = training(settled["train"]);
  config.test = testing(settled["test"]);
  config.run = execution(settled["run"]);
  config.train_files = settled["data"]["train"].get<std::vector<std::string>>();
  config.validation_file = settled["data"]["validation"];
  config.seed = settled["seed"];
  require_even_shares(config.train.global_batch, config.train.accumulate, config.run.ranks);
  return config;
}

Json identity_of_section(const Json& settled, const std::string& section) {
  const std::string within = section + ".";
  Json identity = Json::object();
  for (const Key& key : all_keys()) {
    if (!key.identity || !key.path.starts_with(within) || !uses_setting(settled, key.path)) continue;
    const Json& value = at_path(settled, key.path);
    if (value != key.standard) identity[key.path] = value;
  }
  return identity;
}

std::optional<int> samples_per_batch_norm(const Json& batch_norm, int global_batch, int accumulate, int ranks) {
  const bool per_rank = batch_norm == "per-rank";
  if (!per_rank && accumulate == 1) return std::nullopt;
  return global_batch / (accumulate * (per_rank ? ranks : 1));
}

Json identity_of(const Json& settled, const std::vector<std::string>& train_fingerprints,
                 const std::string& validation_fingerprint) {
  Json identity = {{"seed", settled["seed"]},
                   {"data", {{"train", train_fingerprints}, {"validation", validation_fingerprint}}},
                   {"recipe_version", recipe_version}};
  for (const auto& [section, settings] : settled.items()) identity.update(identity_of_section(settled, section));
  const Json& train = settled["train"];
  if (const auto samples = samples_per_batch_norm(settled["model"]["batch_norm"], train["global_batch"],
                                                  train["accumulate"], settled["run"]["ranks"])) {
    identity["samples_per_batch_norm"] = *samples;
  }
  if (const std::string init = at_path(settled, "train.init"); !init.empty()) {
    identity["train.init"] = sha256_hex(read_file(init));
  }
  return identity;
}

std::string run_id(const Json& identity) { return sha256_hex(canonical(identity)); }

std::string cell_id(Json identity) {
  identity.erase("seed");
  return sha256_hex(canonical(identity));
}

}  // namespace pbn
