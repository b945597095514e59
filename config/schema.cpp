#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn {
namespace {

constexpr bool execution = false;  // for Key::identity: how a run is carried out, not what it computes

const std::vector<Key>& schema() {
  static const std::vector<Key> keys{
      {"data.train", Kind::texts, Json::array(), "pose files to train on; their content is in the identity", execution},
      {"data.validation", Kind::text, "", "pose file to validate on; its content is in the identity", execution},

      {"model.stacks",
       Kind::integer,
       1,
       "stacked networks (Sec. 3.3; the paper: 8 for benchmarks, 3 in ablations)",
       true,
       {},
       1,
       8},
      {"model.features", Kind::integer, 256, "channels of the trunk, a multiple of 16", true, {}, 16, 1024},
      {"model.head",
       Kind::text,
       "plain",
       "baseline, deep baseline or part-based branches (Secs. 3.2, 4.3)",
       true,
       {"plain", "deep", "pbn"}},
      {"model.groups", Kind::groups, "related-5", "related parts of the pbn head: a name or lists of parts (Sec. 3.1)"},
      {"model.depth", Kind::integer, 1, "D, residual blocks in a branch", true, {}, 0, 3},
      {"model.width", Kind::integer, 64, "W, channels of a branch", true, {}, 4, 512},
      {"model.without", Kind::texts, Json::array(),
       "parts that are no tasks: no heat map, no loss, not in the means (Sec. 4.3, negative transfer)"},
      {"model.fusion",
       Kind::text,
       "shared",
       "features that the next stack gets (Fig. 4)",
       true,
       {"shared", "specific"}},
      {"model.batch_norm",
       Kind::text,
       "per-rank",
       "statistics over each rank's share or the global batch",
       true,
       {"per-rank", "synchronised"}},
      {"model.gamma",
       Kind::text,
       "one",
       "BatchNorm's gamma at the start: 1, or U(0,1) as Torch7 drew it",
       true,
       {"one", "uniform"}},

      {"train.epochs", Kind::integer, 250, "passes over the training people", true, {}, 1, 100000},
      {"train.global_batch", Kind::integer, 16, "people per step, over all ranks", true, {}, 1, 65536},
      {"train.accumulate",
       Kind::integer,
       1,
       "micro-batches that each rank's share of a step is worked off in; each has its own BatchNorm statistics, and so "
       "their size is in the identity",
       execution,
       {},
       1,
       65536},
      {"train.init", Kind::text, "",
       "weights.safetensors to start from, also of another head; its content is in the identity", execution},
      {"train.learning_rate", Kind::real, 2.5e-4, "of RMSProp", true, {}, 0, 10},
      {"train.drops",
       Kind::reals,
       {170, 220},
       "the learning rate is divided by 10 from these epochs (1-based), or after these fractions of the epochs when "
       "below 1",
       true,
       {},
       0,
       100000},
      {"train.rmsprop_decay", Kind::real, 0.99, "of the mean square", true, {}, 0, 1},
      {"train.rmsprop_epsilon", Kind::real, 1e-8, "added to the root of the mean square", true, {}, 0, 1},
      {"train.average",
       Kind::real,
       0.0,
       "decay per step of a running average of the weights, which then is what is validated and kept; 0: none",
       true,
       {},
       0,
       0.9999999},
      {"train.precision",
       Kind::text,
       "auto",
       "of the forward and backward pass; weights stay fp32 (auto: bf16 where the processor has it)",
       true,
       {"auto", "fp32", "bf16", "fp64"}},
      {"train.wire",
       Kind::text,
       "fp32",
       "what gradients go between the ranks as: bf16 is half as many bytes, and rounds each rank's before they are "
       "summed and once after",
       true,
       {"fp32", "bf16"}},
      {"train.on_nan",
       Kind::text,
       "stop",
       "at a step whose loss or gradient is NaN or infinite: stop and tell where from, or pass over the step",
       true,
       {"stop", "skip"}},
      {"train.sigma",
       Kind::real,
       1.75,
       "of the target Gaussian, in heat-map pixels (the paper's text: 1)",
       true,
       {},
       0.1,
       20},
      {"train.augment.scale",
       Kind::real,
       0.25,
       "scale 1 + s N(0,1), clipped to 1 +- s, apart in x and y",
       true,
       {},
       0,
       0.9},
      {"train.augment.rotate", Kind::real, 30.0, "degrees: N(0,1) times this, clipped to twice this", true, {}, 0, 180},
      {"train.augment.rotate_probability", Kind::real, 0.4, "of rotating at all", true, {}, 0, 1},
      {"train.augment.shear", Kind::real, 0.5, "N(0,1) times this, clipped to this, on both axes", true, {}, 0, 0.95},
      {"train.augment.shear_probability", Kind::real, 0.5, "of shearing at all", true, {}, 0, 1},
      {"train.augment.colour", Kind::real, 0.2, "each channel times U(1 - c, 1 + c)", true, {}, 0, 1},
      {"train.augment.flip_probability", Kind::real, 0.5, "of the mirror image", true, {}, 0, 1},

      {"test.scales",
       Kind::reals,
       Json::array({1.0}),
       "crop scales to average over (Sec. 4.2: 0.8 to 1.3)",
       execution,
       {},
       0.1,
       10},
      {"test.flip", Kind::boolean, false, "also test the mirror image and average", execution},
      {"test.shift", Kind::boolean, true, "quarter-pixel shift toward the higher neighbour", execution},
      {"test.lineage_border", Kind::boolean, false,
       "at a heat map's border as in pose-hg: no shift along either axis, and no fading to 0 where scales are averaged",
       execution},

      {"run.ranks",
       Kind::integer,
       1,
       "data-parallel workers; with per-rank BatchNorm each one's share of the batch is in the identity",
       execution,
       {},
       1,
       100000},
      {"run.threads", Kind::integer, 1, "threads of the network in each rank", execution, {}, 1, 1024},
      {"run.loader_threads", Kind::integer, 1, "threads that read and warp crops in each rank", execution, {}, 1, 256},
      {"run.device", Kind::text, "auto", "where the network runs", execution, {"auto", "cpu", "cuda"}},
      {"run.graph",
       Kind::text,
       "auto",
       "whether a step is recorded once and carried out as a whole, on a GPU as one CUDA graph (auto: on a GPU); micro-"
       "batches and odd batches never are",
       execution,
       {"auto", "on", "off"}},
      {"run.oversubscribe_devices", Kind::boolean, false, "several ranks on one GPU, where there are more than GPUs",
       execution},
      {"run.communicator",
       Kind::text,
       "auto",
       "who sums the gradients: memory that the ranks of a host share, MPI, or NCCL between GPUs",
       execution,
       {"auto", "shared", "mpi", "nccl"}},
      {"run.bucket_mib", Kind::real, 25.0, "gradient bucket size; the first one is 1 MiB", execution, {}, 0.001, 4096},
      {"run.checkpoint_seconds",
       Kind::real,
       300.0,
       "time between checkpoints (0: after every step); each epoch ends with one too",
       execution,
       {},
       0,
       1e9},
      {"run.keep_checkpoints",
       Kind::integer,
       2,
       "newest checkpoints that are kept, besides the one after the best validation",
       execution,
       {},
       1,
       1000000},
      {"run.watchdog",
       Kind::real,
       1800.0,
       "seconds without progress after which the run ends with code 70 and names the rank that the others wait for (at "
       "the start: 60 at least); 0: never",
       execution,
       {},
       0,
       1e9},
      {"run.validate_every",
       Kind::integer,
       5,
       "epochs between validations; the last epoch always ends with one",
       execution,
       {},
       1,
       100000},

      {"seed", Kind::integer, 1, "of weights, data order and augmentation", true, {}, 0, 4294967295.0},
  };
  return keys;
}

[[noreturn]] void refuse(const Key& key, const Json& value) {
  throw usage_error(key.path, "expected " + allowed_values(key), "{} is not allowed", value.dump());
}

void require_range(const Key& key, const Json& value, double number) {
  if (!(number >= key.least && number <= key.most)) refuse(key, value);
}

Json checked_list(const Key& key, const Json& value, bool (Json::*is_element)() const noexcept) {
  Json list = value.is_array() ? value : Json::array({value});
  for (auto& element : list) {
    if (!(element.*is_element)()) refuse(key, value);
    if (element.is_number()) {
      require_range(key, value, element);
      element = element.get<double>();
    }
  }
  return list;
}

Json checked_groups(const Key& key, const Json& value) {
  const bool is_source = value.is_object() && value.size() == 2 && value.contains("related") &&
                         value.contains("from") && value["related"].is_number_integer() && value["from"].is_string();
  if (!value.is_string() && !value.is_array() && !is_source) refuse(key, value);
  return value;
}

void collect_paths(const Json& value, const std::string& path, std::vector<std::string>& leaves) {
  if (!value.is_object() || find_key(path)) return leaves.push_back(path);
  for (const auto& [name, inner] : value.items()) collect_paths(inner, path.empty() ? name : path + "." + name, leaves);
}

}  // namespace

