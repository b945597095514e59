// Settings of many cells, kept once where they are equal.
#include "orchestrator/grid/shared_object.h"

#include <gtest/gtest.h>

namespace pbn {
namespace {

TEST(SharedObject, GivesBackTheObjectAndItsValuesByDottedPaths) {
  const Json object = {{"depth", 2}, {"augment", {{"rotate", 30.0}, {"flip", {{"probability", 0.5}}}}}, {"to", {1, 2}}};
  const SharedObject shared = SharedValues().share(object);  // outlives the SharedValues
  EXPECT_EQ(shared.json().dump(), object.dump());
  EXPECT_EQ(shared.at("depth"), 2);
  EXPECT_EQ(shared.at("augment"), object["augment"]);
  EXPECT_EQ(shared.at("augment.flip.probability"), 0.5);
  for (const char* path : {"dept", "depths", "augment.turn", "depth.of", ""}) EXPECT_TRUE(shared.at(path).is_null());
}

TEST(SharedObject, KeepsEqualValuesOnce) {
  SharedValues values;
  const SharedObject one = values.share({{"depth", 1}, {"groups", {{"neck", "head-top"}, {"r-hip"}}}});
  const SharedObject two = values.share({{"depth", 2}, {"groups", {{"neck", "head-top"}, {"r-hip"}}}});
  EXPECT_EQ(&one.at("groups"), &two.at("groups"));
  EXPECT_NE(&one.at("depth"), &two.at("depth"));
}

TEST(SharedObject, IsEqualWhereTheTextIs) {
  SharedValues values;
  const SharedObject whole = values.share({{"rate", 1}});
  EXPECT_TRUE(whole == values.share({{"rate", 1}}));
  EXPECT_FALSE(whole == values.share({{"rate", 1.0}}));  // Json takes these two for equal; a run's identity does not
  EXPECT_FALSE(whole == values.share({{"pace", 1}}));
  EXPECT_FALSE(whole == values.share(Json::object()));
}

}  // namespace
}  // namespace pbn
