#include "data/sources/synthetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "data/sources/synthetic_figure.h"
#include "data/sources/synthetic_scene.h"

namespace pbn::data {
namespace {

using namespace synthetic;

constexpr std::array split_names{"train", "validation", "test"};

// Places the body. Its height is normalised; the box is slightly off centre, like manual annotations.
Placement random_placement(const Body& body, const PoseFileInfo& info, Random& random) {
  Placement placement;
  placement.head_length = info.box_pixels * random.uniform(0.088, 0.115);
  Extent body_extent{{1e9, 1e9}, {-1e9, -1e9}};
  for (const Vector& joint : body.joints) {
    for (int axis = 0; axis < 2; ++axis) {
      body_extent.low[axis] = std::min(body_extent.low[axis], joint[axis]);
      body_extent.high[axis] = std::max(body_extent.high[axis], joint[axis]);
    }
  }
  for (int axis = 0; axis < 2; ++axis) {
    const double middle = (body_extent.low[axis] + body_extent.high[axis]) / 2;
    const double shift = info.box_pixels * std::clamp(0.04 * random.normal(), -0.08, 0.08);
    placement.origin[axis] = info.crop_pixels() / 2.0 + shift - placement.head_length * middle;
  }
  return placement;
}

std::vector<std::uint8_t> finished(const Picture& picture, Random& random) {
  const double noise = random.uniform(1, 6);
  std::vector<std::uint8_t> crop;
  crop.reserve(picture.pixels.size() * 3);
  for (const Colour& pixel : picture.pixels) {
    const double grain = noise * (random.uniform() + random.uniform() + random.uniform() - 1.5);
    for (const double value : pixel) crop.push_back(static_cast<std::uint8_t>(std::clamp(value + grain, 0.0, 255.0)));
  }
  return crop;
}

}  // namespace

void require_recipe(const SyntheticRecipe& recipe) {
  if (!(recipe.occluder_rate >= 0 && recipe.occluder_rate <= 1)) {
    throw usage_error("--occlusion-rate", "expected a share from 0 to 1", "{} is not allowed", recipe.occluder_rate);
  }
  if (!(recipe.pose_spread >= 0 && recipe.pose_spread <= 2)) {
    throw usage_error("--pose-spread", "expected 0 to 2", "{} is not allowed", recipe.pose_spread);
  }
}

SyntheticSplit synthetic_split(const std::string& name) {
  const auto found = std::find(split_names.begin(), split_names.end(), name);
  if (found == split_names.end()) {
    throw usage_error("--split", "train, validation or test", "there is no split \"{}\"", name);
  }
  return static_cast<SyntheticSplit>(found - split_names.begin());
}

PoseFileInfo synthetic_info(const SyntheticRecipe& recipe, SyntheticSplit split) {
  PoseFileInfo info;
  info.skeleton = &config::mpii16();
  info.dataset = "synthetic";
  info.split = split_names[static_cast<std::size_t>(split)];
  info.source =
      fmt::format("drawn: seed {}, occluders {}, spread {}", recipe.seed, recipe.occluder_rate, recipe.pose_spread);
  info.reference = "head";
  return info;
}

CroppedPerson draw_synthetic_person(const PoseFileInfo& info, const SyntheticRecipe& recipe, SyntheticSplit split,
                                    std::uint32_t index) {
  Random random(recipe.seed, static_cast<std::uint32_t>(split), index, Purpose::synthetic);
  const Body body = random_body(random, recipe.pose_spread);
  const Placement placement = random_placement(body, info, random);

  Picture picture(info.crop_pixels());
  paint_background(picture, placement.head_length, random);
  std::array<bool, 16> hidden = paint_figure(picture, body, placement, random);
  if (random.uniform() < recipe.occluder_rate) paint_occluders(picture, body, placement, random, hidden);

  CroppedPerson result;
  result.crop = finished(picture, random);
  Person& person = result.person;
  for (std::size_t part = 0; part < body.joints.size(); ++part) {
    const Point joint = placement.pixel(body.joints[part]);
    person.joints.push_back({static_cast<float>(joint[0]), static_cast<float>(joint[1])});
    person.occluded.push_back(hidden[part] ? Occlusion::occluded : Occlusion::visible);
    person.labelled.push_back(random.uniform() >= (hidden[part] ? 0.04 : 0.005));
  }
  person.crop_to_image = {1, 0, 0, 0, 1, 0};
  person.reference_length = static_cast<float>(0.6 * placement.head_length * head_box_diagonal);
  person.image_name = fmt::format("synthetic-{}-{}", info.split, index);
  return result;
}

}  // namespace pbn::data
