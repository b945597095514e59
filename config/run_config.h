// A run's configuration as typed values. schema.cpp maps settings to members.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/model_spec.h"
#include "config/skeleton.h"

namespace pbn::config {

inline constexpr std::array<double, 3> mpii_mean_rgb = {0.4660, 0.4443, 0.4068};  // of its photographs, 0 to 1

// Enumerators are in the order of the schema's choices.
//
// fp32 is IEEE single precision everywhere. tf32 exists on GPUs alone: storage and sums of fp32, but the factors of
// convolutions are rounded to 10 bits of mantissa; it is never chosen by "auto".
enum class Precision { fp32, bf16, fp64, tf32 };
enum class Wire { fp32, bf16 };              // number format of gradients sent between ranks
enum class OnNan { stop, skip };             // reaction to a step whose loss or gradient is not finite
enum class Kernels { aten, own };            // whose kernels a GPU uses: LibTorch's, or those of model/kernels/
enum class WeightGradients { onednn, own };  // what computes those of 3x3 weights in fp32 without AVX-512

// Ranges as in pose-hg's lineage (see docs/design.md, "Where the numbers come from"); names as in the schema.
struct Augmentation {
  double scale, rotate, rotate_probability, shear, shear_probability, colour, flip_probability;
};

// The colour that is subtracted from every pixel, RGB from 0 to 1.
struct MeanColour {
  bool is_of_dataset = false;  // then `rgb` is computed from the training data when the run is set up
  std::array<double, 3> rgb = mpii_mean_rgb;
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
  int accumulate = 1;     // micro-batches per step and rank
  double average = 0;     // decay of the running average of the weights; 0: none
  std::string init = {};  // weights to start from; empty: none
  OnNan on_nan = OnNan::stop;
  Wire wire = Wire::fp32;
  MeanColour mean = {};

  double learning_rate_in(int epoch) const;  // 1-based
};

struct TestProtocol {
  std::vector<double> scales;
  bool flip;
  bool shift;
  bool lineage_border = false;  // how a heat map's border is treated: model/heat_maps.h, prediction/scale_pyramid.h
  std::string name = {};        // for people (test_protocol.h); empty: none
};

struct Execution {
  int ranks, threads, loader_threads;
  std::string device, communicator;
  double bucket_mib, checkpoint_seconds;
  int validate_every;
  int keep_checkpoints;
  double watchdog;
  std::string graph = "auto";  // auto, on or off: see worker/device/device.h
  Kernels kernels = Kernels::aten;
  WeightGradients weight_gradients = WeightGradients::onednn;
};

struct RunConfig {
  ModelSpec model;
  Skeleton tasks = mpii16();  // the parts that the network learns: the data's parts except model.without
  Training train;
  TestProtocol test;
  Execution run;
  std::vector<std::string> train_files;
  std::string validation_file;
  std::uint32_t seed;
};

// Makes a resolved configuration canonical, as in config.json: it means the same on every machine. "auto" precision and
// kernels are replaced by the actual ones, groups by lists of the learned parts, and settings that the head does not
// use by their defaults. `skeleton` is the data's.
Json canonical_settings(Json resolved, const Skeleton& skeleton, bool bf16_is_fast);

// The same for one section, "train", "model" or "run".
Json canonical_training(Json resolved, bool bf16_is_fast);
Json canonical_model(Json resolved, const Skeleton& skeleton);
Json canonical_execution(Json resolved);

// Converts the resolved section "model" to the specification of a network that learns the parts `tasks`, and back.
ModelSpec model_spec(const Json& resolved, const Skeleton& tasks);
Json to_json(const ModelSpec& spec, const Skeleton& tasks);

// The same for a canonical section and data with this skeleton.
ModelSpec model_spec_for(const Json& canonical_model, const Skeleton& skeleton);

// Converts a canonical configuration. Throws usage errors for values that are inconsistent with each other.
RunConfig run_config(const Json& canonical, const Skeleton& skeleton);

// Throws a usage error unless the global batch can be divided evenly among the ranks' micro-batches.
void require_even_shares(int global_batch, int accumulate, int ranks);

// Throws a usage error if this train.precision does not exist on this device, cpu or cuda: processors do not compute in
// TF32. With auto nothing is known before the run starts (worker/training/start_up.h).
void require_device_for(const std::string& precision, const std::string& device);

}  // namespace pbn::config
