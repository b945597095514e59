#include "config/schema.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/data/error_of.h"

namespace pbn::config {
namespace {

using testing::HasSubstr;

std::string complaint_about(const Json& given) {
  const Error error = data::error_of([&] { resolve(given, "c.json"); });
  EXPECT_EQ(error.blame, Blame::usage);
  return error.what();
}

TEST(Schema, DefaultsAreThePapersRecipe) {
  const Json config = resolve(Json::object(), "");
  EXPECT_EQ(at_path(config, "train.learning_rate"), 2.5e-4);
  EXPECT_EQ(at_path(config, "train.epochs"), 250);
  EXPECT_EQ(at_path(config, "train.global_batch"), 16);
  EXPECT_EQ(at_path(config, "train.drops"), Json({170, 220}));
  EXPECT_EQ(at_path(config, "model.features"), 256);
}

TEST(Schema, EveryDefaultIsAllowedAndEveryKeyIsUnique) {
  std::set<std::string> paths;
  for (const Key& key : all_keys()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path;
    EXPECT_EQ(checked(key, key.default_value), key.default_value) << key.path;
    EXPECT_FALSE(key.help.empty()) << key.path;
  }
}

TEST(Schema, MistakesAreNamedWithTheAllowedValues) {
  EXPECT_THAT(complaint_about({{"model", {{"dept", 1}}}}),
              HasSubstr("c.json: unknown key \"model.dept\"; did you mean \"model.depth\"?"));
  EXPECT_THAT(complaint_about({{"model", {{"depth", 1.5}}}}), HasSubstr("expected a whole number from 0 to 3"));
  EXPECT_THAT(complaint_about({{"model", {{"depth", 4}}}}), HasSubstr("expected a whole number from 0 to 3"));
  EXPECT_THAT(complaint_about({{"model", {{"head", "plian"}}}}), HasSubstr("did you mean \"plain\"?"));
  EXPECT_THAT(complaint_about({{"test", {{"flip", "yes"}}}}), HasSubstr("expected true or false"));
  EXPECT_THAT(complaint_about({{"train", {{"drops", {"x"}}}}}), HasSubstr("expected a list of numbers"));
  for (const Json& wrong : {Json({0.5, 0.5}), Json({0.1, 0.2, 2}), Json(0.5)}) {
    EXPECT_THAT(complaint_about({{"train", {{"mean", wrong}}}}),
                HasSubstr("expected one of mpii, dataset, or three numbers from 0 to 1"));
  }
  EXPECT_THAT(complaint_about({{"model", 3}}), HasSubstr("unknown key \"model\""));
}

TEST(Schema, CommandLineTextIsConvertedToTheKeysType) {
  EXPECT_EQ(parse_option(*find_key("train.epochs"), "20"), 20);
  EXPECT_EQ(parse_option(*find_key("train.learning_rate"), "1"), 1.0);
  EXPECT_EQ(parse_option(*find_key("train.drops"), "[0.7,0.9]"), Json({0.7, 0.9}));
  EXPECT_EQ(parse_option(*find_key("model.groups"), "body-6"), "body-6");
  EXPECT_EQ(parse_option(*find_key("test.scales"), "0.8,1, 1.2"), Json({0.8, 1.0, 1.2}));
  EXPECT_EQ(parse_option(*find_key("model.without"), R"("r-ankle", "l-ankle")"), Json({"r-ankle", "l-ankle"}));
  EXPECT_EQ(parse_option(*find_key("data.train"), "a,b.h5"), Json({"a,b.h5"}));
  EXPECT_EQ(parse_option(*find_key("data.train"), R"("a,b.h5")"), Json({"a,b.h5"}));
  EXPECT_EQ(parse_option(*find_key("data.validation"), R"("a,b.h5")"), "a,b.h5");
  EXPECT_EQ(parse_option(*find_key("data.validation"), "2024"), "2024");
  EXPECT_EQ(parse_option(*find_key("train.mean"), "dataset"), "dataset");
  EXPECT_EQ(parse_option(*find_key("train.mean"), "0.5,0.4,1"), Json({0.5, 0.4, 1.0}));
  EXPECT_THROW(parse_option(*find_key("train.epochs"), "many"), Error);
}

}  // namespace
}  // namespace pbn::config
