// COCO's average precision beside pycocotools, where a Python has it, and by hand.
#include "evaluation/coco_evaluation.h"

#include <cmath>
#include <cstdlib>

#include "base/files.h"
#include "config/skeleton.h"
#include "data/sources/whole_body.h"
#include "evaluation/average_precision.h"
#include "evaluation/keypoint_similarity.h"
#include "tests/data/error_of.h"
#include "tests/evaluation/example_data.h"
#include "tests/places.h"
#include "tests/python.h"

namespace pbn::evaluation {
namespace {

double figure_of(const CocoFigures& evaluation, const std::string& name) {
  for (const auto& [figure, value] : evaluation.figures) {
    if (figure == name) return value.value();
  }
  ADD_FAILURE() << "no figure " << name;
  return 0;
}

class CocoEvaluation : public testing::Test {
 protected:
  std::filesystem::path truth() const { return folder_ / "truth.json"; }
  std::filesystem::path results() const { return folder_ / "results.json"; }

  CocoFigures evaluated(const Json& truth_json, const Json& results_json,
                        const std::vector<double>& sigmas = {}) const {
    write_json(truth(), truth_json);
    write_json(results(), results_json);
    return evaluate_coco(results(), truth(), sigmas);
  }

  // People of three keypoints in a row, at y = 10 and 20 in photograph 1 and 2, of an area of 400.
  Json two_people() const {
    Json truth = {{"images", {{{"id", 1}}, {{"id", 2}}}},
                  {"categories", {{{"id", 1}, {"name", "person"}, {"keypoints", {"nose", "left_eye", "l-knee"}}}}},
                  {"annotations", Json::array()}};
    for (const int person : {1, 2}) {
      truth["annotations"].push_back({{"id", person},
                                      {"image_id", person},
                                      {"category_id", 1},
                                      {"area", 2000},
                                      {"keypoints", {0, 10 * person, 2, 10, 10 * person, 2, 20, 10 * person, 1}}});
    }
    return truth;
  }
  Json found(const Json& truth, std::size_t person, double score) const {
    const Json& annotation = truth["annotations"][person];
    return {{"image_id", annotation["image_id"]},
            {"category_id", 1},
            {"score", score},
            {"keypoints", annotation["keypoints"]}};
  }

