// What part of a crop the network sees, and how: one affine map from the network's input to the crop.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "config/run_config.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"

namespace pbn {

struct View {
  Affine input_to_crop{};                // input pixels -> crop pixels
  std::array<float, 3> colour{1, 1, 1};  // factor of each channel, 0..2
  bool flipped = false;                  // input_to_crop mirrors; parts change places
};

// The box in the middle of the crop, enlarged by `scale`: above 1 the person looks smaller (testing: the pyramid of
// Sec. 4.2; `flipped` for the flip test).
View central_view(const PoseFileInfo& info, double scale = 1, bool flipped = false);

// A training view (Sec. 4.1), drawn from `random` alone. The box that the network sees is first scaled along its sides,
// apart in x and y, then sheared, then turned about its centre; the flip mirrors what is seen:
//   input_to_crop = to crop centre * rotation * shear * scale * flip * from input centre
// so a drawn scale above 1 shows the person smaller. Every number is drawn whether it is used or not: switching one
// setting off leaves the others' draws as they were. Throws a usage error when `shear` is 1 or more, at which the
// clipped shears of both axes fold the picture into a line.
View augmented_view(const PoseFileInfo& info, const Augmentation& augmentation, Random random);

// The person's joints in input pixels (K, 2) and which are labelled (K), with left and right exchanged when flipped.
struct SeenJoints {
  std::vector<std::array<float, 2>> joints;
  std::vector<std::uint8_t> labelled;
};
SeenJoints seen_joints(const Person& person, const View& view, const Skeleton& skeleton);

}  // namespace pbn
