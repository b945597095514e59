#include "base/random.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace pbn {
namespace {

TEST(Random, PhiloxGivesThePublishedNumbers) {  // known answers of Random123, philox4x32 with 10 rounds
  EXPECT_THAT(philox({0, 0, 0, 0}, {0, 0}), testing::ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              testing::ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Random, AStreamDependsOnlyOnItsFourNumbers) {
  Random one(7, 3, 11, Purpose::augmentation);
  Random same(7, 3, 11, Purpose::augmentation);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(one.next(), same.next());
  EXPECT_NE(Random(7, 3, 11, Purpose::augmentation).next(), Random(8, 3, 11, Purpose::augmentation).next());
  EXPECT_NE(Random(7, 3, 11, Purpose::augmentation).next(), Random(7, 4, 11, Purpose::augmentation).next());
  EXPECT_NE(Random(7, 3, 11, Purpose::augmentation).next(), Random(7, 3, 12, Purpose::augmentation).next());
  EXPECT_NE(Random(7, 3, 11, Purpose::augmentation).next(), Random(7, 3, 11, Purpose::order).next());
}

TEST(Random, MomentsAreThoseOfTheDistributions) {
  Random random(1, 0, 0, Purpose::bootstrap);
  constexpr int draws = 20000;
  double uniform = 0, normal = 0, square = 0;
  int below[3] = {};
  for (int i = 0; i < draws; ++i) {
    const double u = random.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    uniform += u / draws;
    const double n = random.normal();
    normal += n / draws;
    square += n * n / draws;
    ++below[random.below(3)];
  }
  EXPECT_NEAR(uniform, 0.5, 0.01);  // four standard errors: 0.008
  EXPECT_NEAR(normal, 0, 0.03);
  EXPECT_NEAR(square, 1, 0.05);
  for (const int count : below) EXPECT_NEAR(count, draws / 3.0, 270);
}

TEST(Random, APermutationHoldsEveryNumberOnce) {
  const auto order = permutation(1000, Random(1, 2, 0, Purpose::order));
  std::vector<std::int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_NE(order, all);
  EXPECT_THAT(order, testing::UnorderedElementsAreArray(all));
  EXPECT_TRUE(permutation(0, Random(1, 2, 0, Purpose::order)).empty());
}

}  // namespace
}  // namespace pbn