std::span<const Key> all_keys() { return schema(); }

const Key* find_key(const std::string& path) {
  const auto& keys = schema();
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.path == path; });
  return found == keys.end() ? nullptr : &*found;
}

std::string unknown_key_hint(const std::string& path) {
  std::vector<std::string> paths;
  for (const Key& key : schema()) paths.push_back(key.path);
  return suggestion(path, paths);
}

Json checked(const Key& key, const Json& value) {
  switch (key.kind) {
    case Kind::boolean:
      if (!value.is_boolean()) refuse(key, value);
      return value;
    case Kind::integer:
      if (!value.is_number_integer()) refuse(key, value);
      require_range(key, value, value);
      return value;
    case Kind::real:
      if (!value.is_number()) refuse(key, value);
      require_range(key, value, value);
      return value.get<double>();
    case Kind::text: {
      const bool allowed =
          value.is_string() &&
          (key.choices.empty() || std::count(key.choices.begin(), key.choices.end(), value.get<std::string>()) > 0);
      if (!allowed && value.is_string()) {
        throw usage_error(key.path, suggestion(value.get<std::string>(), key.choices), "unknown value {}",
                          value.dump());
      }
      if (!allowed) refuse(key, value);
      return value;
    }
    case Kind::texts:
      return checked_list(key, value, &Json::is_string);
    case Kind::reals:
      return checked_list(key, value, &Json::is_number);
    case Kind::groups:
      return checked_groups(key, value);
  }
  throw bug_error(key.path, "", "a key without a kind");
}

