// `pbn prepare`: pose files from data sets, and refusals.
#include "data/preparing/prepare.h"

#include "data/loading/augmentation.h"
#include "error_of.h"
#include "leeds_folder.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> images_of(const fs::path& file) {
  std::vector<std::string> names;
  const PoseFile poses(file);
  for (const Person& person : poses.people()) names.push_back(person.image_name);
  return names;
}

// Six people, three of whom are for training.
class Prepare : public testing::Test {
 protected:
  Prepare() {
    write_lsp_folder(lsp_, 6);
    options_ = options_for("lsp", lsp_);
    options_.files = {{"train", train_}};
  }

  void expect_refusal(Blame blame, const std::string& message) const {
    const Error error = error_of([&] { prepare_photographs(options_); });
    EXPECT_EQ(error.blame, blame) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(message));
  }

  void damage(const char* photograph) const {
    const std::string jpeg = photograph_of_60_by_100();
    write_atomically(lsp_ / "images" / photograph, jpeg.substr(0, jpeg.size() - 20));
  }

  TemporaryFolder folder_;
  const fs::path lsp_ = folder_ / "lsp", train_ = folder_ / "out" / "train.h5", other_ = folder_ / "out" / "other.h5";
  PhotographOptions options_;
};

TEST_F(Prepare, SummaryDescribesTheFiles) {
  const PrepareSummary summary = prepare_photographs(options_);
  ASSERT_THAT(summary.files, SizeIs(1));
  EXPECT_EQ(summary.people(), 3);
  EXPECT_EQ(summary.files[0].labelled, 3 * 14);
  EXPECT_EQ(summary.files[0].occluded, 3);
  EXPECT_EQ(summary.files[0].info.fingerprint, PoseFile(train_).info().fingerprint);
  const Json facts = summary.json();
  EXPECT_EQ(facts["files"][0]["encoding"], "raw");
  EXPECT_EQ(facts["files"][0]["skipped"], Json::array());
  EXPECT_NEAR(facts["cut_share"].get<double>(), 0.08, 0.01);
  EXPECT_THAT(summary.text(), HasSubstr("3 people in "));
}

TEST_F(Prepare, AnyNumberOfJobsMakesTheSameBytesAndSoDoesMakingItAgain) {
  for (const Encoding encoding : {Encoding::raw, Encoding::jpeg}) {
    options_.how.encoding = encoding;
    options_.how.force = true;
    std::vector<std::string> bytes;
    for (const int jobs : {1, 1, 7}) {
      options_.how.jobs = jobs;
      prepare_photographs(options_);
      bytes.push_back(read_file(train_));
    }
    EXPECT_TRUE(bytes[0] == bytes[1] && bytes[1] == bytes[2]);
  }
}

TEST_F(Prepare, CropsAreJpegsOfTheQualityThatIsAskedFor) {
  options_.how.encoding = Encoding::jpeg;
  options_.how.jpeg_quality = 90;
  const PrepareSummary summary = prepare_photographs(options_);
  EXPECT_EQ(PoseFile(train_).info().jpeg_quality, 90);
  EXPECT_EQ(summary.json()["files"][0]["encoding"], "jpeg");
}

TEST_F(Prepare, AnExistingFileIsReplacedOnlyByForce) {
  prepare_photographs(options_);
  expect_refusal(Blame::usage, "the file exists already; give --force to replace it");
  options_.how.force = true;
  EXPECT_NO_THROW(prepare_photographs(options_));
}

TEST_F(Prepare, AnExistingFileIsFoundBeforeAnyWork) {
  prepare_photographs(options_);
  fs::remove(lsp_ / "joints.mat");
  options_.files = {{"test", other_}, {"train", train_}};
  expect_refusal(Blame::usage, "train.h5: the file exists already");
}

TEST_F(Prepare, ATruncatedPhotographIsNamedWithItsPersonAndNothingIsLeft) {
  damage("im0002.jpg");
  expect_refusal(Blame::data, "im0002.jpg (person 0): is a JPEG that was cut short");
  EXPECT_TRUE(fs::is_empty(folder_ / "out"));
}

TEST_F(Prepare, SkipBadLeavesOutUnreadablePhotographsAndTheFileListsThePeople) {
  damage("im0002.jpg");
  fs::remove(lsp_ / "images" / "im0003.jpg");
  options_.how.skip_bad = true;
  const PrepareSummary summary = prepare_photographs(options_);
  EXPECT_THAT(images_of(train_), ElementsAre("im0001.jpg"));
  EXPECT_THAT(PoseFile(train_).info().skipped,
              ElementsAre(HasSubstr("im0002.jpg person 0: is a JPEG that was cut short"),
                          HasSubstr("im0003.jpg person 0: cannot read: No such file")));
  EXPECT_THAT(summary.text(), HasSubstr("2 people skipped"));
  EXPECT_THAT(summary.json()["files"][0]["skipped"], SizeIs(2));
}

TEST_F(Prepare, NoFileIsWrittenIfNobodyIsLeft) {
  for (const char* photograph : {"im0001.jpg", "im0002.jpg", "im0003.jpg"}) damage(photograph);
  options_.how.skip_bad = true;
  expect_refusal(Blame::data, "no photograph is usable; im0001.jpg person 0");
  EXPECT_FALSE(fs::exists(train_));
}

TEST_F(Prepare, ARequestToStopLeavesNoFile) {
  int asked = 0;
  options_.how.stop_requested = [&] { return ++asked == 2; };
  expect_refusal(Blame::requeue, "train.h5: was not written");
  EXPECT_TRUE(fs::is_empty(folder_ / "out"));
}

