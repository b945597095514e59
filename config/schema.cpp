#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/run_config.h"
#include "config/setting_label.h"

namespace pbn {
namespace {

template <typename Value>
void write_field(Value& field, const Json& value, const Field::Choices& choices) {
  const auto choice = [&] { return std::find(choices.begin(), choices.end(), value) - choices.begin(); };
  if constexpr (std::is_enum_v<Value>) {
    field = static_cast<Value>(choice());
  } else if constexpr (std::is_same_v<Value, bool>) {
    field = choices.empty() ? value.get<bool>() : choice() == 1;
  } else {
    field = value.get<Value>();
  }
}

template <typename Value>
Json read_field(const Value& field, const Field::Choices& choices) {
  if constexpr (std::is_enum_v<Value> || std::is_same_v<Value, bool>) {
    if (!choices.empty()) return choices[static_cast<std::size_t>(field)];
  }
  if constexpr (std::is_enum_v<Value>) {
    throw bug_error("", "", "an enumerator without a name");
  } else {
    return field;
  }
}

// The member of RunConfig that these lead to: field<&RunConfig::model, &ModelSpec::depth>().
template <auto... members>
Field field() {
  return {[](RunConfig& config, const Json& value, const Field::Choices& choices) {
            write_field((config.*....*members), value, choices);
          },
          [](const RunConfig& config, const Field::Choices& choices) {
            return read_field((config.*....*members), choices);
          }};
}

const UsedWhen with_branches{.path = "model.head", .value = "pbn"};
const UsedWhen with_several_stacks{.path = "model.stacks", .value = 1, .is_equal = false};
const UsedWhen with_rotation{.path = "train.augment.rotate_probability", .value = 0.0, .is_equal = false};
const UsedWhen with_shear{.path = "train.augment.shear_probability", .value = 0.0, .is_equal = false};

std::vector<Key> data_keys() {
  return {
      {.path = "data.train",
       .kind = Kind::texts,
       .default_value = Json::array(),
       .help = "pose files to train on; their content is in the identity",
       .in_identity = InIdentity::content,
       .label = label_of_data_files,
       .field = field<&RunConfig::train_files>()},
      {.path = "data.validation",
       .kind = Kind::text,
       .default_value = "",
       .help = "pose file to validate on; its content is in the identity",
       .in_identity = InIdentity::content,
       .label = label_of_data_files,
       .field = field<&RunConfig::validation_file>()},
  };
}

std::vector<Key> model_keys() {
  return {
      {.path = "model.head",
       .kind = Kind::text,
       .default_value = "plain",
       .help = "head of each stack: baseline, deep baseline or part-based branches (Secs. 3.2, 4.3)",
       .choices = {"plain", "deep", "pbn"},
       .label = in_words("{}"),
       .field = field<&RunConfig::model, &ModelSpec::head>()},
      {.path = "model.stacks",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "number of stacked networks (Sec. 3.3; the paper: 8 for benchmarks, 3 in ablations)",
       .least = 1,
       .most = 8,
       .label = in_words("{} stacks", "1 stack"),
       .field = field<&RunConfig::model, &ModelSpec::stacks>()},
      {.path = "model.features",
       .kind = Kind::integer,
       .default_value = 256,
       .help = "channels of the trunk",
       .least = 16,
       .most = 1024,
       .multiple_of = 16,
       .label = in_words("{} features"),
       .field = field<&RunConfig::model, &ModelSpec::features>()},
      {.path = "model.groups",
       .kind = Kind::groups,
       .default_value = "related-5",
       .help = "related parts of the pbn head: a name or lists of parts (Sec. 3.1)",
       .used_when = {with_branches},
       .label = label_of_groups},
      {.path = "model.depth",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "D, residual blocks in each branch of the pbn head",
       .least = 0,
       .most = 3,
       .used_when = {with_branches},
       .label = in_words("D{}"),
       .field = field<&RunConfig::model, &ModelSpec::depth>()},
      {.path = "model.width",
       .kind = Kind::integer,
       .default_value = 64,
       .help = "W, channels of each branch of the pbn head",
       .least = 4,
       .most = 512,
       .multiple_of = 4,
       .used_when = {with_branches},
       .label = in_words("W{}"),
       .field = field<&RunConfig::model, &ModelSpec::width>()},
      {.path = "model.without",
       .kind = Kind::texts,
       .default_value = Json::array(),
       .help = "parts that the network does not learn: no heat map, no loss, not in the means (Sec. 4.3, negative "
               "transfer)",
       .label = label_of_parts_left_out},
      {.path = "model.fusion",
       .kind = Kind::text,
       .default_value = "shared",
       .help = "features that the next stack gets (Fig. 4)",
       .choices = {"shared", "specific"},
       .used_when = {with_branches, with_several_stacks},
       .label = in_words("fusion of {} features"),
       .field = field<&RunConfig::model, &ModelSpec::fusion>()},
      {.path = "model.batch_norm",
       .kind = Kind::text,
       .default_value = "per-rank",
       .help = "BatchNorm's statistics: over each rank's share of the batch or over the global batch",
       .choices = {"per-rank", "synchronised"},
       .field = field<&RunConfig::model, &ModelSpec::synchronised_batch_norm>()},
      {.path = "model.gamma",
       .kind = Kind::text,
       .default_value = "one",
       .help = "BatchNorm's gamma at the start: 1, or U(0,1) as Torch7 drew it",
       .choices = {"one", "uniform"},
       .field = field<&RunConfig::model, &ModelSpec::uniform_gamma>()},
  };
}

std::vector<Key> training_keys() {
  return {
      {.path = "train.epochs",
       .kind = Kind::integer,
       .default_value = 250,
       .help = "passes over the training people",
       .least = 1,
       .most = 100000,
       .field = field<&RunConfig::train, &Training::epochs>()},
      {.path = "train.global_batch",
       .kind = Kind::integer,
       .default_value = 16,
       .help = "people per step, over all ranks",
       .least = 1,
       .most = 65536,
       .field = field<&RunConfig::train, &Training::global_batch>()},
      {.path = "train.accumulate",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "micro-batches in which each rank works off its share of a step; each has its own BatchNorm "
               "statistics, and so their size is in the identity",
       .least = 1,
       .most = 65536,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::train, &Training::accumulate>()},
      {.path = "train.init",
       .kind = Kind::text,
       .default_value = "",
       .help = "weights.safetensors to start from, also of another head; its content is in the identity",
       .in_identity = InIdentity::content,
       .label = label_of_weights,
       .field = field<&RunConfig::train, &Training::init>()},
      {.path = "train.learning_rate",
       .kind = Kind::real,
       .default_value = 2.5e-4,
       .help = "learning rate of RMSProp",
       .least = 0,
       .most = 10,
       .field = field<&RunConfig::train, &Training::learning_rate>()},
      {.path = "train.drops",
       .kind = Kind::reals,
       .default_value = {170, 220},
       .help = "the learning rate is divided by 10 from these epochs on (1-based), or after these fractions of the "
               "epochs when below 1",
       .least = 0,
       .most = 100000,
       .field = field<&RunConfig::train, &Training::drops>()},
      {.path = "train.rmsprop_decay",
       .kind = Kind::real,
       .default_value = 0.99,
       .help = "decay per step of RMSProp's mean square",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::rmsprop_decay>()},
      {.path = "train.rmsprop_epsilon",
       .kind = Kind::real,
       .default_value = 1e-8,
       .help = "what RMSProp adds to the root of the mean square",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::rmsprop_epsilon>()},
      {.path = "train.average",
       .kind = Kind::real,
       .default_value = 0.0,
       .help = "decay per step of a running average of the weights, which then is what is validated and kept; 0: "
               "none",
       .least = 0,
       .most = 0.9999999,
       .field = field<&RunConfig::train, &Training::average>()},
      {.path = "train.precision",
       .kind = Kind::text,
       .default_value = "auto",
       .help = "precision of the forward and backward pass; weights stay fp32 (auto: bf16 where the processor or "
               "GPU computes it)",
       .choices = {"fp32", "bf16", "fp64", "auto"},
       .field = field<&RunConfig::train, &Training::precision>()},
      {.path = "train.wire",
       .kind = Kind::text,
       .default_value = "fp32",
       .help = "number format in which gradients go between the ranks: bf16 is half as many bytes, and rounds each "
               "rank's before they are summed and once after",
       .choices = {"fp32", "bf16"},
       .field = field<&RunConfig::train, &Training::wire>()},
      {.path = "train.on_nan",
       .kind = Kind::text,
       .default_value = "stop",
       .help = "at a step whose loss or gradient is NaN or infinite: stop and say where it came from, or skip the "
               "step",
       .choices = {"stop", "skip"},
       .field = field<&RunConfig::train, &Training::on_nan>()},
      {.path = "train.sigma",
       .kind = Kind::real,
       .default_value = 1.75,
       .help = "sigma of the target Gaussian, in heat-map pixels (the paper's text: 1)",
       .least = 0.1,
       .most = 20,
       .doubtful_above = 3,
       .doubt = "is wider than the target's window, which is 7x7 cells whatever sigma is: the target is an almost flat "
                "square "
                "then",
       .field = field<&RunConfig::train, &Training::sigma>()},
  };
}

std::vector<Key> augmentation_keys() {
  return {
      {.path = "train.augment.scale",
       .kind = Kind::real,
       .default_value = 0.25,
       .help = "s of the random scale 1 + s N(0,1), clipped to 1 +- s, drawn for x and y each",
       .least = 0,
       .most = 0.9,
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::scale>()},
      {.path = "train.augment.rotate",
       .kind = Kind::real,
       .default_value = 30.0,
       .help = "degrees of the random rotation: N(0,1) times this, clipped to twice this",
       .least = 0,
       .most = 180,
       .used_when = {with_rotation},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::rotate>()},
      {.path = "train.augment.rotate_probability",
       .kind = Kind::real,
       .default_value = 0.4,
       .help = "probability that a person is rotated",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::rotate_probability>()},
      {.path = "train.augment.shear",
       .kind = Kind::real,
       .default_value = 0.5,
       .help = "random shear: N(0,1) times this, clipped to this, on both axes",
       .least = 0,
       .most = 0.95,
       .used_when = {with_shear},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::shear>()},
      {.path = "train.augment.shear_probability",
       .kind = Kind::real,
       .default_value = 0.5,
       .help = "probability that a person is sheared",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::shear_probability>()},
      {.path = "train.augment.colour",
       .kind = Kind::real,
       .default_value = 0.2,
       .help = "c of the random colour: each channel times U(1 - c, 1 + c)",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::colour>()},
      {.path = "train.augment.flip_probability",
       .kind = Kind::real,
       .default_value = 0.5,
       .help = "probability of the mirror image",
       .least = 0,
       .most = 1,
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::flip_probability>()},
  };
}

std::vector<Key> test_keys() {
  return {
      {.path = "test.scales",
       .kind = Kind::reals,
       .default_value = Json::array({1.0}),
       .help = "crop scales to average over (Sec. 4.2: 0.8 to 1.3)",
       .least = 0.1,
       .most = 10,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::test, &Testing::scales>()},
      {.path = "test.flip",
       .kind = Kind::boolean,
       .default_value = false,
       .help = "also test the mirror image and average",
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::test, &Testing::flip>()},
      {.path = "test.shift",
       .kind = Kind::boolean,
       .default_value = true,
       .help = "shift each maximum by a quarter pixel toward its higher neighbour",
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::test, &Testing::shift>()},
      {.path = "test.lineage_border",
       .kind = Kind::boolean,
       .default_value = false,
       .help = "treat a heat map's border as pose-hg does: no shift along either axis, and no fading to 0 where "
               "scales are averaged",
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::test, &Testing::lineage_border>()},
  };
}

std::vector<Key> execution_keys() {
  return {
      {.path = "run.ranks",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "data-parallel workers; with per-rank BatchNorm each one's share of the batch is in the identity",
       .least = 1,
       .most = 100000,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::ranks>()},
      {.path = "run.threads",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "threads of the network in each rank",
       .least = 1,
       .most = 1024,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::threads>()},
      {.path = "run.loader_threads",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "threads that read and warp crops in each rank",
       .least = 1,
       .most = 256,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::loader_threads>()},
      {.path = "run.device",
       .kind = Kind::text,
       .default_value = "auto",
       .help = "where the network runs",
       .choices = {"auto", "cpu", "cuda"},
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::device>()},
      {.path = "run.graph",
       .kind = Kind::text,
       .default_value = "auto",
       .help = "whether a step is recorded once and then replayed as a whole, on a GPU as one CUDA graph (auto: on "
               "a GPU); micro-batches and odd batches never are",
       .choices = {"auto", "on", "off"},
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::graph>()},
      {.path = "run.oversubscribe_devices",
       .kind = Kind::boolean,
       .default_value = false,
       .help = "let several ranks share a GPU where there are more ranks than GPUs",
       .in_identity = InIdentity::no},
      {.path = "run.communicator",
       .kind = Kind::text,
       .default_value = "auto",
       .help = "who sums the gradients: memory that the ranks of a host share, MPI, or NCCL between GPUs",
       .choices = {"auto", "shared", "mpi", "nccl"},
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::communicator>()},
      {.path = "run.bucket_mib",
       .kind = Kind::real,
       .default_value = 25.0,
       .help = "size of a gradient bucket in MiB; the first one has 1 MiB",
       .least = 0.001,
       .most = 4096,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::bucket_mib>()},
      {.path = "run.checkpoint_seconds",
       .kind = Kind::real,
       .default_value = 300.0,
       .help = "seconds between checkpoints (0: after every step); each epoch ends with one too",
       .least = 0,
       .most = 1e9,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::checkpoint_seconds>()},
      {.path = "run.keep_checkpoints",
       .kind = Kind::integer,
       .default_value = 2,
       .help = "number of newest checkpoints to keep, besides the one after the best validation",
       .least = 1,
       .most = 1000000,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::keep_checkpoints>()},
      {.path = "run.watchdog",
       .kind = Kind::real,
       .default_value = 1800.0,
       .help = "seconds without progress after which the run ends with code 70 and names the rank that the others "
               "wait for (at the start: 60 at least); 0: never",
       .least = 0,
       .most = 1e9,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::watchdog>()},
      {.path = "run.validate_every",
       .kind = Kind::integer,
       .default_value = 5,
       .help = "epochs between validations; the last epoch always ends with one",
       .least = 1,
       .most = 100000,
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::run, &Execution::validate_every>()},
  };
}

std::vector<Key> seed_keys() {
  return {
      {.path = "seed",
       .kind = Kind::integer,
       .default_value = 1,
       .help = "seed of the weights, the order of the data and augmentation",
       .least = 0,
       .most = 4294967295.0,
       .field = field<&RunConfig::seed>()},
  };
}

std::vector<Key> every_key() {
  std::vector<Key> keys;
  for (const auto section :
       {data_keys, model_keys, training_keys, augmentation_keys, test_keys, execution_keys, seed_keys}) {
    for (Key& key : section()) keys.push_back(std::move(key));
  }
  return keys;
}

void collect_paths(const Json& value, const std::string& path, std::vector<std::string>& leaves) {
  if (!value.is_object() || find_key(path)) return leaves.push_back(path);
  for (const auto& [name, inner] : value.items()) collect_paths(inner, path.empty() ? name : path + "." + name, leaves);
}

}  // namespace

std::span<const Key> all_keys() {
  static const std::vector<Key> keys = every_key();
  return keys;
}

const Key* find_key(const std::string& path) {
  const auto keys = all_keys();
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.path == path; });
  return found == keys.end() ? nullptr : &*found;
}

