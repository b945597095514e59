#include "config/run_config.h"

#include "base/error.h"
#include "config/schema.h"

namespace pbn::config {
namespace {

const std::string model_section = "model.";

Skeleton tasks_of(const Json& model, const Skeleton& skeleton) {
  return without_parts(skeleton, model["without"].get<std::vector<std::string>>());
}

std::string name_in_section(const Key& key) { return key.path.substr(key.path.find('.') + 1); }

// A configuration and the metadata of weights must not show values that have no effect.
Json with_idle_settings_at_defaults(Json model) {
  const auto setting = [&](const std::string& path) -> const Json& { return model[path.substr(model_section.size())]; };
  for (const Key& key : all_keys()) {
    if (key.path.starts_with(model_section) && !is_used(key, setting)) model[name_in_section(key)] = key.default_value;
  }
  return model;
}

MeanColour mean_colour(const Json& setting) {
  if (setting.is_string()) return {.is_of_dataset = setting == "dataset"};
  return {.rgb = setting.get<std::array<double, 3>>()};
}

}  // namespace

double Training::learning_rate_in(int epoch) const {
  const auto has_dropped = [&](double drop) { return drop < 1 ? epoch - 1 >= drop * epochs - 1e-9 : epoch >= drop; };
  double rate = learning_rate;
  for (const double drop : drops) rate = has_dropped(drop) ? rate / 10 : rate;
  return rate;
}

Json canonical_training(Json resolved, bool bf16_is_fast) {
  Json& precision = resolved["precision"];
  if (precision == "auto") precision = bf16_is_fast ? "bf16" : "fp32";
  return resolved;
}

Json canonical_model(Json model, const Skeleton& skeleton) {
  const Skeleton tasks = tasks_of(model, skeleton);
  Json left_out = Json::array();
  for (const std::string& part : skeleton.parts) {
    if (tasks.index_of(part) < 0) left_out.push_back(part);
  }
  model["without"] = left_out;  // in the skeleton's order, whatever order was given
  Json& groups = model["groups"];
  if (groups.is_object()) throw bug_error("model.groups", "", "groups from a file have not been computed");
  if (model["head"] == "pbn") {
    groups = to_json(resolve_groups(groups_without(groups, left_out.get<std::vector<std::string>>()), tasks), tasks);
  }
  return with_idle_settings_at_defaults(std::move(model));
}

// Nobody has confirmed our own kernels on a GPU yet (docs/design.md), so that auto is LibTorch's.
Json canonical_execution(Json resolved) {
  Json& kernels = resolved["kernels"];
  if (kernels == "auto" || resolved["device"] == "cpu") kernels = "aten";
  return resolved;
}

Json canonical_settings(Json resolved, const Skeleton& skeleton, bool bf16_is_fast) {
  resolved["train"] = canonical_training(std::move(resolved["train"]), bf16_is_fast);
  resolved["model"] = canonical_model(std::move(resolved["model"]), skeleton);
  resolved["run"] = canonical_execution(std::move(resolved["run"]));
  return resolved;
}

ModelSpec model_spec(const Json& resolved, const Skeleton& tasks) {
  const Json model = with_idle_settings_at_defaults(resolved);
  RunConfig config;
  for (const Key& key : all_keys()) {
    if (!key.path.starts_with(model_section) || !key.field.write) continue;
    key.field.write(config, checked(key, model.at(name_in_section(key))), key.choices);
  }
  config.model.parts = tasks.size();
  if (config.model.head == Head::pbn) config.model.groups = resolve_groups(model["groups"], tasks);
  return config.model;
}

Json to_json(const ModelSpec& spec, const Skeleton& tasks) {
  RunConfig config;
  config.model = spec;
  Json model = Json::object();
  model["groups"] = to_json(spec.groups, tasks);
  for (const Key& key : all_keys()) {
    if (!key.path.starts_with(model_section) || !key.field.read) continue;
    model[name_in_section(key)] = key.field.read(config, key.choices);
  }
  return model;
}

ModelSpec model_spec_for(const Json& canonical_model, const Skeleton& skeleton) {
  return model_spec(canonical_model, tasks_of(canonical_model, skeleton));
}

RunConfig run_config(const Json& canonical, const Skeleton& skeleton) {
  for (const char* path : {"train.precision", "run.kernels"}) {
    if (at_path(canonical, path) == "auto") throw bug_error(path, "", "\"auto\" is not canonical");
  }
  RunConfig config;
  for (const Key& key : all_keys()) {
    if (key.field.write) key.field.write(config, at_path(canonical, key.path), key.choices);
  }
  config.tasks = tasks_of(canonical["model"], skeleton);
  config.train.mean = mean_colour(at_path(canonical, "train.mean"));
  config.model = model_spec(canonical["model"], config.tasks);
  require_even_shares(config.train.global_batch, config.train.accumulate, config.run.ranks);
  require_device_for(at_path(canonical, "train.precision"), config.run.device);
  return config;
}

void require_even_shares(int global_batch, int accumulate, int ranks) {
  if (global_batch % (ranks * accumulate) == 0) return;
  throw usage_error("train.global_batch", "choose a multiple of ranks x micro-batches",
                    "{} people cannot be shared evenly by {} ranks{}", global_batch, ranks,
                    accumulate == 1 ? "" : fmt::format(" of {} micro-batches", accumulate));
}

void require_device_for(const std::string& precision, const std::string& device) {
  if (precision != "tf32" || device != "cpu") return;
  throw usage_error("train.precision", "use fp32 or bf16, or a machine with a GPU",
                    "tf32 is a number format of GPUs, but the device is the CPU");
}

}  // namespace pbn::config
