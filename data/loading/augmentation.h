// Views: which part of a crop the network sees, as an affine map from the network's input to the crop.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "config/run_config.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"

namespace pbn::data {

struct View {
  Affine input_to_crop{};                // input pixels -> crop pixels
  std::array<float, 3> colour{1, 1, 1};  // factor per channel, 0..2
  bool flipped = false;                  // input_to_crop mirrors, left and right parts are exchanged
};

// The box in the middle of the crop, enlarged by `scale`, for testing: a scale above 1 shows the person smaller (the
// pyramid of Sec. 4.2); `flipped` is for the flip test.
View central_view(const PoseFileInfo& info, double scale = 1, bool flipped = false);

// A random training view (Sec. 4.1) that depends only on its parameters. The box is scaled in x and y independently,
// then sheared, then rotated about its centre; the flip mirrors the result:
//   input_to_crop = to crop centre * rotation * shear * scale * flip * from input centre
// A drawn scale above 1 therefore shows the person smaller. All numbers are drawn whether they are used or not, so that
// switching off one setting does not change the draws of the others. Throws a usage error if `shear` is 1 or more,
// because two clipped shears could then collapse the picture to a line.
View augmented_view(const PoseFileInfo& info, const config::Augmentation& augmentation, Random random);

// The default augmentation (config/schema.h).
config::Augmentation default_augmentation();

// The share of training views, 0 to 1, that extend beyond the crop and are black there, estimated from `views` fixed
// draws. It depends only on the extent: about 0.08 at 1.75, 0 from 2.65.
double cut_share(const PoseFileInfo& info, const config::Augmentation& augmentation, int views = 100'000);

// The person's joints in input pixels (K, 2) and whether they are labelled (K); a flip exchanges left and right parts.
struct SeenJoints {
  std::vector<std::array<float, 2>> joints;
  std::vector<std::uint8_t> labelled;
};
SeenJoints seen_joints(const Person& person, const View& view, const config::Skeleton& skeleton);

}  // namespace pbn::data
