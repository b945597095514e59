#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/run_config.h"
#include "config/setting_label.h"
#include "config/test_protocol.h"

namespace pbn::config {
namespace {

template <typename Value>
void write_field(Value& field, const Json& value, const Field::Choices& choices) {
  const auto choice = [&] {
    return std::find(choices.begin(), choices.end(), value.get_ref<const std::string&>()) - choices.begin();
  };
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

// The member of RunConfig at this path of members: field<&RunConfig::model, &ModelSpec::depth>().
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
const UsedWhen not_in_bf16{.path = "train.precision", .value = "bf16", .is_equal = false};
const UsedWhen not_in_fp64{.path = "train.precision", .value = "fp64", .is_equal = false};
const UsedWhen with_a_name{.path = "test.name", .value = "", .is_equal = false};
const UsedWhen on_a_gpu{.path = "run.device", .value = "cpu", .is_equal = false};

std::vector<Key> data_keys() {
  return {
      {.path = "data.train",
       .default_value = Json::array(),
       .kind = Kind::texts,
       .help = "pose files to train on; their content is in the identity",
       .in_identity = InIdentity::content,
       .label = label_of_data_files,
       .field = field<&RunConfig::train_files>()},
      {.path = "data.validation",
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
       .default_value = "plain",
       .help = "head of each stack: baseline, deep baseline or part-based branches (Secs. 3.2, 4.3)",
       .choices = {"plain", "deep", "pbn"},
       .label = formatted_label("{}"),
       .field = field<&RunConfig::model, &ModelSpec::head>()},
      {.path = "model.stacks",
       .default_value = 1,
       .help = "number of stacked networks (Sec. 3.3; the paper: 8 for benchmarks, 3 in ablations)",
       .range = NumberRange{1, 8},
       .label = formatted_label("{} stacks", "1 stack"),
       .field = field<&RunConfig::model, &ModelSpec::stacks>()},
      {.path = "model.features",
       .default_value = 256,
       .help = "channels of the trunk",
       .range = NumberRange{16, 1024},
       .multiple_of = 16,
       .label = formatted_label("{} features"),
       .field = field<&RunConfig::model, &ModelSpec::features>()},
      {.path = "model.groups",
       .default_value = "related-5",
       .kind = Kind::groups,
       .help = "related parts of the pbn head: a name or lists of parts (Sec. 3.1)",
       .used_when = {with_branches},
       .label = label_of_groups},
      {.path = "model.depth",
       .default_value = 1,
       .help = "D, residual blocks in each branch of the pbn head",
       .range = NumberRange{0, 3},
       .used_when = {with_branches},
       .label = formatted_label("D{}"),
       .field = field<&RunConfig::model, &ModelSpec::depth>()},
      {.path = "model.width",
       .default_value = 64,
       .help = "W, channels of each branch of the pbn head",
       .range = NumberRange{4, 512},
       .multiple_of = 4,
       .used_when = {with_branches},
       .label = formatted_label("W{}"),
       .field = field<&RunConfig::model, &ModelSpec::width>()},
      {.path = "model.without",
       .default_value = Json::array(),
       .kind = Kind::texts,
       .help = "parts that the network does not learn: no heat map, no loss, not in the means (Sec. 4.3, negative "
               "transfer)",
       .label = label_of_parts_left_out},
      {.path = "model.fusion",
       .default_value = "shared",
       .help = "features passed to the next stack (Fig. 4)",
       .choices = {"shared", "specific"},
       .used_when = {with_branches, with_several_stacks},
       .label = formatted_label("fusion of {} features"),
       .field = field<&RunConfig::model, &ModelSpec::fusion>()},
      {.path = "model.batch_norm",
       .default_value = "per-rank",
       .help = "BatchNorm's statistics: over each rank's share of the batch or over the global batch",
       .choices = {"per-rank", "synchronised"},
       .field = field<&RunConfig::model, &ModelSpec::synchronised_batch_norm>()},
      {.path = "model.gamma",
       .default_value = "one",
       .help = "initial gamma of BatchNorm: 1, or drawn from U(0,1) as in Torch7",
       .choices = {"one", "uniform"},
       .field = field<&RunConfig::model, &ModelSpec::uniform_gamma>()},
  };
}

std::vector<Key> training_keys() {
  return {
      {.path = "train.epochs",
       .default_value = 250,
       .help = "passes over the training people",
       .range = NumberRange{1, 100000},
       .field = field<&RunConfig::train, &Training::epochs>()},
      {.path = "train.global_batch",
       .default_value = 16,
       .help = "people per step, over all ranks",
       .range = NumberRange{1, 65536},
       .field = field<&RunConfig::train, &Training::global_batch>()},
      {.path = "train.accumulate",
       .default_value = 1,
       .help = "micro-batches per step and rank; each has its own BatchNorm statistics, so their size is in the "
               "identity",
       .range = NumberRange{1, 65536},
       .in_identity = InIdentity::no,
       .field = field<&RunConfig::train, &Training::accumulate>()},
      {.path = "train.init",
       .default_value = "",
       .help = "weights.safetensors to start from, possibly with another head; its content is in the identity",
       .in_identity = InIdentity::content,
       .label = label_of_weights,
       .field = field<&RunConfig::train, &Training::init>()},
      {.path = "train.learning_rate",
       .default_value = 2.5e-4,
       .help = "learning rate of RMSProp",
       .range = NumberRange{0, 10},
       .field = field<&RunConfig::train, &Training::learning_rate>()},
      {.path = "train.drops",
       .default_value = {170, 220},
       .kind = Kind::reals,
       .help = "epochs (from 1 on) from which the learning rate is divided by 10; a value below 1 is a share of all "
               "epochs and means the first one that begins after it",
       .range = NumberRange{0, 100000},
       .field = field<&RunConfig::train, &Training::drops>()},
      {.path = "train.mean",
       .default_value = "mpii",
       .kind = Kind::colour,
       .help = "colour that is subtracted from pixels: MPII's mean, that of the training data, or red, green and blue; "
               "it is kept in the weights",
       .range = NumberRange{0, 1},
       .choices = {"mpii", "dataset"}},
      {.path = "train.rmsprop_decay",
       .default_value = 0.99,
       .help = "decay per step of RMSProp's mean square",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::rmsprop_decay>()},
      {.path = "train.rmsprop_epsilon",
       .default_value = 1e-8,
       .help = "epsilon that RMSProp adds to the root of the mean square",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::rmsprop_epsilon>()},
      {.path = "train.average",
       .default_value = 0.0,
       .help = "decay per step of a running average of the weights, which is validated and saved instead of the "
               "weights; 0: no average",
       .range = NumberRange{0, 0.9999999},
       .field = field<&RunConfig::train, &Training::average>()},
      {.path = "train.precision",
       .default_value = "auto",
       .help = "precision of the forward and backward pass; weights stay fp32 (auto: bf16 if the processor or GPU "
               "supports it, else fp32; tf32: fp32, but GPUs round the factors of convolutions to 10 bits)",
       .choices = {"fp32", "bf16", "fp64", "tf32", "auto"},
       .field = field<&RunConfig::train, &Training::precision>()},
      {.path = "train.wire",
       .default_value = "fp32",
       .help = "number format of gradients sent between ranks; bf16 halves the bytes, but rounds each rank's gradient "
               "before the sum and the sum again",
       .choices = {"fp32", "bf16"},
       .field = field<&RunConfig::train, &Training::wire>()},
      {.path = "train.on_nan",
       .default_value = "stop",
       .help = "reaction to a step whose loss or gradient is NaN or infinite: stop and report its origin, or skip the "
               "step",
       .choices = {"stop", "skip"},
       .field = field<&RunConfig::train, &Training::on_nan>()},
      {.path = "train.sigma",
       .default_value = 1.75,
       .help = "sigma of the target Gaussian, in heat-map pixels (the paper's text: 1)",
       .range = NumberRange{0.1, 20},
       .doubtful_above = 3,
       .doubt = "is wider than the target's window of 7x7 cells: the target becomes an almost flat square",
       .field = field<&RunConfig::train, &Training::sigma>()},
  };
}

std::vector<Key> augmentation_keys() {
  return {
      {.path = "train.augment.scale",
       .default_value = 0.25,
       .help = "s of the random scale 1 + s N(0,1), clipped to 1 +- s, drawn separately for x and y",
       .range = NumberRange{0, 0.9},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::scale>()},
      {.path = "train.augment.rotate",
       .default_value = 30.0,
       .help = "random rotation in degrees: N(0,1) times this, clipped to twice this",
       .range = NumberRange{0, 180},
       .used_when = {with_rotation},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::rotate>()},
      {.path = "train.augment.rotate_probability",
       .default_value = 0.4,
       .help = "probability that a person is rotated",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::rotate_probability>()},
      {.path = "train.augment.shear",
       .default_value = 0.5,
       .help = "random shear: N(0,1) times this, clipped to this, on both axes",
       .range = NumberRange{0, 0.95},
       .used_when = {with_shear},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::shear>()},
      {.path = "train.augment.shear_probability",
       .default_value = 0.5,
       .help = "probability that a person is sheared",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::shear_probability>()},
      {.path = "train.augment.colour",
       .default_value = 0.2,
       .help = "c of the random colour factors U(1 - c, 1 + c), one per channel",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::colour>()},
      {.path = "train.augment.flip_probability",
       .default_value = 0.5,
       .help = "probability that a person is mirrored",
       .range = NumberRange{0, 1},
       .field = field<&RunConfig::train, &Training::augment, &Augmentation::flip_probability>()},
  };
}

std::vector<Key> test_keys() {
  return {
      {.path = "test.name",
       .default_value = "",
       .help = "name of the test for pbn test and pbn report, such as pyramid",
       .is_allowed = is_protocol_name,
       .form = "letters, digits, and - _ . between them, without \"scale\" at the beginning",
       .used_when = {with_a_name},
       .field = field<&RunConfig::test, &TestProtocol::name>()},
      {.path = "test.scales",
       .default_value = Json::array({1.0}),
       .kind = Kind::reals,
       .help = "crop scales to average over (Sec. 4.2: 0.8 to 1.3)",
       .range = NumberRange{0.1, 10},
       .field = field<&RunConfig::test, &TestProtocol::scales>()},
      {.path = "test.flip",
       .default_value = false,
       .help = "average with the prediction for the mirror image",
       .field = field<&RunConfig::test, &TestProtocol::flip>()},
      {.path = "test.shift",
       .default_value = true,
       .help = "shift each maximum by a quarter pixel toward its higher neighbour",
       .field = field<&RunConfig::test, &TestProtocol::shift>()},
      {.path = "test.lineage_border",
       .default_value = false,
       .help = "treat a heat map's border as pose-hg does: no shift there, and no fading to 0 where scales are "
               "averaged",
       .field = field<&RunConfig::test, &TestProtocol::lineage_border>()},
  };
}

std::vector<Key> execution_keys() {
  return {
      {.path = "run.ranks",
       .default_value = 1,
       .help = "number of data-parallel ranks; with per-rank BatchNorm, a rank's share of the batch is in the identity",
       .range = NumberRange{1, 100000},
       .field = field<&RunConfig::run, &Execution::ranks>()},
      {.path = "run.threads",
       .default_value = 1,
       .help = "threads per rank for the network",
       .range = NumberRange{1, 1024},
       .field = field<&RunConfig::run, &Execution::threads>()},
      {.path = "run.loader_threads",
       .default_value = 1,
       .help = "threads per rank for reading and warping crops",
       .range = NumberRange{1, 256},
       .field = field<&RunConfig::run, &Execution::loader_threads>()},
      {.path = "run.device",
       .default_value = "auto",
       .help = "device of the network",
       .choices = {"auto", "cpu", "cuda"},
       .field = field<&RunConfig::run, &Execution::device>()},
      {.path = "run.graph",
       .default_value = "auto",
       .help = "whether a step is recorded once and replayed as a whole, on a GPU as one CUDA graph (auto: only on a "
               "GPU); never used for micro-batches and batches of other sizes",
       .choices = {"auto", "on", "off"},
       .field = field<&RunConfig::run, &Execution::graph>()},
      {.path = "run.kernels",
       .default_value = "auto",
       .help = "kernels that a GPU uses: LibTorch's or our own, which round differently and are in the identity "
               "(auto: aten)",
       .choices = {"aten", "own", "auto"},
       .used_when = {on_a_gpu},
       .omitted_value = "aten",
       .field = field<&RunConfig::run, &Execution::kernels>()},
      {.path = "run.weight_gradients",
       .default_value = "onednn",
       .help = "what computes the gradients of 3x3 weights in fp32 on processors without AVX-512: oneDNN or our own "
               "kernel, which is faster, rounds differently and is in the identity",
       .choices = {"onednn", "own"},
       .used_when = {not_in_bf16, not_in_fp64},
       .omitted_value = "onednn",
       .field = field<&RunConfig::run, &Execution::weight_gradients>()},
      {.path = "run.oversubscribe_devices",
       .default_value = false,
       .help = "let several ranks share a GPU if there are more ranks than GPUs"},
      {.path = "run.communicator",
       .default_value = "auto",
       .help = "communicator that sums the gradients: shared memory of one host, MPI, or NCCL between GPUs",
       .choices = {"auto", "shared", "mpi", "nccl"},
       .field = field<&RunConfig::run, &Execution::communicator>()},
      {.path = "run.bucket_mib",
       .default_value = 25.0,
       .help = "size of a gradient bucket in MiB; the first has 1 MiB",
       .range = NumberRange{0.001, 4096},
       .field = field<&RunConfig::run, &Execution::bucket_mib>()},
      {.path = "run.checkpoint_seconds",
       .default_value = 300.0,
       .help = "seconds between checkpoints (0: after every step, on a GPU after every second one); each epoch also "
               "ends with one",
       .range = NumberRange{0, 1e9},
       .field = field<&RunConfig::run, &Execution::checkpoint_seconds>()},
      {.path = "run.keep_checkpoints",
       .default_value = 2,
       .help = "number of newest checkpoints to keep, in addition to the one with the best validation",
       .range = NumberRange{1, 1000000},
       .field = field<&RunConfig::run, &Execution::keep_checkpoints>()},
      {.path = "run.watchdog",
       .default_value = 1800.0,
       .help = "seconds without progress after which the run ends with code 70 and names the rank that the others "
               "wait for (at least 60 at the start); 0: never",
       .range = NumberRange{0, 1e9},
       .field = field<&RunConfig::run, &Execution::watchdog>()},
      {.path = "run.validate_every",
       .default_value = 5,
       .help = "epochs between validations; the last epoch always ends with one",
       .range = NumberRange{1, 100000},
       .field = field<&RunConfig::run, &Execution::validate_every>()},
  };
}

std::vector<Key> seed_keys() {
  return {
      {.path = "seed",
       .default_value = 1,
       .help = "seed of the initial weights, the order of the data and the augmentation",
       .range = NumberRange{0, 4294967295.0},
       .field = field<&RunConfig::seed>()},
  };
}

std::vector<Key> every_key() {
  std::vector<Key> keys;
  for (const auto section :
       {data_keys, model_keys, training_keys, augmentation_keys, test_keys, execution_keys, seed_keys}) {
    for (Key& key : section()) keys.push_back(std::move(key));
  }
  for (Key& key : keys) {
    const bool is_about_results = !key.path.starts_with("test.") && !key.path.starts_with("run.");
    const bool is_exception = !key.omitted_value.is_null();  // run.kernels, run.weight_gradients
    if (!is_about_results && !is_exception) key.in_identity = InIdentity::no;
  }
  return keys;
}

// Throws a usage error for a value at or below `path` that belongs to no key.
void require_known_keys(const Json& value, const std::string& path, const std::string& where) {
  if (find_key(path)) return;
  if (!value.is_object()) throw usage_error(where, unknown_key_hint(path), "unknown key \"{}\"", path);
  for (const auto& [name, inner] : value.items()) {
    require_known_keys(inner, path.empty() ? name : fmt::format("{}.{}", path, name), where);
  }
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
  if (!given.empty()) require_known_keys(given, "", where);
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

}  // namespace pbn::config
