#include "config/run_config.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "config/identity.h"
#include "config/schema.h"
#include "tests/data/error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::config {
namespace {

Json canonical_of(Json given = Json::object()) { return canonical_settings(resolve(given, ""), mpii16(), false); }
Json identity(const Json& given) {
  const Json whole = canonical_of(given);
  return identity_of(whole, {{"train"}, "validation", digest_of_weights(at_path(whole, "train.init"))});
}
std::string id_with(const std::string& key, const Json& value, Json given = Json::object()) {
  set_path(given, key, value);
  return run_id(identity(given));
}

TEST(Identity, ContainsOnlyWhatChangesTheResults) {
  const std::string plain = run_id(identity(Json::object()));
  EXPECT_NE(id_with("train.learning_rate", 1e-3), plain);
  EXPECT_NE(id_with("seed", 2), plain);
  EXPECT_NE(id_with("train.precision", "bf16"), plain);
  EXPECT_EQ(id_with("run.loader_threads", 4), plain);
  EXPECT_EQ(id_with("run.checkpoint_seconds", 1.0), plain);
  EXPECT_EQ(id_with("data.validation", "elsewhere/v.h5"), plain);
  EXPECT_EQ(id_with("test.flip", true), plain);
}

// Stores contain results of such runs: keys added later must not change their identity.
TEST(Identity, IsPinnedForRunsOfEarlierVersions) {
  EXPECT_EQ(run_id(identity(Json::object())).substr(0, 12), "c27481e184f6");
  EXPECT_EQ(id_with("model.head", "deep", {{"model", {{"stacks", 8}, {"batch_norm", "synchronised"}}}}).substr(0, 12),
            "8d8f0559ac82");
  const Json branches = Json::parse(R"({"model": {"head": "pbn", "groups": "body-6", "width": 32, "stacks": 3},
                                        "train": {"precision": "bf16", "epochs": 20}, "run": {"ranks": 2}})");
  EXPECT_EQ(id_with("seed", 7, branches).substr(0, 12), "e44c3d965c00");
}

TEST(Identity, IsComputedAfterAutoPrecisionIsReplaced) {
  EXPECT_EQ(canonical_settings(resolve(Json::object(), ""), mpii16(), true)["train"]["precision"], "bf16");
  EXPECT_EQ(canonical_settings(resolve(Json::object(), ""), mpii16(), false)["train"]["precision"], "fp32");
}

TEST(Identity, DoesNotDependOnUnusedSettings) {
  EXPECT_EQ(id_with("model.depth", 3), id_with("model.depth", 1));
  EXPECT_EQ(id_with("model.groups", "body-6"), id_with("model.groups", "all"));
  const Json pbn{{"model", {{"head", "pbn"}}}};
  EXPECT_NE(id_with("model.depth", 3, pbn), id_with("model.depth", 1, pbn));
  EXPECT_NE(id_with("model.groups", "body-6", pbn), id_with("model.groups", "all", pbn));
  EXPECT_EQ(id_with("model.fusion", "specific", pbn),
            id_with("model.fusion", "shared", pbn));  // one stack fuses nothing
}

// config.json and the metadata of weights show only values that have an effect.
TEST(CanonicalSettings, UnusedSettingsHaveTheirDefaults) {
  const Json deep{{"model", {{"head", "deep"}, {"fusion", "specific"}, {"depth", 3}, {"width", 32}, {"stacks", 2}}}};
  const Json model = canonical_of(deep)["model"];
  EXPECT_EQ(model["fusion"], "shared");
  EXPECT_EQ(model["depth"], 1);
  EXPECT_EQ(model["width"], 64);
  EXPECT_EQ(model["stacks"], 2);
  EXPECT_EQ(run_config(canonical_of(deep), mpii16()).model.fusion, Fusion::shared);
  const auto fusion_of = [](int stacks) {
    return canonical_of({{"model", {{"head", "pbn"}, {"fusion", "specific"}, {"stacks", stacks}}}})["model"]["fusion"];
  };
  EXPECT_EQ(fusion_of(1), "shared");  // one stack has no fusion
  EXPECT_EQ(fusion_of(2), "specific");
  EXPECT_EQ(model_spec(resolve(deep, "")["model"], mpii16()).fusion, Fusion::shared);  // as in earlier files
}

