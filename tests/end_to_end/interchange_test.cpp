// Trained networks and their predictions in the formats of other programs: COCO's results and ONNX.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "base/files.h"
#include "data/photographs/image.h"
#include "small_training.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/tutorial.h"

namespace pbn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Follows a page of docs/ in a folder, with `python` as python3.
TutorialOutcome followed_page(const std::string& page, const TemporaryFolder& folder, const std::string& python) {
  return follow(source_folder() / "docs" / page, folder.path(), [&](const std::string& commands) {
    const Answer answer = shell(
        fmt::format("set -e\ncd {}\npython3() {{ command {} \"$@\"; }}\n{}", folder.path().string(), python, commands));
    return TutorialStep{answer.exit_code, answer.text};
  });
}

TEST(CocoPage, IsRight) {
  const TemporaryFolder folder{"pbn-coco"};
  const TutorialOutcome outcome = followed_page("coco.md", folder, "python3");
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("AP50"), HasSubstr("2 people in 2 photographs, 2 detections"),
                                    HasSubstr("\"AR-large\"")));
}

// Three photographs of noise with a person each, as COCO annotates them.
std::string annotated_photographs(const Workplace& place) {
  Json truth = {{"images", Json::array()}, {"annotations", Json::array()}, {"categories", Json::array()}};
  const Json names = {"nose",       "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
                      "left_wrist", "right_wrist",   "left_hip",       "right_hip",  "left_knee",
                      "right_knee", "left_ankle",    "right_ankle"};
  truth["categories"].push_back({{"id", 1}, {"name", "person"}, {"keypoints", names}});
  std::filesystem::create_directories(place / "images");
  for (int id = 10; id < 13; ++id) {
    data::Image picture{160, 120, std::vector<std::uint8_t>(std::size_t{160} * 120 * 3)};
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] = static_cast<std::uint8_t>(i * i / 1000);
    const std::string name = fmt::format("{}.png", id);
    write_atomically(place / ("images/" + name), data::encode_png(picture));
    truth["images"].push_back({{"id", id}, {"file_name", name}, {"width", 160}, {"height", 120}});
    Json keypoints = Json::array();
    for (int k = 0; k < 13; ++k) {
      for (const int value : {60 + 2 * k, 20 + 6 * k, 2}) keypoints.push_back(value);
    }
    truth["annotations"].push_back({{"id", id},
                                    {"image_id", id},
                                    {"category_id", 1},
                                    {"iscrowd", 0},
                                    {"area", 5000},
                                    {"num_keypoints", 13},
                                    {"bbox", {40, 10, 60, 100}},
                                    {"keypoints", keypoints}});
  }
  write_json(place / "truth.json", truth);
  return place / "truth.json";
}

TEST(CocoResultsOfARun, AreEvaluatedAgainstTheAnnotations) {
  const Workplace place;
  const std::string truth = annotated_photographs(place), people = place / "people.h5", run = place / "run";
  ASSERT_EQ(
      shell(fmt::format("pbn prepare coco {} --images {} {} --box 64", truth, place / "images", people)).exit_code, 0);
  const Answer train = shell(
      fmt::format("{} --train {} --validation {} --out {} --model.features 16 --train.epochs 1 --train.global_batch 3",
                  worker_on(1), people, people, run));
  ASSERT_EQ(train.exit_code, 0) << train.text;
  const std::string of_run = place / "of-run.json", of_photographs = place / "of-photographs.json";
  const Answer convert =
      shell(fmt::format("pbn convert {}/predictions.h5 {} --people {} --coco-results {}", run, of_run, people, truth));
  ASSERT_EQ(convert.exit_code, 0) << convert.text;
  const Answer evaluate = shell(fmt::format("pbn evaluate {} --against {} --json", of_run, truth));
  ASSERT_EQ(evaluate.exit_code, 0) << evaluate.text;
  EXPECT_GE(Json::parse(evaluate.text)["figures"]["AP"].get<double>(), 0);

  ASSERT_EQ(shell(fmt::format("pbn predict --checkpoint {} {} --boxes {} --enlarge 1.6015625 --out {}", run,
                              place / "images", truth, place / "found"))
                .exit_code,
            0);
  ASSERT_EQ(
      shell(fmt::format("pbn convert {} {} --coco-results {}", place / "found/predictions.json", of_photographs, truth))
          .exit_code,
      0);
  const Json first = read_json(of_run), second = read_json(of_photographs);
  ASSERT_EQ(first.size(), 3u);
  ASSERT_EQ(second.size(), 3u);
  for (std::size_t person = 0; person < 3; ++person) {
    EXPECT_EQ(first[person]["image_id"], second[person]["image_id"]);
    EXPECT_EQ(first[person]["keypoints"].size(), 3u * 13);
  }
  EXPECT_THAT(shell(fmt::format("pbn evaluate {} --against {}", run + "/predictions.h5", truth)).text,
              HasSubstr("--coco-results"));
  EXPECT_THAT(shell(fmt::format("pbn evaluate {} --against {}", of_run, people)).text, HasSubstr("is not JSON"));
  EXPECT_THAT(shell(fmt::format("pbn evaluate {} --against {} --sigmas 0.1,wide", of_run, truth)).text,
              HasSubstr("\"wide\" is not a number above 0"));
}

// Run beside a run's model.onnx, predictions.h5 and validation.h5.
constexpr const char* comparison_with_onnx = R"(
import json, h5py, numpy, onnxruntime
network = onnxruntime.InferenceSession("model.onnx")
about = network.get_modelmeta().custom_metadata_map
with h5py.File("validation.h5") as file:
    crops, to_image = file["images/pixels"][:], file["people/crop_to_image"][:]
