#include "data/loading/augmentation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "config/schema.h"

namespace pbn::data {
namespace {

Affine translation(double x, double y) { return {1, 0, x, 0, 1, y}; }
Affine scaling(double x, double y) { return {x, 0, 0, 0, y, 0}; }
Affine shearing(double x, double y) { return {1, x, 0, y, 1, 0}; }

Affine rotation(double degrees) {
  const double radians = degrees * std::numbers::pi / 180;
  return {std::cos(radians), -std::sin(radians), 0, std::sin(radians), std::cos(radians), 0};
}

// The map of a view whose box is transformed by `change` about its centre.
Affine about_centre(const PoseFileInfo& info, const Affine& change, bool flipped) {
  const double input_centre = info.box_pixels / 2.0;
  const double crop_centre = info.crop_pixels() / 2.0;
  const Affine from_input = then(translation(-input_centre, -input_centre), scaling(flipped ? -1 : 1, 1));
  return then(then(from_input, change), translation(crop_centre, crop_centre));
}

double clipped_normal(Random& random, double deviation, double limit) {
  return std::clamp(deviation * random.normal(), -limit, limit);
}

// The map is affine, so the input is inside the crop if its corners are.
bool is_cut(const View& view, double input_side, double crop_side) {
  constexpr double rounding = 1e-6;  // pixels
  for (const double x : {0.0, input_side}) {
    for (const double y : {0.0, input_side}) {
      for (const double place : apply(view.input_to_crop, x, y)) {
        if (place < -rounding || place > crop_side + rounding) return true;
      }
    }
  }
  return false;
}

}  // namespace

View central_view(const PoseFileInfo& info, double scale, bool flipped) {
  return {about_centre(info, scaling(scale, scale), flipped), {1, 1, 1}, flipped};
}

View augmented_view(const PoseFileInfo& info, const config::Augmentation& augmentation, Random random) {
  const auto& [scale, rotate, rotate_probability, shear, shear_probability, colour, flip_probability] = augmentation;
  if (shear >= 1) throw usage_error("train.augment.shear", "the paper's is 0.5", "a shear of {} is not below 1", shear);
  const double scale_x = 1 + clipped_normal(random, scale, scale);
  const double scale_y = 1 + clipped_normal(random, scale, scale);
  const double degrees = clipped_normal(random, rotate, 2 * rotate);
  const bool rotates = random.uniform() < rotate_probability;
  const double shear_x = clipped_normal(random, shear, shear);
  const double shear_y = clipped_normal(random, shear, shear);
  const bool shears = random.uniform() < shear_probability;
  View view;
  view.flipped = random.uniform() < flip_probability;
  for (float& factor : view.colour) factor = static_cast<float>(random.uniform(1 - colour, 1 + colour));

  Affine change = scaling(scale_x, scale_y);
  if (shears) change = then(change, shearing(shear_x, shear_y));
  if (rotates) change = then(change, rotation(degrees));
  view.input_to_crop = about_centre(info, change, view.flipped);
  return view;
}

config::Augmentation default_augmentation() {
  const auto value = [](const char* name) {
    return config::find_key(std::string("train.augment.") + name)->default_value.get<double>();
  };
  return {.scale = value("scale"),
          .rotate = value("rotate"),
          .rotate_probability = value("rotate_probability"),
          .shear = value("shear"),
          .shear_probability = value("shear_probability"),
          .colour = value("colour"),
          .flip_probability = value("flip_probability")};
}

double cut_share(const PoseFileInfo& info, const config::Augmentation& augmentation, int views) {
  int cut = 0;
  for (int number = 0; number < views; ++number) {
    const Random random(1, 0, static_cast<std::uint32_t>(number), Purpose::augmentation);
    cut += is_cut(augmented_view(info, augmentation, random), info.box_pixels, info.crop_pixels());
  }
  return static_cast<double>(cut) / views;
}

SeenJoints seen_joints(const Person& person, const View& view, const config::Skeleton& skeleton) {
  const Affine crop_to_input = inverse(view.input_to_crop);
  const std::vector<int> partner = skeleton.mirrored();
  SeenJoints seen;
  for (int part = 0; part < skeleton.size(); ++part) {
    const auto annotated = static_cast<std::size_t>(view.flipped ? partner[part] : part);
    const auto [x, y] = apply(crop_to_input, person.joints[annotated][0], person.joints[annotated][1]);
    seen.joints.push_back({static_cast<float>(x), static_cast<float>(y)});
    seen.labelled.push_back(person.labelled[annotated]);
  }
  return seen;
}

}  // namespace pbn::data
