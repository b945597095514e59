// Crops as JPEGs: writing and reading, and the check of their offsets.
#include "data/pose_file/stored_crops.h"

#include "base/files.h"
#include "data/photographs/image.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;

PoseFileInfo in_jpeg(int quality = 95) {
  PoseFileInfo info = small_info();
  info.jpeg_quality = quality;
  return info;
}

std::vector<std::uint8_t> crop_of(const PoseFile& file, std::int64_t index) {
  std::vector<std::uint8_t> pixels(crop_side * crop_side * 3);
  file.read_crop(index, pixels);
  return pixels;
}

TEST(StoredCrops, AJpegOfHighQualityIsNearlyThePixels) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "people.h5", 3, in_jpeg(100));
  const PoseFile file(folder / "people.h5");
  EXPECT_EQ(file.info().jpeg_quality, 100);
  for (std::uint32_t person = 0; person < 3; ++person) {
    const auto crop = random_crop(crop_side, person), read = crop_of(file, person);
    for (std::size_t i = 0; i < crop.size(); ++i) ASSERT_NEAR(read[i], crop[i], 8) << person << ": " << i;
  }
}

TEST(StoredCrops, AWindowIsReadToItsPlace) {
  const TemporaryFolder folder;
  for (const PoseFileInfo& info : {small_info(), in_jpeg()}) {
    write_small_pose_file(folder / "people.h5", 2, info);
    const PoseFile file(folder / "people.h5");
    const auto whole = crop_of(file, 1);
    std::vector<std::uint8_t> part(whole.size());
    const Window window{17, 30, 62, 77};
    file.read_crop(1, window, part);
    for (int y = window.top; y < window.bottom; ++y) {
      const auto first = (y * crop_side + window.left) * 3, last = (y * crop_side + window.right) * 3;
      ASSERT_TRUE(std::equal(whole.begin() + first, whole.begin() + last, part.begin() + first)) << "row " << y;
    }
    file.read_crop(1, Window{40, 50, 40, 60}, part);  // nothing
    EXPECT_EQ(error_of([&] { file.read_crop(1, Window{0, 0, crop_side, crop_side + 1}, part); }).blame, Blame::bug);
  }
}

TEST(StoredCrops, TheJpegsLieInTheFileAsTheyAre) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "people.h5", 2, in_jpeg());
  const Hdf5Reader file(folder / "people.h5");
  const auto bytes = file.read<std::uint8_t>("images/jpeg").values;
  const auto offsets = file.read<std::int64_t>("images/offsets").values;
  const auto second = stored_crop(in_jpeg(), random_crop(crop_side, 1));
  EXPECT_THAT(offsets, testing::ElementsAre(0, std::ssize(bytes) - std::ssize(second), std::ssize(bytes)));
  EXPECT_TRUE(std::equal(second.begin(), second.end(), bytes.begin() + offsets[1], bytes.end()));
  EXPECT_EQ(file.number_attribute("jpeg_quality"), 95);
}

TEST(StoredCrops, EqualJpegsAreEqualBytesAndAnotherQualityIsAnotherFingerprint) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "a.h5", 3, in_jpeg());
  write_small_pose_file(folder / "b.h5", 3, in_jpeg());
  write_small_pose_file(folder / "c.h5", 3, in_jpeg(90));
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
  EXPECT_NE(PoseFile(folder / "a.h5").info().fingerprint, PoseFile(folder / "c.h5").info().fingerprint);
}

TEST(StoredCrops, AnUnfinishedWriterLeavesNoFile) {
  const TemporaryFolder folder;
  {
    PoseFileWriter writer(folder / "people.h5", in_jpeg(), 2);
    writer.add(random_person(in_jpeg(), 0), stored_crop(in_jpeg(), random_crop(crop_side, 0)));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(StoredCrops, AnInvalidQualityIsAUsageError) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of([&] { PoseFileWriter(folder / "a.h5", in_jpeg(101), 1); }).blame, Blame::usage);
}

// A file with these two datasets and nothing else.
Error error_of_offsets(const std::vector<std::uint8_t>& jpeg, const std::vector<std::int64_t>& offsets) {
  const TemporaryFolder folder;
  const auto path = folder / "people.h5";
  Hdf5Writer writer(path);
  writer.write<std::uint8_t>("images/jpeg", {jpeg.size()}, jpeg);
  writer.write<std::int64_t>("images/offsets", {offsets.size()}, offsets);
  writer.close();
  return error_of([&] { StoredCrops(Hdf5Reader(path), path, in_jpeg()); });
}

TEST(StoredCrops, InvalidOffsetsAreADataErrorThatNamesThem) {
  const std::vector<std::uint8_t> ten(10);
  const auto expect = [&](const std::vector<std::int64_t>& offsets, const std::string& problem) {
    const Error error = error_of_offsets(ten, offsets);
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.where, HasSubstr("people.h5: images/offsets"));
    EXPECT_THAT(error.problem, HasSubstr(problem));
  };
  expect({0}, "has no people");
  expect({0, 6, 4, 10}, "the JPEG of person 1 goes from byte 6 to 4");
  expect({0, 5, 5, 10}, "the JPEG of person 1 goes from byte 5 to 5");
  expect({-3, 5, 10}, "the JPEG of person 0 goes from byte -3 to 5");
  expect({0, 5, 11}, "go from 0 to 11; expected 0 to 10");
  expect({1, 5, 10}, "go from 1 to 10; expected 0 to 10");
}

TEST(StoredCrops, ADamagedJpegNamesTheFileAndThePerson) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::vector<std::uint8_t>& stored, const std::string& problem) {
    PoseFileWriter writer(folder / "people.h5", in_jpeg(), 2);
    writer.add(random_person(in_jpeg(), 0), stored_crop(in_jpeg(), random_crop(crop_side, 0)));
    writer.add(random_person(in_jpeg(), 1), stored);
    writer.finish();
    const PoseFile file(folder / "people.h5");
    crop_of(file, 0);
    const Error error = error_of([&] { crop_of(file, 1); });
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.where, AllOf(HasSubstr("people.h5"), HasSubstr("person 1")));
    EXPECT_THAT(error.problem, HasSubstr(problem));
  };
  std::vector<std::uint8_t> cut = stored_crop(in_jpeg(), random_crop(crop_side, 1));
  cut.resize(cut.size() / 2);
  expect(cut, "is a damaged JPEG");
  expect({'h', 'e', 'l', 'l', 'o'}, "is a damaged JPEG (Not a JPEG file");
  PoseFileInfo other = in_jpeg();
  other.extent = 2;
  expect(stored_crop(other, random_crop(128, 1)), "has 128 x 128 pixels; expected 96 x 96");
}

}  // namespace
}  // namespace pbn::data
