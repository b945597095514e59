// Predicted joints of a whole validation set, and their files.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbn::evaluation {

// Coordinates are pixels of the photographs; people are in the order of the ground truth.
struct Predictions {
  int parts = 0;
  std::vector<std::array<float, 2>> joints;  // (N * K), person by person
  std::vector<float> confidence;             // (N * K) height of the heat map's peak; empty: not in the file
  std::string source = "predictions";        // the file they were read from, for messages
  std::string fingerprint{};                 // of the pose file that they were made for; empty: unknown

  std::int64_t people() const { return parts ? static_cast<std::int64_t>(joints.size()) / parts : 0; }
};

// Reads an HDF5 file with a dataset preds (N, K, 2 or 3) and perhaps an attribute `fingerprint`, or a MATLAB file with
// variables of these names, such as the released predictions. Throws data errors that name file and dataset.
Predictions read_predictions(const std::filesystem::path& file);

// Writes preds as float32 (N, K, 3): x, y, confidence; (N, K, 2) without confidence. The format is MATLAB v5 where the
// file's name ends in ".mat", else HDF5. Equal predictions give equal bytes. Written atomically.
void write_predictions(const std::filesystem::path& file, const Predictions& predictions);

// SHA-256 of the predictions' HDF5 file without the fingerprint; it identifies a run's outcome. The file is written
// temporarily to `folder`.
std::string predictions_sha256(const Predictions& predictions, const std::filesystem::path& folder);

// Throws a data error when the predictions have a fingerprint and it is not that of this pose file.
void require_predictions_of(const std::string& pose_file, const std::string& fingerprint,
                            const Predictions& predictions);

}  // namespace pbn::evaluation
