#include "config/skeleton.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "config/body_groups.h"
#include "tests/data/error_of.h"

namespace pbn::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Json bird() {
  return Json::parse(R"({"name": "bird5", "parts": ["beak", "r-wing", "l-wing", "tail", "breast"],
                         "mirror": [["r-wing", "l-wing"]],
                         "limbs": [["beak", "breast"], ["breast", "r-wing"], ["breast", "l-wing"], ["breast", "tail"]],
                         "reference": ["beak", "tail"]})");
}

std::vector<std::string> names_in(const std::vector<PartMean>& means) {
  std::vector<std::string> names;
  for (const PartMean& mean : means) names.push_back(mean.name);
  return names;
}

TEST(Skeleton, TheShippedOnesAreTextsOfTheirNames) {
  EXPECT_THAT(shipped_skeleton_names(), ElementsAre("mpii16", "lsp14", "coco17", "wholebody133"));
  for (const std::string& name : shipped_skeleton_names()) {
    const Skeleton& skeleton = skeleton_named(name);
    EXPECT_EQ(&skeleton_of_text(name), &skeleton);
    EXPECT_EQ(skeleton.text, name);
    EXPECT_EQ(skeleton.sigmas.size(), skeleton.parts.size());
    for (const auto& [right, left] : skeleton.flip_pairs) {
      if (skeleton.parts[static_cast<std::size_t>(right)].starts_with("face-")) continue;
      EXPECT_EQ(skeleton.parts[static_cast<std::size_t>(right)].substr(0, 2), "r-");
      EXPECT_EQ(skeleton.parts[static_cast<std::size_t>(left)].substr(0, 2), "l-");
    }
  }
  EXPECT_THAT(mpii16().flip_pairs,
              ElementsAre(Pair(0, 5), Pair(1, 4), Pair(2, 3), Pair(10, 15), Pair(11, 14), Pair(12, 13)));
  EXPECT_EQ(lsp14().limbs.size(), 14U);
  EXPECT_EQ(coco17().parts[16], "r-ankle");
}

TEST(Skeleton, ADefinitionIsKeptOnceAndReadBackFromItsText) {
  const Skeleton& kept = kept_skeleton(parse_skeleton(bird(), "bird.json"));
  EXPECT_EQ(&kept_skeleton(parse_skeleton(bird(), "bird.json")), &kept);
  EXPECT_EQ(&skeleton_of_text(kept.text), &kept);
  EXPECT_EQ(to_json(kept), Json::parse(kept.text));
  EXPECT_EQ(kept.reference, "pair");
  EXPECT_THAT(kept.reference_ends, ElementsAre(Pair(0, 3)));
  EXPECT_THAT(kept.mirrored(), ElementsAre(0, 2, 1, 3, 4));
}

TEST(Skeleton, WithoutKindsBothSidesAreOneAndWithoutMeansThereAreThoseOfAllParts) {
  const Skeleton skeleton = parse_skeleton(bird(), "bird.json");
  EXPECT_THAT(names_in(skeleton.kinds), ElementsAre("beak", "wing", "tail", "breast"));
  EXPECT_THAT(names_in(skeleton.means), ElementsAre("un5", "all5"));
  Json with_mean = bird();
  with_mean["means"] = Json::parse(R"([{"name": "hard2", "parts": ["r-wing", "tail"]}])");
  EXPECT_THAT(names_in(parse_skeleton(with_mean, "").means), ElementsAre("hard2", "all5")) << "the default figure";
}

TEST(Skeleton, WithoutSomePartsTheRestKeepsItsPairsAndTheText) {
  const Skeleton& skeleton = kept_skeleton(parse_skeleton(bird(), ""));
  const Skeleton rest = without_parts(skeleton, std::vector<std::string>{"beak", "l-wing"});
  EXPECT_THAT(rest.parts, ElementsAre("r-wing", "tail", "breast"));
  EXPECT_TRUE(rest.flip_pairs.empty());
  EXPECT_THAT(rest.limbs, ElementsAre(Pair(2, 0), Pair(2, 1)));
  EXPECT_EQ(rest.text, skeleton.text);
}

