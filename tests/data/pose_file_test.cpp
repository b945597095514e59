#include "data/pose_file/pose_file.h"

#include <fstream>
#include <limits>

#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/people_warnings.h"
#include "data/pose_file/pose_digests.h"
#include "error_of.h"
#include "hdf5_edit.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

void expect_data_error(const std::filesystem::path& file, const std::string& part) {
  testing::internal::CaptureStderr();
  const Error error = error_of([&] { PoseFile opened(file); });
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty()) << "HDF5's own messages are not for users";
  EXPECT_EQ(error.blame, Blame::data) << error.what();
  EXPECT_THAT(error.what(), AllOf(HasSubstr(file.filename().string()), HasSubstr(part)));
}

// A pose file in which each dataset can be invalid.
struct HandMadeFile {
  PoseFileInfo info = small_info();
  std::vector<float> joints = std::vector<float>(2 * 14 * 2, 5);
  std::vector<std::size_t> pixels_shape{2, 96, 96, 3};
  std::string flags = "people/labelled";
  std::uint8_t flag = 1;
  std::int64_t version = 1;
  std::string skeleton = "lsp14";
  bool lengths_are_doubles = false;

  void write(const std::filesystem::path& path) const {
    Hdf5Writer file(path);
    file.write_attribute("format", std::string("pbn-pose"));
    file.write_attribute("version", version);
    for (const auto& [name, text] : {std::pair("skeleton", skeleton),
                                     {"dataset", "x"},
                                     {"split", "train"},
                                     {"source", ""},
                                     {"reference", "torso"},
                                     {"fingerprint", std::string(64, '0')}}) {
      file.write_attribute(name, std::string(text));
    }
    file.write_attribute("box_pixels", std::int64_t{info.box_pixels});
    file.write_attribute("extent", info.extent);
    file.make_bytes("images/pixels", pixels_shape);
    file.write<float>("people/joints", {2, joints.size() / 4, 2}, joints);
    const std::vector<std::uint8_t> labelled(28, flag);
    file.write<std::uint8_t>(flags, {2, 14}, labelled);
    file.write<std::int8_t>("people/occluded", {2, 14}, std::vector<std::int8_t>(28));
    file.write<double>("people/crop_to_image", {2, 2, 3}, std::vector<double>{1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0});
    if (lengths_are_doubles) {
      file.write<double>("people/reference_length", {2}, std::vector<double>{20, 30});
    } else {
      file.write<float>("people/reference_length", {2}, std::vector<float>{20, 30});
    }
    file.write<std::int32_t>("people/person_index", {2}, std::vector<std::int32_t>{0, 0});
    file.write_texts("people/image_name", {"a.jpg", "b.jpg"});
    file.close();
  }
};

TEST(PoseFile, ReturnsWhatWasWritten) {
  const TemporaryFolder folder;
  PoseFileInfo info = small_info();
  Person person = random_person(info, 7);
  person.labelled[3] = false;
  person.occluded[4] = Occlusion::occluded;
  person.occluded[5] = Occlusion::unknown;
  person.person_index = 2;
  const std::vector<std::uint8_t> crop = random_crop(info.crop_pixels(), 7);
  PoseFileWriter writer(folder / "a.h5", info, 2);
  writer.add(random_person(info, 1), random_crop(info.crop_pixels(), 1));
  writer.add(person, crop);
  const std::string fingerprint = writer.finish();

  const PoseFile file(folder / "a.h5");
  ASSERT_THAT(file.people(), SizeIs(2));
  EXPECT_EQ(file.info().fingerprint, fingerprint);
  EXPECT_EQ(file.info().reference, "torso");
  EXPECT_EQ(file.info().crop_pixels(), 96);
  EXPECT_EQ(file.skeleton().name, "lsp14");
  const Person& read = file.people()[1];
  EXPECT_EQ(read.labelled, person.labelled);
  EXPECT_EQ(read.occluded, person.occluded);
  EXPECT_EQ(read.crop_to_image, person.crop_to_image);
  EXPECT_EQ(read.reference_length, person.reference_length);
  EXPECT_EQ(read.image_name, "im7.jpg");
  EXPECT_EQ(read.person_index, 2);
  person.joints[3] = {0, 0};  // not stored for unlabelled parts
  EXPECT_EQ(read.joints, person.joints);
  std::vector<std::uint8_t> pixels(crop.size());
  file.read_crop(1, pixels);
  EXPECT_EQ(pixels, crop);
}

