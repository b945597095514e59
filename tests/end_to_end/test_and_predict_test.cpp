// Trained runs are tested under other protocols, and find people in photographs.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "base/files.h"
#include "data/photographs/image.h"
#include "data/photographs/orientation.h"
#include "shell.h"
#include "tests/apptainer_double.h"
#include "tests/places.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* six_scales = "scales-0.8-0.9-1-1.1-1.2-1.3-flip";

// small_study with one seed.
std::string two_runs() {
  std::string study = small_study;
  const std::string seeds = "[1, 2]";
  return study.replace(study.find(seeds), seeds.size(), "[1]");
}

// A study that is trained once for all tests of this program.
class Trained : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    place_ = std::make_unique<Workplace>();
    grid_ = fmt::format("{} --set data.train={} --set data.validation={} --store {}",
                        written(*place_ / "grid.yaml", two_runs()), small_people(*place_, "train", 60),
                        small_people(*place_, "validation", 21), *place_ / "store");
    const Answer run = shell("pbn run " + grid_);
    ASSERT_EQ(run.exit_code, 0) << run.text;
    for (const auto& entry : fs::recursive_directory_iterator(*place_ / "store/runs")) {
      if (entry.path().filename() == "result.json") runs_.push_back(entry.path().parent_path().string());
    }
    ASSERT_EQ(runs_.size(), 2u);
  }
  static void TearDownTestSuite() { place_.reset(); }

  static inline std::unique_ptr<Workplace> place_;
  static inline std::string grid_;
  static inline std::vector<std::string> runs_;
};

Json test_outcome(const std::string& run, const std::string& protocol) {
  return outcome_of(run + "/tests/" + protocol);
}

TEST_F(Trained, TestedWithTheProtocolOfTrainingItPredictsTheSameBits) {
  const Answer test = shell("pbn test " + grid_);
  ASSERT_EQ(test.exit_code, 0) << test.text;
  EXPECT_THAT(test.text, HasSubstr("scale-1-shift: 2 runs tested now, 0 were tested before, 0 failed."));
  for (const std::string& run : runs_) {
    EXPECT_EQ(test_outcome(run, "scale-1-shift").at("predictions_sha256"), outcome_of(run).at("predictions_sha256"));
    EXPECT_EQ(test_outcome(run, "scale-1-shift").at("figures"), outcome_of(run).at("figures"));
  }
}

TEST_F(Trained, ThePyramidIsTestedOnceAndReported) {
  const std::string command = fmt::format("pbn test {} --scales 0.8,0.9,1,1.1,1.2,1.3 --flip", grid_);
  const Answer test = shell(command);
  ASSERT_EQ(test.exit_code, 0) << test.text;
  EXPECT_THAT(
      shell(command + " --name pyramid").text,
      AllOf(HasSubstr("pyramid: 0 runs tested now, 2 were tested before, 0 failed."), HasSubstr("--test pyramid\n")));
  EXPECT_THAT(shell(fmt::format("pbn test {} --name pyramid", grid_)).text, HasSubstr("pyramid: 0 runs tested now"));
  EXPECT_THAT(
      shell(fmt::format("pbn test {} --flip --name pyramid", grid_)).text,
      HasSubstr(fmt::format("--name: pyramid is the name of {} in this store, not of scale-1-flip-shift", six_scales)));
  const Answer report = shell(fmt::format("pbn report {} --test pyramid --json", grid_));
  ASSERT_EQ(report.exit_code, 0) << report.text;
  EXPECT_EQ(Json::parse(report.text)["protocol"], fmt::format("pyramid ({})", six_scales));
  const Json cell = Json::parse(report.text)["outcome"]["cells"][0];
  const std::string run = cell["runs"][0]["run"].get<std::string>().substr(0, 12);
  const Json tested = test_outcome(fmt::format("{}/store/runs/{}/{}", *place_ / "", run.substr(0, 2), run), six_scales);
  for (const auto& [figure, values] : cell["figures"].items())
    EXPECT_EQ(values[0], tested["figures"][figure]) << figure;
  const Answer evaluation = shell(fmt::format("pbn evaluate {}/tests/{}/predictions.h5 --against {}", runs_[0],
                                              six_scales, *place_ / "validation.h5"));
  EXPECT_EQ(evaluation.exit_code, 0) << evaluation.text;
  EXPECT_THAT(shell(fmt::format("pbn report {} --test scale-2", grid_)).text,
              HasSubstr("no run of this grid was tested under scale-2"));
  EXPECT_THAT(shell(fmt::format("pbn report {} --test pyramids", grid_)).text, HasSubstr("did you mean \"pyramid\"?"));
  const std::string as_grid =
      " --set test.name=six --set test.scales=0.8,0.9,1,1.1,1.2,1.3 --set test.flip=true --set test.shift=false";
  EXPECT_THAT(shell(fmt::format("pbn test {}{}", grid_, as_grid)).text, HasSubstr("six: 0 runs tested now, 2 were"));
  EXPECT_EQ(shell(fmt::format("pbn report {}{} --test six", grid_, as_grid)).exit_code, 0);
}

