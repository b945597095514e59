// Joints found in perfect heat maps: at every scale, mirrored, and in the mean over scales.
#include "worker/prediction/scale_pyramid.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>

#include "base/random.h"
#include "config/test_protocol.h"
#include "data/loading/batch_loader.h"
#include "data/pose_file/crop.h"
#include "model/heat_maps.h"
#include "tests/temporary_folder.h"

namespace pbn::worker {
namespace {

const std::vector<double> six_scales{0.8, 0.9, 1.0, 1.1, 1.2, 1.3};  // Sec. 4.2

constexpr int people = 6;

// People whose joints lie anywhere in the middle 70% of the box, so that every scale shows them; the images are black.
data::PoseSet random_people(const std::filesystem::path& file, int box_pixels) {
  data::PoseFileInfo info;
  info.skeleton = &config::mpii16();
  info.dataset = info.source = info.split = "test";
  info.reference = "head";
  info.box_pixels = box_pixels;
  const int side = info.crop_pixels();
  data::PoseFileWriter writer(file, info, people);
  Random random(1, 0, static_cast<std::uint32_t>(box_pixels), Purpose::synthetic);
  for (int number = 0; number < people; ++number) {
    data::Person person;
    for (int part = 0; part < 16; ++part) {
      const auto anywhere = [&] { return static_cast<float>(side / 2.0 + random.uniform(-0.35, 0.35) * box_pixels); };
      const float x = anywhere();
      person.joints.push_back({x, anywhere()});
    }
    person.labelled.assign(16, true);
    person.occluded.assign(16, data::Occlusion::visible);
    person.crop_to_image = data::crop_to_image({200.0 + number, 300, 100.0 + 77 * number}, info);
    person.reference_length = 10;
    person.image_name = "black.jpg";
    writer.add(person, data::stored_crop(info, std::vector<std::uint8_t>(std::size_t{3} * side * side)));
  }
  writer.finish();
  return data::PoseSet(data::PoseFile(file));
}

// The heat maps of a perfect network for this view.
at::Tensor perfect_maps(const data::Batch& batch, int side) {
  const at::Tensor joints = at::tensor(batch.joints).view({people, 16, 2});
  return model::make_targets(joints, at::ones({people, 16}), side, 1.75).maps;
}

// Distances along x and along y between found and true joints, in input pixels at scale 1.
struct Errors {
  double largest = 0, mean = 0;
};

Errors errors_of(const data::PoseSet& set, const config::TestProtocol& test) {
  std::vector<at::Tensor> maps;
  std::vector<data::Affine> to_image;
  const int side = set.input_pixels() / model::pixels_per_cell;
  for (const double scale : test.scales) {
    const auto view = [&](bool flipped) {
      data::BatchLoader loader(set, data::Viewing{{}, 0, scale, flipped}, 0, {{0, 1, 2, 3, 4, 5}}, 1);
      return *loader.next();
    };
    const data::Batch plain = view(false);
    at::Tensor mean = perfect_maps(plain, side);
    if (test.flip) mean = (mean + model::unflipped(perfect_maps(view(true), side), config::mpii16())) / 2;
    maps.push_back(mean);
    if (to_image.empty()) to_image = plain.input_to_image;
  }
  const FoundJoints found = find_joints(maps, test);
  Errors errors;
  for (int number = 0; number < people; ++number) {
    const data::Affine place = data::then(found.to_input, to_image[static_cast<std::size_t>(number)]);
    const data::Person& person = set.person(number);
    for (int part = 0; part < 16; ++part) {
      const at::Tensor joint = found.joints[number][part];
      const auto [x, y] = data::apply(place, joint[0].item<float>(), joint[1].item<float>());
      const auto [true_x, true_y] = person.joint_in_image(part);
      const double input_pixel = person.crop_to_image[0];
      for (const double error : {std::abs(x - true_x) / input_pixel, std::abs(y - true_y) / input_pixel}) {
        errors.largest = std::max(errors.largest, error);
        errors.mean += error / (people * 16 * 2);
      }
    }
  }
  return errors;
}

TEST(ScalePyramid, OneScaleFindsEveryJointWithinHalfACell) {
  const TemporaryFolder folder;
  for (const int pixels : {64, 128, 256}) {
    const data::PoseSet set = random_people(folder.path() / std::to_string(pixels), pixels);
    for (const double scale : six_scales) {
      for (const bool flip : {false, true}) {
        EXPECT_LE(errors_of(set, {{scale}, flip, false}).largest, 0.5 * model::pixels_per_cell * scale + 1e-3)
            << pixels << " px, scale " << scale << (flip ? ", flipped" : "");
      }
    }
  }
}

TEST(ScalePyramid, SixScalesAreNeverWorseThanTheLargestAndMoreAccurateThanOne) {
  const TemporaryFolder folder;
  for (const int pixels : {64, 128, 256}) {
    const data::PoseSet set = random_people(folder.path() / std::to_string(pixels), pixels);
    for (const bool flip : {false, true}) {
      const Errors pyramid = errors_of(set, config::canonical_protocol(config::TestProtocol{six_scales, flip, true}));
      EXPECT_LE(pyramid.largest, 0.5 * model::pixels_per_cell * six_scales.back()) << pixels << " px";
      EXPECT_LE(pyramid.mean, 0.8 * errors_of(set, {{1}, flip, false}).mean) << pixels << " px";
    }
  }
}

TEST(ScalePyramid, TheFrameContainsTheLargestViewAndAllViewsHaveItsCentre) {
  const ScaleFrame frame(six_scales, 256);
  EXPECT_EQ(frame.side(), 333);
  for (std::size_t view = 0; view < six_scales.size(); ++view) {
    const auto centre = data::apply(frame.to_input(view), 333 / 2.0, 333 / 2.0);
    EXPECT_NEAR(centre[0], 128, 1e-9);
    EXPECT_NEAR(centre[1], 128, 1e-9);
  }
  EXPECT_NEAR(data::apply(frame.to_input(5), 0, 0)[0], 0, 0.1);  // the largest view begins where the frame does
}

TEST(ScalePyramid, AViewIsZeroOutsideItsSquare) {
  const ScaleFrame frame({0.5, 1}, 64);
  const at::Tensor mean = frame.mean({at::ones({1, 1, 16, 16}), at::ones({1, 1, 16, 16})});
  EXPECT_EQ(mean[0][0][32][32].item<float>(), 1);    // inside both views
  EXPECT_EQ(mean[0][0][32][4].item<float>(), 0.5F);  // only inside the larger view
}

TEST(ScalePyramid, AViewFadesInItsOuterHalfCellAndWithTheLineagesRuleKeepsItsValueToTheEdge) {
  const std::vector<at::Tensor> ones{at::ones({1, 1, 16, 16}), at::ones({1, 1, 16, 16})};
  const at::Tensor fading = ScaleFrame({0.5, 1}, 64).mean(ones)[0][0][32];
  const at::Tensor kept = ScaleFrame({0.5, 1}, 64, /*lineage_border=*/true).mean(ones)[0][0][32];
  EXPECT_LT(fading[0].item<float>(), 0.5F);  // of the larger view, whose cells are four pixels wide
  EXPECT_EQ(fading[2].item<float>(), 0.5F);
  EXPECT_LT(fading[16].item<float>(), 1);  // where the smaller view begins
  for (int pixel = 0; pixel < 64; ++pixel) EXPECT_EQ(kept[pixel].item<float>(), pixel < 16 || pixel >= 48 ? 0.5F : 1);
}

TEST(ScalePyramid, APersonsMeanHasTheSameBitsAtEveryPlaceInTheBatch) {
  const ScaleFrame frame(six_scales, 128);
  std::vector<at::Tensor> maps, of_third;
  for (std::size_t scale = 0; scale < six_scales.size(); ++scale) {
    maps.push_back(at::rand({5, 16, 32, 32}));
    of_third.push_back(maps.back().slice(0, 2, 3).contiguous());
  }
  EXPECT_TRUE(frame.mean(maps)[2].equal(frame.mean(of_third)[0]));
}

TEST(TestProtocol, HasOneNameForEachWayOfTesting) {
  EXPECT_EQ(config::protocol_name({{1}, false, true}), "scale-1-shift");
  EXPECT_EQ(config::protocol_name({{1}, true, false}), "scale-1-flip");
  EXPECT_EQ(config::protocol_name({six_scales, true, false}), "scales-0.8-0.9-1-1.1-1.2-1.3-flip");
  EXPECT_EQ(config::protocol_name({{1.2, 0.8, 1.2}, true, true}), config::protocol_name({{0.8, 1.2}, true, false}));
  EXPECT_EQ(config::protocol_name({{1}, false, true, true}), "scale-1-shift-lineage-border");
  EXPECT_EQ(config::protocol_name({six_scales, false, true, true}), "scales-0.8-0.9-1-1.1-1.2-1.3-lineage-border");
  EXPECT_EQ(config::protocol_name({{1}, true, false, true}),
            "scale-1-flip");  // without a shift the border rule has no effect
}

TEST(TestProtocol, OfAnEarlierVersionKeepsItsMeaning) {
  const Json earlier = Json::parse(R"({"scales": [1.0], "flip": false, "shift": true})");
  EXPECT_EQ(config::protocol_name(config::test_protocol(earlier)), "scale-1-shift");
  EXPECT_EQ(config::protocol_name(config::test_protocol(config::to_json({{1}, false, true, true}))),
            "scale-1-shift-lineage-border");
}

}  // namespace
}  // namespace pbn::worker