TEST(PoseFile, TheCropIsTheBoxTimesTheExtentRoundedUpToAnEvenNumber) {
  PoseFileInfo info;
  EXPECT_EQ(info.crop_pixels(), 448);
  info.box_pixels = 64;
  info.extent = 1.1;  // 70.4
  EXPECT_EQ(info.crop_pixels(), 72);
}

TEST(PoseFile, EqualContentIsEqualBytes) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3);
  write_small_pose_file(folder / "b.h5", 3);
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST(PoseFile, TheFingerprintFollowsWhatIsTrainedOnAndNotTheNamesOfImages) {
  const TemporaryFolder folder;
  const auto fingerprint = [&](const auto& change) {
    PoseFileInfo info = small_info();
    Person person = random_person(info, 1);
    std::vector<std::uint8_t> crop = random_crop(info.crop_pixels(), 1);
    change(info, person, crop);
    PoseFileWriter writer(folder / "a.h5", info, 1);
    writer.add(person, crop);
    return writer.finish();
  };
  const std::string original = fingerprint([](auto&, auto&, auto&) {});
  EXPECT_EQ(original, fingerprint([](auto&, auto& person, auto&) { person.image_name = "renamed.jpg"; }));
  EXPECT_EQ(original, fingerprint([](auto& info, auto&, auto&) { info.source = "elsewhere"; }));
  EXPECT_NE(original, fingerprint([](auto&, auto&, auto& crop) { crop.back() ^= 1; }));
  EXPECT_NE(original, fingerprint([](auto&, auto& person, auto&) { person.joints[0][0] += 1; }));
  EXPECT_NE(original, fingerprint([](auto&, auto& person, auto&) { person.labelled[0] = false; }));
  EXPECT_NE(original, fingerprint([](auto&, auto& person, auto&) { person.occluded[0] = Occlusion::occluded; }));
  EXPECT_NE(original, fingerprint([](auto&, auto& person, auto&) { person.crop_to_image[2] += 1; }));
  EXPECT_NE(original, fingerprint([](auto& info, auto&, auto&) { info.reference = "head"; }));
}

TEST(PoseFile, AFileCutAnywhereIsADataErrorThatNamesIt) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3);
  const std::string whole = read_file(folder / "a.h5");
  for (const std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{600}, std::size_t{20}}) {
    write_atomically(folder / "cut.h5", whole.substr(0, left));
    expect_data_error(folder / "cut.h5", "cut short");
  }
  write_atomically(folder / "empty.h5", "");
  expect_data_error(folder / "empty.h5", "is not an HDF5 file");
}

TEST(PoseFile, OtherFilesAreRefusedWithTheirKind) {
  const TemporaryFolder folder;
  write_atomically(folder / "text.h5", "hello");
  expect_data_error(folder / "text.h5", "is not an HDF5 file");
  Hdf5Writer other(folder / "other.h5");
  other.write<float>("preds", {1}, std::vector<float>{1});
  other.close();
  expect_data_error(folder / "other.h5", "not a pose file");
  EXPECT_EQ(error_of([&] { PoseFile opened(folder / "none.h5"); }).blame, Blame::environment);
}

TEST(PoseFile, AWrongDatasetIsNamedWithWhatWasExpected) {
  const TemporaryFolder folder;
  const auto expect_error = [&](const HandMadeFile& file, const std::string& part) {
    file.write(folder / "wrong.h5");
    expect_data_error(folder / "wrong.h5", part);
  };
  HandMadeFile good;
  good.write(folder / "good.h5");
  EXPECT_THAT(PoseFile(folder / "good.h5").people(), SizeIs(2));

  HandMadeFile fewer_parts = good;
  fewer_parts.joints.resize(2 * 13 * 2);
  expect_error(fewer_parts, "people/joints: has shape (2, 13, 2); expected (2, 14, 2)");
  HandMadeFile not_finite = good;
  not_finite.joints[30] = std::numeric_limits<float>::quiet_NaN();
  expect_error(not_finite, "people/joints: person 1 (b.jpg): joint 1 lies at (nan, 5)");
  HandMadeFile smaller_crop = good;
  smaller_crop.pixels_shape[1] = 64;
  expect_error(smaller_crop, "images/pixels: has shape (2, 64, 96, 3); expected (2, 96, 96, 3)");
  HandMadeFile missing = good;
  missing.flags = "people/labeled";
  expect_error(missing, "people/labelled: there is no such dataset");
  HandMadeFile odd_flag = good;
  odd_flag.flag = 7;
  expect_error(odd_flag, "people/labelled: person 0 has an unknown flag 7");
  HandMadeFile wider = good;
  wider.lengths_are_doubles = true;
  expect_error(wider, "people/reference_length: holds float64; expected float32");
  HandMadeFile newer = good;
  newer.version = 3;
  expect_error(newer, "version: this program reads versions 1 and 2, not 3");
  HandMadeFile unknown_skeleton = good;
  unknown_skeleton.skeleton = "coco18";
  expect_error(unknown_skeleton, "skeleton: unknown skeleton \"coco18\"");
  HandMadeFile odd_box = good;
  odd_box.info.box_pixels = 100;
  expect_error(odd_box, "box_pixels: is 100, not a multiple of 64");
}