  const TemporaryFolder folder_;
};

TEST_F(CocoEvaluation, HasTheFiguresOfPycocotools) {
  const std::string python = python_with("pycocotools.cocoeval");
  if (python.empty()) GTEST_SKIP() << "needs a Python with pycocotools (pip install pycocotools)";
  constexpr int cases = 200;
  const std::string command =
      fmt::format("{} '{}/tests/evaluation/coco_cases.py' '{}' {} 2>'{}'", python, source_folder().string(),
                  folder_.path().string(), cases, (folder_ / "said").string());
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(folder_ / "said");
  int counted = 0;
  for (int number = 0; number < cases; ++number) {
    const auto file = [&](const char* kind) { return folder_ / fmt::format("{}-{}.json", kind, number); };
    const CocoFigures evaluation = evaluate_coco(file("results"), file("truth"));
    const auto expected = read_json(file("figures")).get<std::vector<double>>();
    ASSERT_EQ(evaluation.figures.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& [name, value] = evaluation.figures[i];
      EXPECT_NEAR(value.value_or(-1), expected[i], 1e-9) << name << " of case " << number;
      counted += expected[i] > 0 && expected[i] < 1;
    }
  }
  EXPECT_GT(counted, 3 * cases) << "the cases are too easy";
}

TEST_F(CocoEvaluation, PeopleWhoAreAllFoundHaveThePrecisionOne) {
  const Json truth = two_people();
  const CocoFigures evaluation = evaluated(truth, {found(truth, 0, 0.5), found(truth, 1, 0.9)});
  for (const char* name : {"AP", "AP50", "AP75", "AP-medium", "AR", "AR50", "AR75", "AR-medium"}) {
    EXPECT_NEAR(figure_of(evaluation, name), 1, 1e-12) << name;
  }
  EXPECT_EQ(evaluation.figures[4].second, std::nullopt);  // nobody is large
  EXPECT_EQ(evaluation.people, 2u);
  EXPECT_EQ(evaluation.photographs, 2u);
  EXPECT_THAT(coco_evaluation_text(evaluation), testing::HasSubstr("2 people in 2 photographs, 2 detections"));
  EXPECT_EQ(coco_evaluation_json(evaluation)["figures"]["AP-large"], nullptr);
}

// One of two people found, after a stranger of a higher score: precision 1/2 up to recall 0.5.
TEST_F(CocoEvaluation, AStrangerOfAHigherScoreHalvesThePrecision) {
  const Json truth = two_people();
  Json stranger = found(truth, 0, 0.9);
  for (std::size_t i = 0; i < 9; ++i) stranger["keypoints"][i] = 1000;
  const CocoFigures evaluation = evaluated(truth, {found(truth, 0, 0.5), stranger});
  EXPECT_NEAR(figure_of(evaluation, "AP"), 51 * 0.5 / 101, 1e-12);
  EXPECT_NEAR(figure_of(evaluation, "AR"), 0.5, 1e-12);
}

TEST_F(CocoEvaluation, WithoutResultsNobodyIsFound) {
  EXPECT_EQ(figure_of(evaluated(two_people(), Json::array()), "AP"), 0);
}

TEST_F(CocoEvaluation, TakesTheSigmasOfOtherKeypoints) {
  Json truth = two_people();
  truth["categories"][0]["keypoints"][1] = "tail";
  const Json results = {found(truth, 0, 1)};
  expect_data_error([&] { evaluated(truth, results); }, {"categories[0].keypoints[1]", "\"tail\"", "--sigmas"});
  EXPECT_NEAR(figure_of(evaluated(truth, results, {0.05, 0.05, 0.05}), "AR"), 0.5, 1e-12);
  EXPECT_THROW(evaluated(truth, results, {0.05}), Error);
}

TEST_F(CocoEvaluation, RefusesResultsAndTruthsThatDoNotFit) {
  const Json truth = two_people();
  const auto with = [&](const char* key, const Json& value) {
    Json result = found(truth, 0, 1);
    result[key] = value;
    return Json::array({result});
  };
  expect_data_error([&] { evaluated(truth, with("image_id", 7)); }, {"results.json", "[0].image_id", "7 is not among"});
  expect_data_error([&] { evaluated(truth, with("category_id", 4)); }, {"[0].category_id", "4 is not among"});
  expect_data_error([&] { evaluated(truth, with("keypoints", {1, 2, 3})); }, {"[0].keypoints", "expected 9"});
  expect_data_error([&] { evaluated(truth, with("score", nullptr)); }, {"[0].score", "not a number"});
  expect_data_error([&] { evaluated(truth, truth); }, {"results.json", "--coco-results"});
  Json incomplete = truth;
  incomplete["annotations"][1].erase("area");
  expect_data_error([&] { evaluated(incomplete, with("score", 1)); }, {"annotations[1]", "has no \"area\""});
  incomplete = truth;
  incomplete["annotations"][0]["keypoints"] = Json::array();
  expect_data_error([&] { evaluated(incomplete, with("score", 1)); }, {"annotations[0]", "has no \"bbox\""});
  expect_data_error([&] { evaluated(with("score", 1), with("score", 1)); }, {"truth.json", "COCO results"});
}

TEST_F(CocoEvaluation, SaysWhatPycocotoolsMakesOfAnAnnotationWithTheIdZero) {
  Json truth = two_people();
  truth["annotations"][0]["id"] = 0;
  const CocoFigures evaluation = evaluated(truth, {found(truth, 0, 1), found(truth, 1, 1)});
  EXPECT_NEAR(figure_of(evaluation, "AR"), 0.5, 1e-12);
  EXPECT_THAT(evaluation.remarks, testing::ElementsAre(testing::HasSubstr("count ids from 1")));
}

// A person with a face of 68 keypoints in a row and feet at the same place; the results' faces are 1 to the right.
class CocoWholeBody : public CocoEvaluation {
 protected:
  static Json row(int keypoints, double x, int v) {
    Json list = Json::array();
    for (int k = 0; k < keypoints; ++k) {
      for (const double value : {x + k, 0.0, static_cast<double>(v)}) list.push_back(value);
    }
    return list;
  }
  static Json whole_truth() {
    return {{"images", {{{"id", 1}}}},
            {"categories", {{{"id", 1}, {"name", "person"}, {"keypoints", {"nose", "left_eye"}}}}},
            {"annotations",
             {{{"id", 1},
               {"image_id", 1},
               {"category_id", 1},
               {"area", 2000},
               {"num_keypoints", 0},
               {"bbox", {0, 0, 100, 100}},
               {"keypoints", row(17, 0, 0)},
               {"foot_kpts", row(6, 5, 2)},
               {"face_kpts", row(68, 0, 1)},
               {"lefthand_kpts", row(21, 0, 0)},
               {"righthand_kpts", row(21, 0, 0)}}}}};
  }
  static Json whole_results() {
    return {{{"image_id", 1},
             {"category_id", 1},
             {"score", 0.5},
             {"keypoints", row(17, 0, 1)},
             {"foot_kpts", row(6, 5, 1)},
             {"face_kpts", row(68, 1, 1)},
             {"lefthand_kpts", row(21, 0, 0)},
             {"righthand_kpts", row(21, 0, 0)}}};
  }
  CocoFigures evaluated_part(const std::string& part, const Json& results = whole_results()) const {
    write_json(truth(), whole_truth());
    write_json(this->results(), results);
    return evaluate_coco(this->results(), truth(), {}, part);
  }
};

TEST_F(CocoWholeBody, APartIsComparedByItsOwnKeypointsAndSigmas) {
  EXPECT_NEAR(figure_of(evaluated_part("feet"), "AP"), 1, 1e-12);
  double similarity = 0;
  for (const double sigma : data::whole_body_part("face").skeleton->sigmas) {
    similarity += std::exp(-1 / (2 * 2000 * 4 * sigma * sigma)) / 68;
  }
  const double passed = std::floor((similarity - 0.5) / 0.05) + 1;  // of the thresholds 0.5, 0.55, ... 0.95
  ASSERT_GT(passed, 1);
  ASSERT_LT(passed, 10);
  EXPECT_NEAR(figure_of(evaluated_part("face"), "AR"), passed / 10, 1e-12);
  similarity = (68 * similarity + 6) / 74;
  EXPECT_NEAR(figure_of(evaluated_part("whole"), "AR"), (std::floor((similarity - 0.5) / 0.05) + 1) / 10, 1e-12);
}

TEST_F(CocoWholeBody, NobodyCountsWithoutKeypointsOfThePart) {
  const CocoFigures hand = evaluated_part("left-hand");
  EXPECT_EQ(hand.people, 0u);
  EXPECT_EQ(hand.detected, 0u) << "the result has no left hand";
  EXPECT_EQ(evaluated_part("body").people, 0u);
  EXPECT_EQ(evaluated_part("whole").people, 1u);
}

TEST_F(CocoWholeBody, AResultWithoutThePartIsRefused) {
  Json results = whole_results();
  results[0].erase("face_kpts");
  expect_data_error([&] { evaluated_part("face", results); }, {"results.json", "[0]", "face_kpts"});
  EXPECT_NO_THROW(evaluated_part("feet", results));
  EXPECT_THROW(evaluated_part("hand"), Error);
}

// Damaged files: each is compared or refused with an Error that blames the data and names the file.
TEST_F(CocoEvaluation, DamagedFilesAreRefusedByName) {
  const std::string truth = two_people().dump(), results = Json({found(two_people(), 0, 1)}).dump();
  const auto expect_refusal = [](const NamedText& found, const NamedText& annotated, const std::string& name) {
    const Error error = data::error_of([&] { evaluate_coco(found, annotated); });
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    EXPECT_THAT(error.what(), testing::StartsWith(name));
  };
  for (std::size_t length = 0; length < results.size(); ++length) {
    expect_refusal({results.substr(0, length), "r.json"}, {truth, "t.json"}, "r.json: ");
  }
  for (std::size_t length = 0; length < truth.size(); ++length) {
    expect_refusal({results, "r.json"}, {truth.substr(0, length), "t.json"}, "t.json: ");
  }
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  for (const std::string& text : {std::string("null"), std::string("[null]"), std::string("[[]]"), std::string("[{}]"),
                                  std::string("{}"), std::string("[\"\xff\"]"), deep}) {
    expect_refusal({text, "r.json"}, {truth, "t.json"}, "r.json: ");
  }
}

TEST_F(CocoEvaluation, FiguresStayBetweenZeroAndOneWhateverTheNumbers) {
  Json truth = two_people(), results = {found(truth, 0, 1), found(truth, 1, -1e308)};
  truth["annotations"][0]["area"] = 0;
  truth["annotations"][1]["area"] = -4;
  results[0]["keypoints"][0] = 1e308;
  results[1]["keypoints"][1] = -1e308;
  for (const auto& [name, value] : evaluated(truth, results).figures) {
    if (!value) continue;
    EXPECT_GE(*value, 0) << name;
    EXPECT_LE(*value, 1) << name;
  }
}

TEST(KeypointSimilarity, FallsWithTheDistanceRelativeToTheAreaAndTheSigma) {
  TrueKeypoints person{{{0, 0}, {0, 0}}, {true, false}, {}, 900};
  const std::vector<std::array<double, 2>> found{{3, 4}, {1000, 1000}};
  EXPECT_NEAR(keypoint_similarity(person, found, std::array{0.1, 0.1}), std::exp(-25 / (2 * 900 * 0.04)), 1e-12);
  person.labelled = {false, false};
  person.box = {10, 10, 5, 5};  // enlarged: from 5 to 20
  EXPECT_NEAR(keypoint_similarity(person, std::vector<std::array<double, 2>>{{5, 20}, {20, 22}}, std::array{0.1, 0.1}),
              (1 + std::exp(-4 / (2 * 900 * 0.04))) / 2, 1e-12);
}

TEST(KeypointSimilarity, KnowsCocosKeypointsByAnySpelling) {
  for (const std::string& keypoint : config::coco17().parts) {
    EXPECT_TRUE(coco_sigma(keypoint).has_value()) << keypoint;
  }
  EXPECT_EQ(coco_sigma("l-hip"), coco_sigma("Left Hip"));
  EXPECT_EQ(coco_sigma("right_hip"), 1.07 / 10);
  EXPECT_EQ(coco_sigma("neck"), std::nullopt);
}

// A crowd is matched by everybody who is found in it, and nobody counts.
TEST(AveragePrecision, ACrowdIsIgnored) {
  const PeopleInPhotograph photograph{{{2000, false, false, false}, {2000, true, true, false}},
                                      {{0.9, 2000}, {0.8, 2000}, {0.7, 2000}},
                                      {1, 0, 0, 1, 0, 1}};
  const auto figures = precision_and_recall(std::array{photograph}, any_area);
  ASSERT_TRUE(figures.has_value());
  EXPECT_NEAR(figures->precision[threshold_75], 1, 1e-12);
  EXPECT_EQ(figures->recall[threshold_75], 1);
  const PeopleInPhotograph crowd_alone{{{2000, true, true, false}}, {{0.9, 2000}}, {1}};
  EXPECT_EQ(precision_and_recall(std::array{crowd_alone}, any_area), std::nullopt);
}

}  // namespace
}  // namespace pbn::evaluation