std::vector<std::string> advice(const Json& given) { return advice_about(given, resolve(given, "")); }

TEST(SettingAdvice, NamesUnusedSettingsAndTheReason) {
  const auto only = [](const std::string& sentence) { return testing::ElementsAre(sentence); };
  EXPECT_THAT(advice({{"model", {{"head", "deep"}, {"fusion", "specific"}}}}),
              only("model.fusion is not used: model.head is deep"));
  EXPECT_THAT(advice({{"model", {{"head", "pbn"}, {"fusion", "specific"}}}}),
              only("model.fusion is not used: model.stacks is 1"));
  EXPECT_THAT(advice({{"train", {{"augment", {{"rotate_probability", 0.0}, {"rotate", 10.0}}}}}}),
              only("train.augment.rotate is not used: train.augment.rotate_probability is 0"));
  EXPECT_THAT(advice(canonical_of({{"model", {{"head", "deep"}, {"fusion", "specific"}}}})), testing::IsEmpty());
  EXPECT_THAT(advice({{"run", {{"kernels", "own"}, {"device", "cpu"}}}}),
              only("run.kernels is not used: run.device is cpu"));
  EXPECT_THAT(advice({{"run", {{"weight_gradients", "own"}}}, {"train", {{"precision", "bf16"}}}}),
              only("run.weight_gradients is not used: train.precision is bf16"));
  EXPECT_THAT(advice({{"run", {{"weight_gradients", "own"}}}}), testing::IsEmpty());
  EXPECT_THAT(advice({{"model", {{"head", "pbn"}, {"depth", 3}}}}), testing::IsEmpty());
}

TEST(SettingAdvice, WarnsThatAWideTargetIsCut) {
  EXPECT_THAT(advice({{"train", {{"sigma", 10.0}}}}),
              testing::ElementsAre(testing::HasSubstr("train.sigma 10.0 is wider than the target's window")));
  EXPECT_THAT(advice({{"train", {{"sigma", 3.0}}}}), testing::IsEmpty());
}

TEST(Identity, IsTheSameForNamedGroupsAndTheirList) {
  const Json pbn{{"model", {{"head", "pbn"}}}};
  const Json list = to_json(resolve_groups("body-6", mpii16()), mpii16());
  EXPECT_EQ(id_with("model.groups", list, pbn), id_with("model.groups", "body-6", pbn));
}

TEST(Identity, DependsOnTheSetOfPartsLeftOut) {
  EXPECT_NE(id_with("model.without", {"r-ankle", "l-ankle"}), id_with("model.without", Json::array()));
  EXPECT_EQ(id_with("model.without", {"r-ankle", "l-ankle"}), id_with("model.without", {"l-ankle", "r-ankle"}));
  EXPECT_EQ(id_with("model.without", Json::array()), run_id(identity(Json::object())));
}

TEST(Identity, DependsOnRanksOnlyThroughTheSamplesOfBatchNorm) {
  EXPECT_NE(id_with("run.ranks", 2), id_with("run.ranks", 1));
  const Json synchronised{{"model", {{"batch_norm", "synchronised"}}}};
  EXPECT_EQ(id_with("run.ranks", 2, synchronised), id_with("run.ranks", 1, synchronised));
}

TEST(Identity, DependsOnMicroBatchesOnlyThroughTheSamplesOfBatchNorm) {
  EXPECT_EQ(id_with("train.accumulate", 2), id_with("run.ranks", 2));
  const Json synchronised{{"model", {{"batch_norm", "synchronised"}}}};
  EXPECT_NE(id_with("train.accumulate", 2, synchronised), id_with("train.accumulate", 1, synchronised));
  EXPECT_EQ(identity({{"train", {{"accumulate", 4}}}, {"run", {{"ranks", 2}}}}).at("samples_per_batch_norm"), 2);
}

