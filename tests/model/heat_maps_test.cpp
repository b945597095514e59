// Targets, loss and decoding, on small maps with known values.
#include "model/heat_maps.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pbn::model {
namespace {

// One person with one part at (x, y).
Targets target_at(double x, double y, int side = 16, double sigma = 1.75, bool labelled = true) {
  return make_targets(at::tensor({x, y}, at::kFloat).view({1, 1, 2}), at::full({1, 1}, labelled, at::kByte), side,
                      sigma);
}

double at(const at::Tensor& maps, int row, int column) { return maps[0][0][row][column].item<double>(); }

at::Tensor map_with(std::initializer_list<std::tuple<int, int, double>> cells, int side = 8) {
  const at::Tensor maps = at::zeros({1, 1, side, side});
  for (const auto& [row, column, value] : cells) maps[0][0][row][column] = value;
  return maps;
}

std::pair<double, double> decoded(const at::Tensor& maps, bool quarter_shift) {
  const at::Tensor joint = decode(maps, quarter_shift).joints[0][0];
  return {joint[0].item<double>(), joint[1].item<double>()};
}

TEST(NormalisedImages, AreRgbOver255LessTheMeanWithChannelsFirstInShapeAndLastInMemory) {
  at::Tensor pixels = at::zeros({2, 4, 4, 3}, at::kByte);
  pixels[1][2][3][0] = 255;
  const at::Tensor images = normalised_images(pixels, at::kFloat);
  EXPECT_EQ(images.sizes(), at::IntArrayRef({2, 3, 4, 4}));
  EXPECT_TRUE(images.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_NEAR(images[1][0][2][3].item<double>(), 1 - 0.4660, 1e-6);
  EXPECT_NEAR(images[0][1][0][0].item<double>(), -0.4443, 1e-6);
  EXPECT_NEAR(images[0][2][0][0].item<double>(), -0.4068, 1e-6);
}

TEST(Targets, AreGaussiansOfHeightOneAroundTheJointsCellWithinSevenBySevenCells) {
  const Targets targets = target_at(22.9, 41.2);  // cell (5, 10)
  EXPECT_EQ(at(targets.maps, 10, 5), 1);
  EXPECT_NEAR(at(targets.maps, 10, 6), std::exp(-1 / (2 * 1.75 * 1.75)), 1e-6);
  EXPECT_NEAR(at(targets.maps, 13, 2), std::exp(-18 / (2 * 1.75 * 1.75)), 1e-6);
  EXPECT_EQ(at(targets.maps, 14, 5), 0);
  EXPECT_EQ(at(targets.maps, 10, 1), 0);
  EXPECT_EQ((targets.maps > 0).sum().item<int>(), 49);
  EXPECT_EQ(targets.mask.item<float>(), 1);
}

TEST(Targets, AreCutAtTheEdgeOfTheMap) {
  const Targets targets = target_at(0, 63.9);
  EXPECT_EQ(at(targets.maps, 15, 0), 1);
  EXPECT_EQ((targets.maps > 0).sum().item<int>(), 16);
}

TEST(Targets, LeaveOutPartsThatAreNotLabelledOrOutsideTheMap) {
  for (const Targets& targets : {target_at(20, 20, 16, 1.75, false), target_at(-0.1, 20), target_at(20, 64)}) {
    EXPECT_EQ(targets.mask.item<float>(), 0);
    EXPECT_EQ(targets.maps.sum().item<float>(), 0);
  }
}

TEST(HeatMapLoss, OfAnOutputOfZeroAgreesWithPaperAndLineage) {
  at::manual_seed(5);
  const at::Tensor joints = at::rand({4, 16, 2}) * 200 + 28;  // no window is cut
  const at::Tensor labelled = at::ones({4, 16}, at::kByte);
  const double denominator = mean_squared_error_denominator(4, 16, 64);
  const Targets wide = make_targets(joints, labelled, 64, 1.75), narrow = make_targets(joints, labelled, 64, 1.0);
  EXPECT_NEAR(zero_output_loss(wide, 1, denominator).item<double>(), 2.332e-3, 1e-6);
  EXPECT_NEAR(zero_output_loss(narrow, 1, denominator).item<double>(), 7.67e-4, 1e-6);
  const at::Tensor nothing = at::zeros({4, 16, 64, 64});
  EXPECT_NEAR(heat_map_loss({nothing, nothing, nothing}, wide, denominator).item<double>(),
              zero_output_loss(wide, 3, denominator).item<double>(), 1e-9);
}

TEST(HeatMapLoss, MaskedPartsHaveNoGradientAndDoNotChangeTheDenominator) {
  const at::Tensor joints = at::full({1, 2, 2}, 30.0), labelled = at::tensor({1, 0}, at::kByte).view({1, 2});
  const Targets targets = make_targets(joints, labelled, 16, 1.75);
  const at::Tensor maps = at::ones({1, 2, 16, 16}).set_requires_grad(true);
  const at::Tensor loss = heat_map_loss({maps}, targets, mean_squared_error_denominator(1, 2, 16));
  loss.backward();
  EXPECT_EQ(maps.grad()[0][1].abs().max().item<double>(), 0);
  const at::Tensor error = 1 - targets.maps[0][0];
  EXPECT_NEAR(loss.item<double>(), error.square().sum().item<double>() / (2 * 16 * 16), 1e-6);
  EXPECT_TRUE(at::allclose(maps.grad()[0][0], 2 * error / (2 * 16 * 16)));
}

TEST(HeatMapLoss, TheLossesOfSharesAddUpToTheLossOfTheBatch) {
  at::manual_seed(6);
  const Targets targets = make_targets(at::rand({5, 3, 2}) * 64, at::ones({5, 3}, at::kByte), 16, 1.75);
  const at::Tensor maps = at::randn({5, 3, 16, 16});
  const double denominator = mean_squared_error_denominator(5, 3, 16);
  const auto share = [&](int first, int last) {
    return heat_map_loss({maps.slice(0, first, last)},
                         {targets.maps.slice(0, first, last), targets.mask.slice(0, first, last)}, denominator)
        .item<double>();
  };
  EXPECT_NEAR(share(0, 3) + share(3, 5), share(0, 5), 1e-6);
}

TEST(Decode, FindsTheCentreOfTheHighestCellInInputPixels) {
  EXPECT_EQ(decoded(map_with({{2, 5, 0.9}}), false), std::pair(22.0, 10.0));
  EXPECT_FLOAT_EQ(decode(map_with({{2, 5, 0.9}}), false).confidence.item<float>(), 0.9f);
}

TEST(Decode, MovesAQuarterOfACellTowardsTheHigherNeighbour) {
  const at::Tensor maps = map_with({{2, 5, 0.9}, {2, 6, 0.5}, {2, 4, 0.2}, {1, 5, 0.3}});
  EXPECT_EQ(decoded(maps, true), std::pair(23.0, 9.0));
  EXPECT_EQ(decoded(maps, false), std::pair(22.0, 10.0));
}

TEST(Decode, StaysAtTheCentreBetweenEqualNeighboursAndAtTheEdge) {
  EXPECT_EQ(decoded(map_with({{2, 5, 0.9}}), true), std::pair(22.0, 10.0));
  EXPECT_EQ(decoded(map_with({{0, 7, 0.9}, {0, 6, 0.5}, {1, 7, 0.5}}), true), std::pair(30.0, 2.0));
}

// The rule of pose-hg and mmpose. The default rule moves along the axis on which the cell has two neighbours.
TEST(Decode, WithTheLineagesRuleMovesAlongNeitherAxisAtTheBorder) {
  const at::Tensor border = map_with({{0, 5, 0.9}, {0, 6, 0.5}}), inside = map_with({{2, 5, 0.9}, {2, 6, 0.5}});
  const auto x_of = [](const at::Tensor& maps, bool lineage_border) {
    return decode(maps, true, lineage_border).joints[0][0][0].item<double>();
  };
  EXPECT_EQ(x_of(border, false), 23);
  EXPECT_EQ(x_of(border, true), 22);
  EXPECT_EQ(x_of(inside, true), 23);
  EXPECT_EQ(x_of(border.transpose(2, 3), true), 2);
}

TEST(Decode, RecoversTheJointOfATargetWithinHalfACell) {
  const Targets targets = target_at(22.9, 41.2);
  EXPECT_EQ(decoded(targets.maps, false), std::pair(22.0, 42.0));
}

TEST(Decode, TreatsNaNAsLowerThanEveryNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(decoded(map_with({{2, 5, 0.9}, {2, 6, nan}, {1, 5, nan}}), false), std::pair(22.0, 10.0));
  const Decoded nothing = decode(at::full({1, 1, 8, 8}, nan), true);
  EXPECT_TRUE(nothing.joints.isfinite().all().item<bool>());
  EXPECT_EQ(nothing.confidence.item<float>(), 0);
}

TEST(Decode, GivesAPersonTheSameResultAtEveryPlaceInABatch) {
  at::manual_seed(7);
  const at::Tensor maps = at::randn({6, 4, 16, 16});
  const Decoded together = decode(maps, true);
  for (int person = 0; person < 6; ++person) {
    const Decoded alone = decode(maps.slice(0, person, person + 1), true);
    EXPECT_TRUE(at::equal(alone.joints[0], together.joints[person]));
    EXPECT_TRUE(at::equal(alone.confidence[0], together.confidence[person]));
  }
}

TEST(Unflipped, MirrorsMapsAndExchangesLeftAndRight) {
  const config::Skeleton& skeleton = config::lsp14();
  at::Tensor maps = at::zeros({1, 14, 8, 8});
  const int left = skeleton.index_of("l-ankle"), right = skeleton.index_of("r-ankle"), neck = 12;
  maps[0][right][3][1] = 1;
  maps[0][neck][4][7] = 1;
  const at::Tensor back = unflipped(maps, skeleton);
  EXPECT_EQ(back[0][left][3][6].item<float>(), 1);
  EXPECT_EQ(back[0][neck][4][0].item<float>(), 1);
  EXPECT_EQ(back.sum().item<float>(), 2);
  EXPECT_TRUE(at::equal(unflipped(back, skeleton), maps));
}

}  // namespace
}  // namespace pbn::model