with h5py.File("predictions.h5") as file:
    predictions = file["preds"][:]
pixels = int(about["input_pixels"])
edge = (crops.shape[1] - pixels) // 2
image = numpy.float32(crops[:, edge:edge + pixels, edge:edge + pixels]).transpose(0, 3, 1, 2)
joints, confidence = network.run(["joints", "confidence"], {"image": image})
joints = numpy.einsum("nij,nkj->nki", to_image[:, :, :2], joints + edge) + to_image[:, None, :, 2]
distance, height = numpy.abs(joints - predictions[:, :, :2]).max(), numpy.abs(confidence - predictions[:, :, 2]).max()
print(f"joints {distance} pixels apart, confidence {height}")
assert distance < 1e-4 and height < 1e-5
assert len(json.loads(about["parts"])) == predictions.shape[1] and about["skeleton"] == "mpii16"
)";

class OnnxOfARun : public testing::TestWithParam<const char*> {};

TEST_P(OnnxOfARun, FindsTheJointsOfItsPredictions) {
  const std::string python = python_with("onnxruntime, numpy, h5py");
  if (python.empty()) GTEST_SKIP() << "needs a Python with onnxruntime and h5py (pip install onnxruntime h5py)";
  const SmallTraining training;
  const auto run = training.start(2, "run", fmt::format("--train.precision fp32 --train.epochs 2 {}", GetParam()));
  ASSERT_EQ(run->wait(), 0) << training.output("run");
  const std::filesystem::path folder = training.path("run");
  std::filesystem::copy(training.path("validation.h5"), folder / "validation.h5");
  const std::string model = folder / "model.onnx";
  const Answer convert = shell(fmt::format("pbn convert {} --onnx {}", folder.string(), model));
  ASSERT_EQ(convert.exit_code, 0) << convert.text;
  EXPECT_THAT(convert.text, HasSubstr("16 parts"));
  EXPECT_THAT(shell(fmt::format("pbn convert {} --onnx {}", folder.string(), model)).text, HasSubstr("add --force"));
  const std::string script = written(folder / "compare.py", comparison_with_onnx);
  const Answer compare = shell(fmt::format("cd {} && {} {}", folder.string(), python, script));
  EXPECT_EQ(compare.exit_code, 0) << compare.text;
}

INSTANTIATE_TEST_SUITE_P(, OnnxOfARun,
                         testing::Values("--model.head plain", "--model.head deep --model.stacks 2",
                                         "--model.head pbn --model.width 8 --model.stacks 2 --model.fusion specific"));

TEST(OnnxPage, IsRight) {
  const std::string python = python_with("onnxruntime, PIL");
  if (python.empty()) GTEST_SKIP() << "needs a Python with onnxruntime and pillow (pip install onnxruntime pillow)";
  const TemporaryFolder folder{"pbn-onnx"};
  const TutorialOutcome outcome = followed_page("onnx.md", folder, python);
  ASSERT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("model.onnx: 16 parts"), HasSubstr("r-ankle"), HasSubstr("l-wrist")));
}

// The mean of the training data goes from the weights into every later prediction.
TEST(MeanOfTheData, IsKeptInTheWeights) {
  const SmallTraining training;
  const std::string grid =
      written(training.path("mean.yaml"),
              fmt::format("data: {{train: {}, validation: {}}}\nmodel: {{features: 16}}\nrun: {{device: cpu}}\n"
                          "train: {{epochs: 1, global_batch: 8, precision: fp32, mean: dataset}}\n",
                          training.path("train.h5"), training.path("validation.h5")));
  const std::string store = training.path("store");
  const Answer run = shell(fmt::format("pbn run {} --store {} --ranks 1", grid, store));
  ASSERT_EQ(run.exit_code, 0) << run.text;
  std::string folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store + "/runs")) {
    if (entry.path().filename() == "weights.safetensors") folder = entry.path().parent_path();
  }
  EXPECT_THAT(read_file(folder + "/weights.safetensors"), HasSubstr("\"mean_rgb\":\"[0."));
  const Answer test = shell(fmt::format("pbn test {} --store {} --flip", grid, store));
  EXPECT_EQ(test.exit_code, 0) << test.text;
  ASSERT_EQ(shell(fmt::format("pbn convert {} --onnx {}/model.onnx", folder, folder)).exit_code, 0);
  const std::string python = python_with("onnxruntime, numpy, h5py");
  if (python.empty()) GTEST_SKIP() << "needs a Python with onnxruntime and h5py (pip install onnxruntime h5py)";
  std::filesystem::copy(training.path("validation.h5"), folder + "/validation.h5");
  const std::string script = written(folder + "/compare.py", comparison_with_onnx);
  const Answer compare = shell(fmt::format("cd {} && {} {}", folder, python, script));
  EXPECT_EQ(compare.exit_code, 0) << compare.text;
}

TEST(Convert, ExplainsWrongUse) {
  const Workplace place;
  const std::string file = written(place / "weights.safetensors", "nothing");
  EXPECT_THAT(shell(fmt::format("pbn convert {}", file)).text, HasSubstr("OUT is missing"));
  EXPECT_THAT(shell(fmt::format("pbn convert {} a.h5 --onnx b.onnx", file)).text, HasSubstr("one too many"));
  const Answer damaged = shell(fmt::format("pbn convert {} --onnx {}", file, place / "model.onnx"));
  EXPECT_EQ(damaged.exit_code, 65) << damaged.text;
  EXPECT_FALSE(std::filesystem::exists(place / "model.onnx"));
}

}  // namespace
}  // namespace pbn