TEST(Identity, ContainsTheWireOnlyForBf16) {
  EXPECT_NE(id_with("train.wire", "bf16"), id_with("train.wire", "fp32"));
  EXPECT_FALSE(identity({{"train", {{"wire", "fp32"}}}}).contains("train.wire"));
  EXPECT_EQ(id_with("run.graph", "on"), id_with("run.graph", "off"));
}

// Our own kernels round differently on a GPU, but not on a processor, which has its own in any case.
TEST(Identity, ContainsOurOwnKernelsOnlyForGpus) {
  const std::string plain = run_id(identity(Json::object()));
  EXPECT_EQ(id_with("run.kernels", "auto"), plain);
  EXPECT_EQ(id_with("run.kernels", "aten"), plain);
  EXPECT_NE(id_with("run.kernels", "own"), plain);
  EXPECT_EQ(identity({{"run", {{"kernels", "own"}}}}).at("run.kernels"), "own");
  const Json processor{{"run", {{"device", "cpu"}}}};
  EXPECT_EQ(id_with("run.kernels", "own", processor), plain);
  EXPECT_EQ(run_config(canonical_of({{"run", {{"kernels", "own"}}}}), mpii16()).run.kernels, Kernels::own);
  EXPECT_EQ(canonical_of()["run"]["kernels"], "aten");
  EXPECT_EQ(canonical_of({{"run", {{"kernels", "own"}, {"device", "cpu"}}}})["run"]["kernels"], "aten");
}

TEST(Identity, ContainsOurOwnGradientsOfWeightsOnlyInFp32) {
  const Json fp32{{"train", {{"precision", "fp32"}}}}, bf16{{"train", {{"precision", "bf16"}}}};
  EXPECT_EQ(id_with("run.weight_gradients", "onednn", fp32), run_id(identity(fp32)));
  EXPECT_NE(id_with("run.weight_gradients", "own", fp32), run_id(identity(fp32)));
  EXPECT_EQ(id_with("run.weight_gradients", "own", bf16), run_id(identity(bf16)));
}

TEST(Identity, ContainsTheMeanColourUnlessItIsMpiis) {
  const std::string plain = run_id(identity(Json::object()));
  EXPECT_EQ(id_with("train.mean", "mpii"), plain);
  EXPECT_NE(id_with("train.mean", "dataset"), plain);
  EXPECT_NE(id_with("train.mean", {0.5, 0.5, 0.5}), id_with("train.mean", {0.5, 0.5, 0.4}));
  const auto mean_of = [](const Json& given) {
    return run_config(canonical_of({{"train", {{"mean", given}}}}), mpii16()).train.mean;
  };
  EXPECT_EQ(mean_of("mpii").rgb, mpii_mean_rgb);
  EXPECT_TRUE(mean_of("dataset").is_of_dataset);
  EXPECT_EQ(mean_of({0.5, 0.25, 0}).rgb, (std::array{0.5, 0.25, 0.0}));
}

TEST(Identity, KeepsTf32ApartFromFp32) {
  EXPECT_NE(id_with("train.precision", "tf32"), id_with("train.precision", "fp32"));
  EXPECT_EQ(run_config(canonical_of({{"train", {{"precision", "tf32"}}}}), mpii16()).train.precision, Precision::tf32);
}

TEST(RunConfig, HasNoTf32OnAProcessor) {
  const Json wanted = canonical_of({{"train", {{"precision", "tf32"}}}, {"run", {{"device", "cpu"}}}});
  const Error error = data::error_of([&] { run_config(wanted, mpii16()); });
  EXPECT_EQ(error.blame, Blame::usage);
  EXPECT_EQ(
      std::string(error.what()),
      "train.precision: tf32 is a number format of GPUs, but the device is the CPU; use fp32 or bf16, or a machine "
      "with a GPU");
}

