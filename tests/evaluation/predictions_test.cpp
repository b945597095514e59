#include "evaluation/predictions.h"

#include <fstream>

#include "base/digest.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_file.h"
#include "evaluation/metrics.h"
#include "tests/evaluation/example_data.h"

namespace pbn::evaluation {
namespace {

Predictions two_people_with_confidence() {
  Predictions predictions = perfect(example_truth(config::mpii16(), 2));
  for (std::size_t joint = 0; joint < predictions.joints.size(); ++joint) {
    predictions.confidence.push_back(0.5F + 0.01F * static_cast<float>(joint));
  }
  return predictions;
}

TEST(Predictions, RoundTripThroughHdf5AndGiveEqualBytes) {
  const TemporaryFolder folder;
  const Predictions predictions = two_people_with_confidence();
  write_predictions(folder / "a.h5", predictions);
  write_predictions(folder / "b.h5", predictions);
  const Predictions back = read_predictions(folder / "a.h5");
  EXPECT_EQ(back.parts, 16);
  EXPECT_EQ(back.people(), 2);
  EXPECT_EQ(back.joints, predictions.joints);
  EXPECT_EQ(back.confidence, predictions.confidence);
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST(Predictions, MissingConfidenceStaysMissing) {
  const TemporaryFolder folder;
  write_predictions(folder / "a.h5", perfect(example_truth(config::lsp14(), 3)));
  const Predictions back = read_predictions(folder / "a.h5");
  EXPECT_EQ(back.people(), 3);
  EXPECT_TRUE(back.confidence.empty());
}

TEST(Predictions, RoundTripThroughMatlabAndGiveEqualBytes) {
  const TemporaryFolder folder;
  const Predictions predictions = two_people_with_confidence();
  write_predictions(folder / "a.mat", predictions);
  write_predictions(folder / "b.mat", predictions);
  EXPECT_EQ(data::read_matlab_array(folder / "a.mat", "preds").shape, (std::vector<std::size_t>{2, 16, 3}));
  const Predictions back = read_predictions(folder / "a.mat");
  EXPECT_EQ(back.joints, predictions.joints);
  EXPECT_EQ(back.confidence, predictions.confidence);
  EXPECT_EQ(read_file(folder / "a.mat"), read_file(folder / "b.mat"));
}

TEST(Predictions, KeepTheirSkeletonInBothFormats) {
  const TemporaryFolder folder;
  const config::Skeleton& bird =
      config::kept_skeleton(config::parse_skeleton({{"name", "bird2"}, {"parts", {"beak", "tail"}}}, ""));
  Predictions predictions{2, {{1, 2}, {3, 4}}, {0.5F, 0.25F}};
  const std::string digest = predictions_sha256(predictions, folder / "");
  predictions.skeleton = &bird;
  EXPECT_EQ(predictions_sha256(predictions, folder / ""), digest) << "the skeleton is no part of a run's outcome";
  for (const char* name : {"a.h5", "a.mat"}) {
    write_predictions(folder / name, predictions);
    EXPECT_EQ(read_predictions(folder / name).skeleton, &bird);
  }
  predictions.skeleton = &config::lsp14();
  write_predictions(folder / "wrong.h5", predictions);
  expect_data_error([&] { read_predictions(folder / "wrong.h5"); }, {"wrong.h5: preds", "has 2 parts", "lsp14 has 14"});
}

TEST(Predictions, AreMappedToOtherPartsByName) {
  const Predictions sixteen = two_people_with_confidence();
  const Predictions fourteen = with_parts_of(config::lsp14(), sixteen);
  ASSERT_EQ(fourteen.parts, 14);
  ASSERT_EQ(fourteen.people(), 2);
  const int neck_of_16 = config::mpii16().index_of("neck"), neck_of_14 = config::lsp14().index_of("neck");
  EXPECT_EQ(fourteen.joints[static_cast<std::size_t>(14 + neck_of_14)],
            sixteen.joints[static_cast<std::size_t>(16 + neck_of_16)]);
  EXPECT_EQ(fourteen.confidence[static_cast<std::size_t>(14 + neck_of_14)],
            sixteen.confidence[static_cast<std::size_t>(16 + neck_of_16)]);
  const GroundTruth truth = example_truth(config::coco17(), 2);
  const Predictions seventeen = with_parts_of(*truth.skeleton, sixteen);
  EXPECT_EQ(parts_not_predicted(seventeen).size(), 5U) << "nose, eyes and ears";
  EXPECT_EQ(evaluate(seventeen, truth).count("pckh50.face"), 0U);
  EXPECT_EQ(with_parts_of(config::mpii16(), sixteen).joints, sixteen.joints);
}

TEST(Predictions, OfAnUnknownNumberOfPartsAreNotGuessed) {
  const Predictions three{3, {{1, 2}, {3, 4}, {5, 6}}, {}};
  expect_data_error([&] { with_parts_of(config::lsp14(), three); },
                    {"has 3 parts, but lsp14 has 14", "attribute `skeleton`"});
  const config::Skeleton worm = config::parse_skeleton({{"name", "worm3"}, {"parts", {"a", "b", "c"}}}, "");
  EXPECT_EQ(with_parts_of(worm, three).joints, three.joints) << "as many as the truth's";
  Predictions named = three;
  named.skeleton = &config::kept_skeleton(worm);
  expect_data_error([&] { with_parts_of(config::lsp14(), named); }, {"parts of worm3, of which lsp14 has none"});
}

TEST(Predictions, KeepTheFingerprintOfTheirPoseFileInBothFormats) {
  const TemporaryFolder folder;
  Predictions predictions = two_people_with_confidence();
  const std::string digest = predictions_sha256(predictions, folder / "");
  write_predictions(folder / "old.h5", predictions);
  EXPECT_EQ(digest, sha256_hex(read_file(folder / "old.h5")));
  predictions.fingerprint = std::string(64, 'a');
  EXPECT_EQ(predictions_sha256(predictions, folder / ""), digest) << "the fingerprint is no part of a run's outcome";
  for (const char* name : {"a.h5", "a.mat"}) {
    write_predictions(folder / name, predictions);
    const Predictions back = read_predictions(folder / name);
    EXPECT_EQ(back.fingerprint, predictions.fingerprint);
    EXPECT_EQ(back.joints, predictions.joints);
    EXPECT_NO_THROW(require_predictions_of("truth.h5", std::string(64, 'a'), back));
    EXPECT_NO_THROW(require_predictions_of("valid.h5", "", back)) << "annotations without a fingerprint";
    expect_data_error(
        [&] { require_predictions_of("truth.h5", std::string(64, 'b'), back); },
        {name, "were made for the pose file with fingerprint aaaaaaaaaaaa, not for truth.h5 with bbbbbbbbbbbb"});
  }
  EXPECT_NO_THROW(require_predictions_of("truth.h5", std::string(64, 'b'), read_predictions(folder / "old.h5")));
}

TEST(Predictions, AMatlabFileIsReadPersonByPerson) {
  const TemporaryFolder folder;
  // preds(person, part, axis) = 100 * person + 10 * part + axis; in MATLAB files the first index runs fastest.
  data::add_matlab_array(folder / "p.mat", "preds", {2, 3, 2}, {0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121});
  const Predictions predictions = read_predictions(folder / "p.mat");
  EXPECT_EQ(predictions.parts, 3);
  EXPECT_THAT(predictions.joints,
              testing::ElementsAre(std::array{0.F, 1.F}, std::array{10.F, 11.F}, std::array{20.F, 21.F},
                                   std::array{100.F, 101.F}, std::array{110.F, 111.F}, std::array{120.F, 121.F}));
}

TEST(Predictions, FilesWithoutPredictionsAreRefusedWithNameAndDataset) {
  const TemporaryFolder folder;
  data::add_matlab_array(folder / "other.mat", "joints", {1, 16, 2}, std::vector<double>(32));
  data::add_matlab_array(folder / "flat.mat", "preds", {16, 2}, std::vector<double>(32));
  data::Hdf5Writer writer(folder / "turned.h5");
  writer.write<float>("preds", {2, 2, 16}, std::vector<float>(64));
  writer.close();
  std::ofstream(folder / "text.txt") << "preds";
  expect_data_error([&] { read_predictions(folder / "other.mat"); }, {"other.mat: preds", "no such variable"});
  expect_data_error([&] { read_predictions(folder / "flat.mat"); }, {"flat.mat: preds", "(16, 2)"});
  expect_data_error([&] { read_predictions(folder / "turned.h5"); }, {"turned.h5: preds", "(2, 2, 16)"});
  expect_data_error([&] { read_predictions(folder / "text.txt"); }, {"text.txt"});
}

}  // namespace
}  // namespace pbn::evaluation