TEST_F(Prepare, InvalidOptionsAreRefused) {
  options_.how.box_pixels = 100;
  expect_refusal(Blame::usage, "64");
  options_.how = {.box_pixels = 64, .jpeg_quality = 101};
  expect_refusal(Blame::usage, "--quality: 101 is not allowed");
  options_.how = {.box_pixels = 64, .extent = 0.5};
  expect_refusal(Blame::usage, "--extent: 0.5 is not allowed");
  options_.how = {.box_pixels = 64};
  options_.files = {{"train", train_}, {"test", folder_ / "out/../out/train.h5"}};
  expect_refusal(Blame::usage, "is named for two splits");
  options_.files = {};
  expect_refusal(Blame::usage, "there is nothing to prepare");
}

TEST_F(Prepare, AnOutputFolderThatCannotBeWrittenIsAnEnvironmentError) {
  options_.files = {{"train", "/proc/nowhere/train.h5"}};
  expect_refusal(Blame::environment, "/proc/nowhere");
}

TEST_F(Prepare, HeldOutPeopleBecomeTheValidationSplit) {
  options_.files = {{"train", train_}, {"validation", other_}};
  options_.hold_out = parse_hold_out("range:2-2", 1);
  prepare_photographs(options_);
  EXPECT_THAT(images_of(train_), ElementsAre("im0001.jpg", "im0003.jpg"));
  EXPECT_THAT(images_of(other_), ElementsAre("im0002.jpg"));
  EXPECT_EQ(PoseFile(other_).info().split, "validation");
  EXPECT_THAT(PoseFile(train_).info().source, HasSubstr("without people 2 to 2"));
}

TEST_F(Prepare, ASplitThatTheDataSetDoesNotHaveIsRefused) {
  options_.files = {{"validation", other_}};
  expect_refusal(Blame::usage, "there is no validation split, but train and test; --hold-out chooses");
  options_.files = {{"test", other_}};
  options_.hold_out = parse_hold_out("range:2-2", 1);
  expect_refusal(Blame::usage, "--hold-out: divides the training split, but neither train nor validation");
  options_.hold_out = {};
  options_.data_set = find_data_set("lspet");
  expect_refusal(Blame::usage, "there is no test split, but train");
}

TEST(PrepareOneSplit, AnnotationsThatAreOneSplitMakeOneFileOrAreDivided) {
  const TemporaryFolder folder;
  write_atomically(folder / "a.jpg", photograph_of_60_by_100());
  write_atomically(folder / "b.jpg", photograph_of_60_by_100());
  Json entry{{"center", {30, 50}}, {"scale", 0.3}};
  for (int part = 0; part < 16; ++part) {
    entry["joints"].push_back({10 + part, 20 + 3 * part});
    entry["joints_vis"].push_back(1);
  }
  Json entries;
  for (const char* image : {"a.jpg", "b.jpg", "a.jpg"}) {
    entry["image"] = image;
    entries.push_back(entry);
  }
  entries.back()["scale"] = -1;
  write_atomically(folder / "people.json", entries.dump());

  PhotographOptions options = options_for("mpii-json", folder / "people.json");
  options.place.images = folder.path();
  options.files = {{"", folder / "all.h5"}};
  const PrepareSummary summary = prepare_photographs(options);
  EXPECT_EQ(PoseFile(folder / "all.h5").info().split, "people");
  EXPECT_THAT(summary.text(), HasSubstr("1 of the annotations left out: without center or scale"));
  EXPECT_EQ(summary.json()["left_out"][0]["people"], 1);

  options.files = {{"train", folder / "train.h5"}, {"test", folder / "test.h5"}};
  EXPECT_THAT(error_of([&] { prepare_photographs(options); }).what(),
              HasSubstr("a single split, but 2 were requested"));
  options.files = {{"train", folder / "train.h5"}, {"validation", folder / "validation.h5"}};
  options.hold_out = parse_hold_out("fraction:0.5", 1);
  prepare_photographs(options);
  EXPECT_EQ(images_of(folder / "train.h5").size(), 1u);
  EXPECT_NE(images_of(folder / "train.h5"), images_of(folder / "validation.h5"));
}

TEST(PrepareSynthetic, EachSplitHasPeopleOfItsOwn) {
  const TemporaryFolder folder;
  SyntheticOptions options;
  for (const char* split : {"train", "validation", "test"}) {
    options.files.push_back({split, folder / (std::string(split) + ".h5")});
  }
  options.people = 2;
  options.how.box_pixels = 64;
  const PrepareSummary summary = prepare_synthetic(options);
  std::set<std::string> fingerprints;
  for (const PreparedFile& file : summary.files) fingerprints.insert(file.info.fingerprint);
  EXPECT_THAT(fingerprints, SizeIs(3));
  EXPECT_EQ(summary.people(), 6);
  options.how.force = true;
  options.recipe.occluder_rate = 2;
  EXPECT_THAT(error_of([&] { prepare_synthetic(options); }).what(), HasSubstr("--occlusion-rate: 2 is not allowed"));
}

double default_cut_share(double extent) {
  PoseFileInfo info;
  info.extent = extent;
  return cut_share(info, default_augmentation());
}

TEST(CutShare, AnExtentOf175HoldsNinetyTwoPercentAnd265All) {
  EXPECT_NEAR(default_cut_share(1.75), 0.08, 0.005);
  EXPECT_EQ(default_cut_share(2.66), 0);
  EXPECT_GT(default_cut_share(2.5), 0);
  EXPECT_GT(default_cut_share(1), 0.9);
}

TEST(CutShare, WithoutAugmentationTheBoxItselfIsEnough) {
  PoseFileInfo info;
  info.extent = 1;
  EXPECT_EQ(cut_share(info, {}), 0);
}

}  // namespace
}  // namespace pbn::data