TEST(Identity, ContainsTheContentOfInitialWeights) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "same as a"})
    write_atomically(folder / name, std::string(name).substr(name[0] == 's' ? 8 : 0));
  const auto id_from = [&](const char* name) { return id_with("train.init", (folder / name).string()); };
  EXPECT_NE(id_from("a"), id_with("train.init", ""));
  EXPECT_NE(id_from("a"), id_from("b"));
  EXPECT_EQ(id_from("a"), id_from("same as a"));
  EXPECT_THROW(id_from("nowhere"), Error);
}

TEST(Identity, ACellIsARunWithoutItsSeed) {
  EXPECT_EQ(cell_id(identity({{"seed", 1}})), cell_id(identity({{"seed", 2}})));
  EXPECT_NE(cell_id(identity({{"train", {{"epochs", 3}}}})), cell_id(identity({{"seed", 2}})));
}

TEST(PartsLeftOut, AreInNoHeatMapNoGroupAndNoFlipPair) {
  const Json given = Json::parse(R"({"model": {"head": "pbn", "groups": "each", "without": ["l-ankle", "pelvis"]}})");
  const RunConfig config = run_config(canonical_of(given), mpii16());
  EXPECT_EQ(config.model.parts, 14);
  EXPECT_EQ(config.model.groups.size(), 14u);
  EXPECT_EQ(config.tasks.index_of("l-ankle"), -1);
  EXPECT_EQ(config.tasks.flip_pairs.size(), 5u);  // the right ankle has no partner
  EXPECT_EQ(config.tasks.mirrored()[config.tasks.index_of("r-ankle")], config.tasks.index_of("r-ankle"));
  EXPECT_EQ(mpii16().indices_of(config.tasks.parts)[5], 7);  // thorax comes after l-knee
}

TEST(PartsLeftOut, AreRemovedFromExplicitGroups) {
  const Json five = to_json(resolve_groups("related-5", mpii16()), mpii16());
  const Json given{{"model", {{"head", "pbn"}, {"groups", five}, {"without", {"r-wrist", "r-elbow"}}}}};
  const Json once = canonical_of(given);
  EXPECT_EQ(at_path(once, "model.groups").size(), 4u);
  EXPECT_EQ(canonical_settings(once, mpii16(), false), once);  // canonical settings are unchanged
}

TEST(PartsLeftOut, MustBeKnownPartsAndNotAll) {
  EXPECT_THROW(canonical_of({{"model", {{"without", {"r-ankel"}}}}}), Error);
  EXPECT_THROW(canonical_of({{"model", {{"without", mpii16().parts}}}}), Error);
}

TEST(LearningRate, DropsAtTheGivenEpochs) {
  const Training train = run_config(canonical_of(), mpii16()).train;
  EXPECT_DOUBLE_EQ(train.learning_rate_in(1), 2.5e-4);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(169), 2.5e-4);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(170), 2.5e-5);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(219), 2.5e-5);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(220), 2.5e-6);
}

TEST(LearningRate, DropsAfterFractionsOfTheEpochs) {
  const Json given{{"train", {{"epochs", 20}, {"drops", {0.7, 0.9}}, {"learning_rate", 1.0}}}};
  const Training train = run_config(canonical_of(given), mpii16()).train;
  EXPECT_DOUBLE_EQ(train.learning_rate_in(14), 1);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(15), 0.1);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(18), 0.1);
  EXPECT_DOUBLE_EQ(train.learning_rate_in(19), 0.01);
}

TEST(RunConfig, InconsistentValuesAreRefused) {
  EXPECT_THROW(run_config(canonical_of({{"run", {{"ranks", 3}}}}), mpii16()), Error);  // 16 people on 3 ranks
  EXPECT_THROW(run_config(canonical_of({{"train", {{"accumulate", 3}}}}), mpii16()), Error);
  EXPECT_THROW(run_config(canonical_of({{"model", {{"features", 100}}}}), mpii16()), Error);  // not a multiple of 16
}

}  // namespace
}  // namespace pbn::config