std::string unknown_key_hint(const std::string& path) {
  std::vector<std::string> paths;
  for (const Key& key : all_keys()) paths.push_back(key.path);
  return suggestion(path, paths);
}

Json resolve(const Json& given, const std::string& where) {
  std::vector<std::string> leaves;
  if (!given.empty()) collect_paths(given, "", leaves);
  for (const auto& path : leaves) {
    if (!find_key(path)) throw usage_error(where, unknown_key_hint(path), "unknown key \"{}\"", path);
  }
  Json resolved = Json::object();
  for (const Key& key : all_keys()) {
    const Json& value = at_path(given, key.path);
    try {
      set_path(resolved, key.path, value.is_null() ? key.default_value : checked(key, value));
    } catch (const Error& error) {
      throw Error(error.blame, where.empty() ? error.where : where + ": " + error.where, error.problem, error.hint);
    }
  }
  return resolved;
}

SettingAt settings_of(const Json& configuration) {
  return [&configuration](const std::string& path) -> const Json& { return at_path(configuration, path); };
}

std::vector<std::string> advice_about(const Json& given, const Json& resolved) {
  std::vector<std::string> advice;
  for (const Key& key : all_keys()) {
    const Json& value = at_path(given, key.path);
    if (value.is_null() || value == key.default_value) continue;
    if (const auto reason = why_idle(key, settings_of(resolved))) {
      advice.push_back(fmt::format("{} is not used: {}", key.path, *reason));
    } else if (const auto doubt = doubt_about(key, value)) {
      advice.push_back(*doubt);
    }
  }
  return advice;
}

}  // namespace pbn