TEST_F(Trained, TheLineagesRuleAtTheBorderIsAProtocolOfItsOwn) {
  const std::string protocol = "scale-1-shift-lineage-border";
  const Answer test = shell(fmt::format("pbn test {} --lineage-border", grid_));
  ASSERT_EQ(test.exit_code, 0) << test.text;
  EXPECT_THAT(test.text, HasSubstr(protocol + ": 2 runs tested now, 0 were tested before, 0 failed."));
  EXPECT_EQ(read_json(runs_[0] + "/tests/" + protocol + "/result.json").at("test").at("lineage_border"), true);
  EXPECT_EQ(read_json(runs_[0] + "/result.json").at("protocol"), "scale-1-shift");
  EXPECT_EQ(shell(fmt::format("pbn report {} --test {}", grid_, protocol)).exit_code, 0);
  EXPECT_THAT(shell(fmt::format("pbn test {} --no-shift --lineage-border", grid_)).text,
              HasSubstr("scale-1: 2 runs tested now"));  // without a shift there is no rule for the border
}

TEST_F(Trained, APyramidHasTheSameBitsOnAnyNumberOfRanks) {
  std::vector<std::string> digests;
  for (const int ranks : {1, 2, 4}) {
    const std::string copy = *place_ / fmt::format("on-{}-ranks", ranks);
    fs::copy(runs_[0], copy);
    Json config = read_json(copy + "/config.json");
    config["run"]["ranks"] = ranks;
    write_json(copy + "/config.json", config);
    const Answer test =
        shell(fmt::format("{} test --run {} --test.scales '[0.8, 1, 1.3]' --test.flip true", worker_on(ranks), copy));
    ASSERT_EQ(test.exit_code, 0) << test.text;
    digests.push_back(test_outcome(copy, "scales-0.8-1-1.3-flip").at("predictions_sha256"));
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0], digests[2]);
}

TEST_F(Trained, RefusesScalesBeyondTheCropsAndRunsThatAreNotTrained) {
  EXPECT_THAT(shell(fmt::format("pbn test {} --scales 2", grid_)).text,
              AllOf(HasSubstr("test.scales"), HasSubstr("prepare the file with --extent 2")));
  EXPECT_THAT(shell(fmt::format("pbn test {} --scales wide", grid_)).text, HasSubstr("--scales 0.8,1,1.2"));
  EXPECT_THAT(shell(fmt::format("pbn test {} --set train.epochs=7", grid_)).text,
              HasSubstr("runs are not trained yet"));
}

TEST_F(Trained, PredictionsAreConvertedForMatlabAndBack) {
  const std::string matlab = *place_ / "p.mat", back = *place_ / "p.h5", original = runs_[0] + "/predictions.h5";
  ASSERT_EQ(shell(fmt::format("pbn convert {} {}", original, matlab)).exit_code, 0);
  ASSERT_EQ(shell(fmt::format("pbn convert {} {}", matlab, back)).exit_code, 0);
  EXPECT_EQ(shell(fmt::format("cmp {} {}", original, back)).exit_code, 0);
  EXPECT_THAT(shell(fmt::format("pbn convert {} {}", original, matlab)).text, HasSubstr("add --force"));
}

// Two photographs, with boxes of two people in the first. They show no people.
std::string photographs(const Workplace& place) {
  const std::string folder = place / "photographs";
  fs::create_directories(folder);
  data::Image picture{160, 120, std::vector<std::uint8_t>(std::size_t{160} * 120 * 3)};
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] = static_cast<std::uint8_t>(i * i / 1000);
  write_atomically(folder + "/two.jpg", data::encode_jpeg(picture, 90));
  write_atomically(folder + "/one.png", data::encode_png(picture));
  written(place / "boxes.json", R"({"two.jpg": [[10, 10, 40, 80], [80, 20, 50, 90]], "one.png": [[60, 0, 40, 120]]})");
  return folder;
}

