// Predicted joints of a whole validation set, and their files.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "config/skeleton.h"

namespace pbn::evaluation {

// Coordinates are pixels of the photographs; people are in the order of the ground truth.
struct Predictions {
  int parts = 0;
  std::vector<std::array<float, 2>> joints;    // (N * K), person by person
  std::vector<float> confidence;               // (N * K) height of the heat map's peak; empty: not in the file
  std::string source = "predictions";          // the file they were read from, for messages
  std::string fingerprint{};                   // of the pose file that they were made for; empty: unknown
  const config::Skeleton* skeleton = nullptr;  // of which the parts are; null: not in the file

  std::int64_t people() const { return parts ? static_cast<std::int64_t>(joints.size()) / parts : 0; }
};

// Reads an HDF5 file with a dataset preds (N, K, 2 or 3) and perhaps attributes `fingerprint` and `skeleton` (a text as
// config/skeleton.h defines it), or a MATLAB file with variables of these names, such as the released predictions.
// Throws data errors that name file and dataset.
Predictions read_predictions(const std::filesystem::path& file);

// Writes preds as float32 (N, K, 3): x, y, confidence; (N, K, 2) without confidence. The format is MATLAB v5 where the
// file's name ends in ".mat", else HDF5. Equal predictions give equal bytes. Written atomically.
void write_predictions(const std::filesystem::path& file, const Predictions& predictions);

// The predictions of the parts of `to`, matched by name; NaN for parts that are not predicted. Predictions of an
// unknown skeleton have the parts of `to`, if as many, else those of the shipped skeleton with as many: 16 parts are
// MPII's, 14 Leeds's, 17 COCO's. Throws a data error if no shipped skeleton has as many, or no part is common.
Predictions with_parts_of(const config::Skeleton& to, const Predictions& predictions);

// SHA-256 of the predictions' HDF5 file without the fingerprint and the skeleton; it identifies a run's outcome. The
// file is written temporarily to `folder`.
std::string predictions_sha256(const Predictions& predictions, const std::filesystem::path& folder);

// Throws a data error when the predictions have a fingerprint and it is not that of this pose file.
void require_predictions_of(const std::string& pose_file, const std::string& fingerprint,
                            const Predictions& predictions);

}  // namespace pbn::evaluation
