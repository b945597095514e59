// A run's configuration as values; schema.cpp says which setting becomes which of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/model_spec.h"
#include "config/skeleton.h"

namespace pbn {

// Enumerators stand in the order of the schema's choices.
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

// A canonical configuration means the same everywhere and is what config.json holds. From a resolved one: choices that
// depend on the machine become what they stand for ("auto" precision), groups become lists of the parts that are tasks,
// and settings of the network that its head does not use become their defaults. `skeleton` is the data's.
Json canonical_settings(Json resolved, const Skeleton& skeleton, bool bf16_is_fast);

// The same for the sections "train" and "model" alone.
Json canonical_training(Json resolved, bool bf16_is_fast);
Json canonical_model(Json resolved, const Skeleton& skeleton);

// From the resolved section "model", for a network whose heat maps are of these parts; and back. From a canonical one,
// for data of this skeleton.
ModelSpec model_spec(const Json& resolved, const Skeleton& tasks);
Json to_json(const ModelSpec& spec, const Skeleton& tasks);
ModelSpec model_spec_for(const Json& canonical_model, const Skeleton& skeleton);

// From a canonical configuration. Throws usage errors for values that do not fit together.
RunConfig run_config(const Json& canonical, const Skeleton& skeleton);

// Throws a usage error when so many ranks cannot share this global batch in so many micro-batches each.
void require_even_shares(int global_batch, int accumulate, int ranks);

}  // namespace pbn