Json parse_option(const Key& key, const std::string& text) {
  const auto as_json = [](const std::string& json) { return Json::parse(json, nullptr, /*allow_exceptions=*/false); };
  Json value = as_json(text);
  const bool is_list = key.kind == Kind::texts || key.kind == Kind::reals;
  if (value.is_discarded() && is_list) value = as_json("[" + text + "]");
  const bool is_literal = value.is_discarded() || (key.kind == Kind::text && !value.is_string());
  return checked(key, is_literal ? Json(text) : value);
}

std::string allowed_values(const Key& key) {
  const auto range = [&](const char* what) {
    return key.least > -1e299 ? fmt::format("{} from {} to {}", what, key.least, key.most) : std::string(what);
  };
  switch (key.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return range("a whole number");
    case Kind::real:
      return range("a number");
    case Kind::reals:
      return range("a list of numbers");
    case Kind::texts:
      return "a list of texts";
    case Kind::groups:
      return "a name, a list of lists of parts, or {related: K, from: FILE}";
    case Kind::text:
      return key.choices.empty() ? "text" : fmt::format("one of {}", fmt::join(key.choices, ", "));
  }
  return "";
}

Json resolve(const Json& given, const std::string& where) {
  std::vector<std::string> leaves;
  if (!given.empty()) collect_paths(given, "", leaves);
  for (const auto& path : leaves) {
    if (!find_key(path)) throw usage_error(where, unknown_key_hint(path), "unknown key \"{}\"", path);
  }
  Json resolved = Json::object();
  for (const Key& key : schema()) {
    const Json& value = at_path(given, key.path);
    try {
      set_path(resolved, key.path, value.is_null() ? key.standard : checked(key, value));
    } catch (const Error& error) {
      throw Error(error.blame, where.empty() ? error.where : where + ": " + error.where, error.problem, error.hint);
    }
  }
  return resolved;
}

}  // namespace pbn
