// Predicted joints of a whole validation set, and the files that hold them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbn {

// In pixels of the photographs, in the order of the ground truth's people.
struct Predictions {
  int parts = 0;
  std::vector<std::array<float, 2>> joints;  // (N * K), person by person
  std::vector<float> confidence;             // (N * K) height of the heat map's peak; empty where a file has none
  std::string source = "predictions";        // the file they were read from, for messages
  std::string fingerprint{};                 // of the pose file whose people these are; empty: not known

  std::int64_t people() const { return parts ? static_cast<std::int64_t>(joints.size()) / parts : 0; }
};

// HDF5 with a dataset preds (N, K, 2 or 3), or a MATLAB file with a variable preds (N, K, 2 or 3) as the released
// predictions have it; an attribute, or a variable, `fingerprint` where they say whose they are. Throws data errors
// that name file and dataset.
Predictions read_predictions(const std::filesystem::path& file);

// preds float32 (N, K, 3): x, y, confidence; (N, K, 2) without confidence. HDF5, or MATLAB v5 where the file's name
// ends in ".mat". Equal predictions give equal bytes. Written atomically.
void write_predictions(const std::filesystem::path& file, const Predictions& predictions);

// SHA-256 of the HDF5 file that they make without their fingerprint: what a run's outcome has always been told by. The
// file is written to `folder` for a moment.
std::string predictions_sha256(const Predictions& predictions, const std::filesystem::path& folder);

// Throws a data error unless predictions that say whose they are were made for the people of this pose file.
void require_predictions_of(const std::string& pose_file, const std::string& fingerprint,
                            const Predictions& predictions);

}  // namespace pbn
