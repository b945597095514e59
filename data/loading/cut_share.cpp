#include "data/loading/cut_share.h"

#include "config/schema.h"
#include "data/loading/augmentation.h"

namespace pbn {
namespace {

// The map is affine: the input lies in the crop when its corners do.
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

Augmentation standard_augmentation() {
  const auto standard = [](const char* name) {
    return find_key(std::string("train.augment.") + name)->default_value.get<double>();
  };
  return {standard("scale"),
          standard("rotate"),
          standard("rotate_probability"),
          standard("shear"),
          standard("shear_probability"),
          standard("colour"),
          standard("flip_probability")};
}

double cut_share(const PoseFileInfo& info, const Augmentation& augmentation, int views) {
  int cut = 0;
  for (int number = 0; number < views; ++number) {
    const Random random(1, 0, static_cast<std::uint32_t>(number), Purpose::augmentation);
    cut += is_cut(augmented_view(info, augmentation, random), info.box_pixels, info.crop_pixels());
  }
  return static_cast<double>(cut) / views;
}

}  // namespace pbn