config::Skeleton bird(const std::string& reference) {
  Json definition = Json::parse(R"({"name": "bird3", "parts": ["beak", "r-wing", "l-wing"],
                                    "mirror": [["r-wing", "l-wing"]]})");
  definition["reference"] = reference;
  return config::parse_skeleton(definition, "");
}

TEST(PoseFile, ASkeletonOfItsOwnTravelsInTheFileAndItsDigests) {
  const TemporaryFolder folder;
  PoseFileInfo info = small_info();
  info.skeleton = &config::kept_skeleton(bird("box"));
  info.reference = "box";
  write_small_pose_file(folder / "bird.h5", 2, info);
  const PoseFile file(folder / "bird.h5");
  EXPECT_EQ(&file.skeleton(), info.skeleton);
  EXPECT_EQ(file.people()[0].joints.size(), 3U);
  EXPECT_EQ(fingerprint_of_content(file), file.info().fingerprint);
  EXPECT_EQ(Hdf5Reader(folder / "bird.h5").number_attribute("version"), 2);
  info.skeleton = &config::kept_skeleton(bird("torso"));
  write_small_pose_file(folder / "other.h5", 2, info);
  EXPECT_NE(PoseFile(folder / "other.h5").info().fingerprint, file.info().fingerprint);
  write_small_pose_file(folder / "lsp.h5", 2);
  EXPECT_EQ(Hdf5Reader(folder / "lsp.h5").number_attribute("version"), 1) << "earlier programs read it";
}

// Moves the first joint, like a script with h5py, and leaves the rest of the file as it is.
void move_a_joint(const std::filesystem::path& file) {
  const Hdf5Array<float> joints = Hdf5Reader(file).read<float>("people/joints");
  std::vector<float> moved = joints.values;
  moved[0] += 1;
  Hdf5Edit(file).put("people/joints", {joints.shape.begin(), joints.shape.end()}, moved);
}

TEST(PoseFile, AnEditedFileIsRefusedUntilItIsRenewed) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3);
  const std::string before = PoseFile(folder / "a.h5").info().fingerprint;
  move_a_joint(folder / "a.h5");
  expect_data_error(folder / "a.h5", "was changed since its fingerprint was made");
  expect_data_error(folder / "a.h5", "`pbn renew " + (folder / "a.h5").string() + "` gives it a new fingerprint");

  const PoseFileRenewal renewal = renew_pose_file(folder / "a.h5");
  EXPECT_TRUE(renewal.changed);
  EXPECT_EQ(renewal.before, before);
  EXPECT_NE(renewal.after, before);
  EXPECT_EQ(PoseFile(folder / "a.h5").info().fingerprint, renewal.after);
  EXPECT_EQ(fingerprint_of_content(PoseFile(folder / "a.h5")), renewal.after);
  const std::string bytes = read_file(folder / "a.h5");
  EXPECT_FALSE(renew_pose_file(folder / "a.h5").changed);
  EXPECT_EQ(read_file(folder / "a.h5"), bytes);
}

TEST(PoseFile, AnEditedReferenceIsRefusedToo) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3);
  Hdf5Edit(folder / "a.h5").put_attribute("reference", "head");
  expect_data_error(folder / "a.h5", "was changed since");
}

TEST(PoseFile, NamesOfPhotographsMayChange) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3);
  {
    Hdf5Edit edit(folder / "a.h5");
    const hdf5::Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, H5T_VARIABLE);  // as h5py writes a list of str
    edit.claim("people/image_name", type, {3});
    const char* const names[] = {"one.jpg", "folder/two.jpg", "three.jpg"};
    const hdf5::Handle dataset(H5Dopen2(edit.file(), "people/image_name", H5P_DEFAULT), H5Dclose);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, names);
  }
  EXPECT_EQ(PoseFile(folder / "a.h5").people()[1].image_name, "folder/two.jpg");
}