TEST_F(Trained, FindsPeopleInPhotographsDrawsThemAndWritesCocosFile) {
  const std::string out = *place_ / "found";
  const std::string command = fmt::format("pbn predict --checkpoint {} {} --boxes {} --out {}", runs_[0],
                                          photographs(*place_), *place_ / "boxes.json", out);
  const Answer predict = shell(command + " --scales 0.8,1.2 --flip");
  ASSERT_EQ(predict.exit_code, 0) << predict.text;
  const Json coco = read_json(out + "/predictions.json");
  EXPECT_EQ(coco["images"].size(), 2u);
  ASSERT_EQ(coco["annotations"].size(), 3u);
  EXPECT_EQ(coco["annotations"][0]["keypoints"].size(), 3u * 16);
  EXPECT_EQ(coco["annotations"][0]["bbox"], Json({5.0, -15.0, 150.0, 150.0}));  // of one.png: 1.25 x 120
  const data::Image drawn = data::read_image(out + "/two.jpg"),
                    photograph = data::read_image(photographs(*place_) + "/two.jpg");
  EXPECT_EQ(drawn.width, 160);
  EXPECT_NE(drawn.pixels, photograph.pixels);
  EXPECT_THAT(shell(command).text, HasSubstr("add --force"));
  EXPECT_EQ(shell(command + " --force").exit_code, 0);
  EXPECT_FALSE(fs::exists(out + "/request.json"));
}

// The image's worker is the one that was built here.
TEST_F(Trained, IsTestedAndPredictsInContainers) {
  write_apptainer_double(*place_ / "bin");
  const std::string container = written(*place_ / "container.yaml",
                                        "{image: image.sif, worker: " + built_program("pbn_worker") + "}\n"),
                    path = fmt::format("PATH={}:$PATH ", *place_ / "bin");
  const Answer test = shell(fmt::format("{}pbn test {} --flip --container {}", path, grid_, container));
  ASSERT_EQ(test.exit_code, 0) << test.text;
  EXPECT_THAT(test.text, HasSubstr("scale-1-flip-shift: 2 runs tested now"));
  std::string calls = read_file(*place_ / "bin/calls");
  EXPECT_THAT(calls, AllOf(HasSubstr("apptainer exec --pwd="),
                           HasSubstr(fmt::format(" image.sif {} test --run {} --test.scales [1.0] --test.flip true ",
                                                 built_program("pbn_worker"), runs_[0]))));
  for (const char* file : {"store", "validation.h5"}) EXPECT_TRUE(is_shared_by(calls, *place_ / file)) << calls;
  const Answer predict = shell(fmt::format("{}pbn predict --checkpoint {} {} --out {} --container {}", path, runs_[0],
                                           photographs(*place_), *place_ / "contained", container));
  ASSERT_EQ(predict.exit_code, 0) << predict.text;
  calls = read_file(*place_ / "bin/calls").substr(calls.size());
  for (const std::string& folder : {*place_ / "photographs", *place_ / "contained", runs_[0]}) {
    EXPECT_TRUE(is_shared_by(calls, folder)) << calls;
  }
  EXPECT_THAT(calls, HasSubstr(fmt::format(" image.sif {} predict {}/request.json\n", built_program("pbn_worker"),
                                           *place_ / "contained")));
}

TEST_F(Trained, ShowsTwoCheckpointsSideBySide) {
  const Answer compare =
      shell(fmt::format("pbn predict --checkpoint {}/weights.safetensors --compare {} {}/two.jpg --boxes {} --out {}",
                        runs_[0], runs_[1], photographs(*place_), *place_ / "boxes.json", *place_ / "compared"));
  ASSERT_EQ(compare.exit_code, 0) << compare.text;
  EXPECT_THAT(compare.text,
              AllOf(HasSubstr("that differ without a known truth"), testing::ContainsRegex("two.jpg person [01]: ")));
  EXPECT_TRUE(fs::exists(*place_ / "compared/predictions-compared.json"));
  EXPECT_GT(data::read_image(*place_ / "compared/two.jpg").width, 160);
}

// The annotations of predictions.json.
Json people_found(const std::string& checkpoint, const std::string& options, const std::string& out) {
  const Answer predict =
      shell(fmt::format("pbn predict --checkpoint {} {} --out {} --force", checkpoint, options, out));
  EXPECT_EQ(predict.exit_code, 0) << predict.text;
  return read_json(out + "/predictions.json")["annotations"];
}