TEST(Skeleton, MistakesInADefinitionAreNamed) {
  const auto broken = [](const std::string& key, const char* value) {
    Json definition = bird();
    definition[key] = Json::parse(value);
    const Error error = data::error_of([&] { parse_skeleton(definition, "bird.json"); });
    EXPECT_EQ(error.blame, Blame::data);
    return std::string(error.what());
  };
  EXPECT_THAT(broken("parts", R"(["a", "a"])"), HasSubstr("bird.json: parts: \"a\" is listed twice"));
  EXPECT_THAT(broken("parts", "[]"), HasSubstr("parts: has 0; expected 1 to 256"));
  EXPECT_THAT(broken("parts", R"(["r.eye"])"), HasSubstr("\"r.eye\" is not a name of letters"));
  EXPECT_THAT(broken("mirror", R"([["r-wing", "l-wimg"]])"), HasSubstr("did you mean \"l-wing\"?"));
  EXPECT_THAT(broken("mirror", R"([["r-wing", "l-wing"], ["tail", "l-wing"]])"),
              HasSubstr("\"l-wing\" has two partners"));
  EXPECT_THAT(broken("limbs", R"({"beak": "tail"})"), HasSubstr("limbs is not a list"));
  EXPECT_THAT(broken("reference", R"("nose")"), HasSubstr("expected head, torso, box or a pair of parts"));
  EXPECT_THAT(broken("sigmas", R"({"beak": 0.1})"), HasSubstr("one number for each part"));
  EXPECT_THAT(broken("means", R"([{"name": "all5", "parts": ["beak"]}])"), HasSubstr("\"all5\" is the pooled mean"));
  EXPECT_THAT(broken("means", R"([{"name": "beak", "parts": ["tail"]}])"), HasSubstr("\"beak\" has two meanings"));
  EXPECT_THAT(broken("limb", "[]"), HasSubstr("unknown key \"limb\""));
}

// Damaged files: each is read or refused with an Error that blames the data and names the place.
TEST(Skeleton, ADamagedDefinitionIsReadOrRefused) {
  const std::string whole = bird().dump();
  const auto read = [](const std::string& text) { parse_skeleton(parse_json(text, "bird.json"), "bird.json"); };
  const auto expect_refusal = [&](const std::string& text) {
    const Error error = data::error_of([&] { read(text); });
    EXPECT_EQ(error.blame, Blame::data) << text;
    EXPECT_THAT(error.what(), testing::StartsWith("bird.json: "));
  };
  for (std::size_t length = 0; length < whole.size(); ++length) expect_refusal(whole.substr(0, length));
  for (const char* text :
       {"null", "[]", "7", "\"bird5\"", R"({"name": "a", "parts": "b"})", R"({"name": {}, "parts": ["b"]})",
        R"({"name": "a", "parts": [["b"]]})", R"({"name": "a", "parts": ["b"], "kinds": [{}]})",
        R"({"name": "a", "parts": ["b"], "sigmas": {"b": 1e400}})"}) {
    expect_refusal(text);
  }
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  expect_refusal(R"({"name": "a", "parts": )" + deep + "}");
  std::string many;
  for (int part = 0; part < 100000; ++part) many += fmt::format("{}\"p{}\"", part == 0 ? "" : ",", part);
  expect_refusal(R"({"name": "a", "parts": [)" + many + "]}");
  for (const char* values : {R"("torso": 1)", R"("\u0000": [])"}) {
    expect_refusal(R"({"name": "a", "parts": ["b"], )" + std::string(values) + "}");
  }
}

TEST(BodyGroups, AreNeighboursAndTreatBothSidesAlike) {
  const auto named = [](const std::string& name) { return to_json(resolve_groups(name, coco17()), coco17()); };
  EXPECT_EQ(named("body-17"), to_json(resolve_groups("each", coco17()), coco17()));
  EXPECT_EQ(named("body-1"), to_json(resolve_groups("all", coco17()), coco17()));
  for (int k = 1; k <= 17; ++k) EXPECT_EQ(body_groups(coco17(), k).size(), static_cast<std::size_t>(k));
  EXPECT_EQ(
      named("body-6"),
      Json::parse(R"([["nose", "l-eye", "r-eye"], ["l-ear", "r-ear", "l-shoulder", "r-shoulder", "l-hip", "r-hip"],
                            ["l-elbow", "l-wrist"], ["r-elbow", "r-wrist"], ["l-knee", "l-ankle"], ["r-knee", "r-ankle"]])"));
  const Skeleton chain = parse_skeleton(
      Json::parse(R"({"name": "worm", "parts": ["a", "b", "c", "d"], "limbs": [["a", "b"], ["b", "c"], ["c", "d"]]})"),
      "");
  EXPECT_THAT(body_groups(chain, 2), ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
}

TEST(BodyGroups, AreOfferedWhereThePapersListsDoNotReach) {
  const auto refusal = [](const std::string& name, const Skeleton& skeleton) {
    return std::string(data::error_of([&] { resolve_groups(name, skeleton); }).what());
  };
  EXPECT_EQ(resolve_groups("body-6", coco17()), body_groups(coco17(), 6));
  EXPECT_THAT(refusal("related-5", coco17()), HasSubstr("has no group for \"nose\" of skeleton coco17"));
  EXPECT_THAT(refusal("body-18", coco17()), HasSubstr("coco17 has 17 parts"));
  EXPECT_THAT(refusal("body-", coco17()), HasSubstr("unknown part groups"));
  const Skeleton loose =
      parse_skeleton(Json::parse(R"({"name": "loose", "parts": ["a", "b", "c"], "limbs": [["a", "b"]]})"), "");
  EXPECT_THAT(refusal("body-1", loose), HasSubstr("leave 2 pieces"));
}

}  // namespace
}  // namespace pbn::config
