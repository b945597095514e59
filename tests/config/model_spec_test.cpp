// Compares the closed forms with the published and verified sizes of the paper's networks.
#include "config/model_spec.h"

#include <gtest/gtest.h>

namespace pbn::config {
namespace {

ModelSpec mpii_network(Head head, int stacks, const char* groups = "related-5") {
  ModelSpec spec;
  spec.head = head;
  spec.stacks = stacks;
  if (head == Head::pbn) spec.groups = resolve_groups(groups, mpii16());
  return spec;
}

double giga_multiply_adds(const ModelSpec& spec) { return static_cast<double>(count_multiply_adds(spec, 256)) / 1e9; }

TEST(ModelSpec, ParametersOfEveryHeadAndDepthOfStackAreThePapers) {
  EXPECT_EQ(count_parameters(mpii_network(Head::plain, 1)), 3'493'136);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 1)), 3'641'424);
  EXPECT_EQ(count_parameters(mpii_network(Head::deep, 1)), 3'707'664);
  EXPECT_EQ(count_parameters(mpii_network(Head::plain, 3)), 9'781'040);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 3)), 10'225'904);
  EXPECT_EQ(count_parameters(mpii_network(Head::deep, 3)), 10'424'624);
  EXPECT_EQ(count_parameters(mpii_network(Head::plain, 8)), 25'500'800);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 8)), 26'687'104);   // 26.69M in Table 6
  EXPECT_EQ(count_parameters(mpii_network(Head::deep, 8)), 27'217'024);  // 27.22M in Table 6
}

TEST(ModelSpec, ParametersOfTheAblationsOverGroupsDepthAndWidth) {
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 3, "related-2")), 9'953'456);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 3, "related-8")), 10'498'352);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 3, "related-16")), 11'224'880);
  EXPECT_EQ(count_parameters(mpii_network(Head::pbn, 3, "body-6")), 10'316'720);
  ModelSpec deeper = mpii_network(Head::pbn, 3);
  deeper.depth = 2;
  EXPECT_EQ(count_parameters(deeper), 10'431'344);
  ModelSpec wider = mpii_network(Head::pbn, 3);
  wider.width = 128;
  EXPECT_EQ(count_parameters(wider), 11'082'416);
}

TEST(ModelSpec, MultiplyAddsOfOneImageOf256Pixels) {
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::plain, 1)), 6.32, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::pbn, 1)), 6.91, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::deep, 1)), 7.19, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::plain, 3)), 12.69, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::pbn, 3)), 14.47, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::deep, 3)), 15.30, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::plain, 8)), 28.61, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::pbn, 8)), 33.37, 0.005);
  EXPECT_NEAR(giga_multiply_adds(mpii_network(Head::deep, 8)), 35.59, 0.005);
}

}  // namespace
}  // namespace pbn::config