TEST(PoseFile, RenewingAnUnchangedFileWithoutPeopleDigestKeepsItsFingerprint) {
  const TemporaryFolder folder;
  PoseFileInfo info = small_info();
  for (const int quality : {0, 90}) {
    info.jpeg_quality = quality;
    write_small_pose_file(folder / "a.h5", 3, info);
    Hdf5Edit(folder / "a.h5").remove_attribute("people_sha256");
    const PoseFileInfo before = PoseFile(folder / "a.h5").info();
    EXPECT_EQ(before.given_people_sha256, "");
    const PoseFileRenewal renewal = renew_pose_file(folder / "a.h5");
    EXPECT_TRUE(renewal.changed);
    EXPECT_EQ(renewal.after, before.fingerprint);
    EXPECT_EQ(PoseFile(folder / "a.h5").info().given_people_sha256, before.people_sha256);
  }
}

TEST(PoseFile, ProbableMistakesAreCounted) {
  const TemporaryFolder folder;
  const PoseFileInfo info = small_info();
  Person nobody = random_person(info, 1), point = nobody, far = nobody, near = nobody;
  nobody.labelled.assign(14, false);
  point.joints.assign(14, {20, 20});
  point.reference_length = 0;
  far.joints[3] = {500, 20};
  near.joints[3] = {100, 20};
  PoseFileWriter writer(folder / "a.h5", info, 4);
  for (const Person& person : {nobody, point, far, near}) writer.add(person, random_crop(96, 1));
  writer.finish();
  const PeopleWarnings warnings = warnings_about(PoseFile(folder / "a.h5"));
  EXPECT_EQ(warnings.without_joints, 1);
  EXPECT_EQ(warnings.in_one_place, 1);
  EXPECT_EQ(warnings.without_torso, 1);
  EXPECT_EQ(warnings.without_reference_length, 1);
  EXPECT_EQ(warnings.outside, 2);
  EXPECT_EQ(warnings.far_outside, 1);
  EXPECT_THAT(warnings.sentences("torso"),
              testing::ElementsAre(
                  "1 person has no labelled joint", "1 person has all labelled joints in one place",
                  "1 person has a torso of length 0: right shoulder on left hip", "1 person has a torso size of 0",
                  HasSubstr("1 joint lies further outside the crop than it is wide (2 of 42 outside")));
}

TEST(PoseFile, HintsDoNotAssumeThatPbnWroteTheFile) {
  const TemporaryFolder folder;
  HandMadeFile wider;
  wider.lengths_are_doubles = true;
  wider.write(folder / "wrong.h5");
  EXPECT_EQ(error_of([&] { PoseFile opened(folder / "wrong.h5"); }).hint,
            "docs/file-formats.md says what a pose file holds");
}

TEST(PoseFileWriter, LeavesNothingBehindUnlessItIsFinished) {
  const TemporaryFolder folder;
  {
    PoseFileWriter writer(folder / "a.h5", small_info(), 2);
    writer.add(random_person(small_info(), 1), random_crop(96, 1));
    EXPECT_EQ(error_of([&] { writer.finish(); }).blame, Blame::bug);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder / ""));
}

TEST(PoseFileWriter, RefusesABoxThatTheNetworkCannotTake) {
  const TemporaryFolder folder;
  PoseFileInfo info = small_info();
  info.box_pixels = 100;
  EXPECT_EQ(error_of([&] { PoseFileWriter(folder / "a.h5", info, 1); }).blame, Blame::usage);
}

TEST(PoseFileWriter, NamesThePersonWhoseJointsAreNotFinite) {
  const TemporaryFolder folder;
  Person person = random_person(small_info(), 1);
  person.joints[2][0] = std::numeric_limits<float>::infinity();
  PoseFileWriter writer(folder / "a.h5", small_info(), 1);
  const Error error = error_of([&] { writer.add(person, random_crop(96, 1)); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), HasSubstr("im1.jpg (person 1): joint 2 lies at"));
}

TEST(PoseFileWriter, AFolderThatCannotBeWrittenIsAnEnvironmentError) {
  EXPECT_EQ(error_of([] { PoseFileWriter("/proc/a.h5", small_info(), 1); }).blame, Blame::environment);
}

}  // namespace
}  // namespace pbn::data