TEST_F(Trained, APhotographIsTurnedByItsExifOrientation) {
  const std::string folder = *place_ / "cameras";
  fs::create_directories(folder);
  data::Image upright{90, 120, std::vector<std::uint8_t>(std::size_t{90} * 120 * 3)};
  for (std::size_t i = 0; i < upright.pixels.size(); ++i) upright.pixels[i] = static_cast<std::uint8_t>(i * i / 900);
  write_atomically(folder + "/upright.png", data::encode_png(upright));
  const Json expected = people_found(runs_[0], folder + "/upright.png", *place_ / "upright");
  for (std::uint8_t number = 2; number <= 8; ++number) {
    // The inverse orientation: 6 and 8 undo each other, every other one undoes itself.
    const data::Orientation inverse{static_cast<std::uint8_t>(number == 6 ? 8 : number == 8 ? 6 : number)};
    std::string png = data::encode_png(data::turned(upright, inverse));
    const std::string chunk = std::string("eXIfMM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0", 23) +
                              static_cast<char>(number) + std::string(6, '\0');
    png.insert(png.size() - 12, std::string("\0\0\0\x1A", 4) + chunk + std::string(4, '\0'));
    const std::string file = written(fmt::format("{}/noted{}.png", folder, number), png);
    const std::string out = *place_ / fmt::format("noted{}", number);
    EXPECT_EQ(people_found(runs_[0], file, out), expected) << static_cast<int>(number);
    const Json image = read_json(out + "/predictions.json")["images"][0];
    EXPECT_EQ(image["turned_by_exif"], number);
    EXPECT_EQ(image["width"], 90);
    EXPECT_EQ(data::read_image(fmt::format("{}/noted{}.png", out, number)).pixels,
              data::read_image(*place_ / "upright/upright.png").pixels);
  }
}

TEST_F(Trained, AcceptsNamesOfAnyBytesAndLengthAndTheIdOfARun) {
  const std::string folder = *place_ / "names", out = *place_ / "named";
  fs::create_directories(folder);
  const std::string one = photographs(*place_) + "/one.png";
  const std::vector<std::string> names{std::string(251, 'n') + ".png",
                                       "\xFC"
                                       "ber.png",
                                       "\xC3\xBC"
                                       "ber.png"};
  for (const std::string& name : names) fs::copy_file(one, folder + "/" + name);
  const std::string id = fs::path(runs_[0]).filename().string().substr(0, 8);
  const Json found = people_found(fmt::format("{} --store {}", id, *place_ / "store"), folder, out);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0]["keypoints"], found[2]["keypoints"]);
  for (const std::string& name : names) EXPECT_TRUE(fs::exists(out + "/" + name)) << name;
  EXPECT_EQ(read_json(out + "/predictions.json")["images"][2]["file_name"], "\\xFCber.png");
  const Answer refused = shell(fmt::format("pbn status --store {}/st\xFC", *place_ / ""));
  EXPECT_EQ(refused.exit_code, 64);
  EXPECT_THAT(refused.text, HasSubstr("is not UTF-8"));
}

TEST_F(Trained, ABadPhotographIsLeftOutAndNamed) {
  const std::string bad = written(*place_ / "bad.jpg", "GIF89a"), good = photographs(*place_) + "/one.png";
  const Answer predict = shell(
      fmt::format("pbn predict --checkpoint {} {} {} --skip-bad --out {}", runs_[0], bad, good, *place_ / "skipped"));
  EXPECT_EQ(predict.exit_code, 0) << predict.text;
  EXPECT_THAT(predict.text, AllOf(HasSubstr("left out: "), HasSubstr("bad.jpg: is a GIF image"),
                                  HasSubstr("1 person in 1 photograph: ")));
}

TEST_F(Trained, RefusesInputThatCannotBePredictedByName) {
  const std::string broken = written(*place_ / "broken.jpg", "no photograph");
  const auto complaint = [&](const std::string& checkpoint, const std::string& image) {
    const Answer answer =
        shell(fmt::format("pbn predict --checkpoint {} {} --out {}", checkpoint, image, *place_ / "refused"));
    return fmt::format("{}: {}", answer.exit_code, answer.text);
  };
  EXPECT_THAT(complaint(runs_[0], broken), AllOf(HasSubstr("65: "), HasSubstr("broken.jpg")));
  EXPECT_THAT(complaint(*place_ / "store", broken), AllOf(HasSubstr("64: "), HasSubstr("weights.safetensors")));
  EXPECT_THAT(complaint(runs_[0], *place_ / "nowhere.jpg"), AllOf(HasSubstr("64: "), HasSubstr("nowhere.jpg")));
  EXPECT_FALSE(fs::exists(*place_ / "refused"));
}

}  // namespace
}  // namespace pbn
