// A resolved configuration as values, and the identity of the run that it describes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/model_spec.h"
#include "config/skeleton.h"

namespace pbn {

enum class Precision { fp32, bf16, fp64 };
enum class Wire { fp32, bf16 };   // what gradients are summed as over the ranks
enum class OnNan { stop, skip };  // a step whose loss or gradient is not finite

// Ranges as in pose-hg's lineage (see docs/design.md, "Where the numbers come from"); names as in the schema.
struct Augmentation {
  double scale, rotate, rotate_probability, shear, shear_probability, colour, flip_probability;
};

struct Training {
  int epochs;
  int global_batch;
  double learning_rate;
  std::vector<double> drops;
  double rmsprop_decay, rmsprop_epsilon;
  Precision precision;
  double sigma;
  Augmentation augment;
  int accumulate = 1;     // micro-batches of each rank's share of a step
  double average = 0;     // decay of the running average of the weights; 0: none
  std::string init = {};  // weights to start from; empty: none
  OnNan on_nan = OnNan::stop;
  Wire wire = Wire::fp32;

  double learning_rate_in(int epoch) const;  // 1-based
};

struct Testing {
  std::vector<double> scales;
  bool flip;
  bool shift;
  bool lineage_border = false;  // what happens at a heat map's border: model/heat_maps.h, prediction/scale_pyramid.h
};

struct Execution {
  int ranks, threads, loader_threads;
  std::string device, communicator;
  double bucket_mib, checkpoint_seconds;
  int validate_every;
  int keep_checkpoints;
  double watchdog;
  std::string graph = "auto";  // auto, on or off: whether steps are recorded (worker/device/device.h)
};

struct RunConfig {
  ModelSpec model;
  Skeleton tasks = mpii16();  // the parts of the heat maps: the data's without model.without
  Training train;
  Testing test;
  Execution run;
  std::vector<std::string> train_files;
  std::string validation_file;
  std::uint32_t seed;
};

// Turns the choices that depend on the machine into what they stand for ("auto" precision), groups into lists of the
// parts that are tasks, and settings of the network that its head does not use into their defaults. What comes out
// means the same everywhere and is what config.json holds. `skeleton` is the data's.
Json settle(Json resolved, const Skeleton& skeleton, bool bf16_is_fast);

// The same for the sections "train" and "model" alone.
Json settled_training(Json train, bool bf16_is_fast);
Json settled_model(Json model, const Skeleton& skeleton);

// From the resolved section "model", for a network whose heat maps are of these parts; from a settled one, for data of
// this skeleton.
ModelSpec model_spec(const Json& given, const Skeleton& tasks);
ModelSpec model_spec_for(const Json& settled_model, const Skeleton& skeleton);

// From a settled configuration. Throws usage errors for values that do not fit together.
RunConfig run_config(const Json& settled, const Skeleton& skeleton);

// Throws a usage error when so many ranks cannot share this global batch in so many micro-batches each.
void require_even_shares(int global_batch, int accumulate, int ranks);

// Whether this configuration's result depends on the setting at all: a head without branches has no depth, and where
// nothing is rotated the angle is idle. Idle settings do not make two runs of one.
bool uses_setting(const Json& settled, const std::string& path);
using SettingAt = std::function<const Json&(const std::string& path)>;
bool uses_setting(const SettingAt& settled, const std::string& path);

// What changes the mathematics and nothing else: identity keys that differ from their defaults and are used by this
// head, samples per BatchNorm, the content of the data and of the weights that it starts from. Equal identities are the
// same run. Throws an environment error when these weights cannot be read.
Json identity_of(const Json& settled, const std::vector<std::string>& train_fingerprints,
                 const std::string& validation_fingerprint);

// What the sections of a configuration ("model", "train") add to it, each by itself: {"model.depth": 2, ...}; and what
// they decide together, where BatchNorm sees less than the global batch. `settled` may hold that one section alone.
Json identity_of_section(const Json& settled, const std::string& section);
std::optional<int> samples_per_batch_norm(const Json& batch_norm, int global_batch, int accumulate, int ranks);

// SHA-256 of the canonical identity; 12 digits of it name the run's folder.
std::string run_id(const Json& identity);

// The identity without the seed: runs that differ in nothing else are one cell.
std::string cell_id(Json identity);

// Raised by hand when the arithmetic of training changes, so that old results are not taken for new ones.
inline constexpr int recipe_version = 2;

}  // namespace pbn
