// Invalid pose files: each gives one Error that names file and dataset.
#include <limits>

#include "base/files.h"
#include "data/sources/newell.h"
#include "error_of.h"
#include "hdf5_edit.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr hsize_t people = 3, parts = 14;

class HostilePoseFile : public testing::Test {
 protected:
  // Expects that PoseFile refuses an edited file; `place` is a dataset or an attribute.
  template <typename Edit>
  void expect_refusal(const std::string& place, const std::string& words, const Edit& edit) {
    fs::copy_file(jpeg_ ? jpeg_file() : raw_file(), file_, fs::copy_options::overwrite_existing);
    {
      Hdf5Edit hdf5(file_);
      edit(hdf5);
    }
    testing::internal::CaptureStderr();
    const Error error = error_of([&] { PoseFile opened(file_); });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << place;
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    EXPECT_THAT(error.what(), StartsWith(file_.string() + ": " + place));
    EXPECT_THAT(error.what(), HasSubstr(words)) << place;
  }

  const fs::path& raw_file() { return made(raw_, "raw.h5", 0); }
  const fs::path& jpeg_file() { return made(jpegs_, "jpeg.h5", 90); }

  const TemporaryFolder folder_;
  const fs::path file_ = folder_ / "hostile.h5";
  bool jpeg_ = false;

 private:
  const fs::path& made(fs::path& file, const char* name, int quality) {
    if (!file.empty()) return file;
    PoseFileInfo info = small_info();
    info.jpeg_quality = quality;
    write_small_pose_file(file = folder_ / name, people, info);
    return file;
  }

  fs::path raw_, jpegs_;
};

// Every dataset of a raw file, with its shape.
const std::vector<std::pair<std::string, std::vector<hsize_t>>> datasets{
    {"images/pixels", {people, 96, 96, 3}},   {"people/joints", {people, parts, 2}},
    {"people/labelled", {people, parts}},     {"people/occluded", {people, parts}},
    {"people/crop_to_image", {people, 2, 3}}, {"people/reference_length", {people}},
    {"people/person_index", {people}},        {"people/image_name", {people}}};

TEST_F(HostilePoseFile, AMissingDatasetIsNamed) {
  for (const auto& [dataset, shape] : datasets) {
    expect_refusal(dataset, "there is no such dataset", [&](Hdf5Edit& file) { file.remove(dataset); });
  }
}

TEST_F(HostilePoseFile, ADatasetOfAnotherTypeIsNamed) {
  for (const auto& [dataset, shape] : datasets) {
    const std::string expected = dataset == "people/image_name" ? "is not a list of texts" : "expected ";
    for (const hid_t type : {H5T_STD_U16LE, H5T_STD_REF_OBJ, H5T_NATIVE_B8}) {
      expect_refusal(dataset, expected, [&](Hdf5Edit& file) { file.claim(dataset, type, shape); });
    }
  }
}

TEST_F(HostilePoseFile, ADatasetOfAnotherNumberOfPeopleOrPartsIsNamed) {
  for (const auto& [dataset, shape] : datasets) {
    if (dataset == "images/pixels" || dataset == "people/image_name")
      continue;  // images/pixels sets the number of people; texts are tested below
    for (const hsize_t more : {hsize_t{1}, hsize_t{1} << 40}) {
      std::vector<hsize_t> other = shape;
      other.back() += more;
      expect_refusal(dataset, "has shape", [&](Hdf5Edit& file) {
        const hdf5::Handle old(H5Dopen2(file.file(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
        const hdf5::Handle type(H5Dget_type(old), H5Tclose);
        file.claim(dataset, type, other);
      });
    }
  }
  const hdf5::Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  expect_refusal("people/image_name", "", [&](Hdf5Edit& file) { file.claim("people/image_name", text, {people + 1}); });
}

TEST_F(HostilePoseFile, AbsurdSizesAreRefused) {
  const auto pixels = [&](const std::vector<hsize_t>& shape, const std::string& words) {
    expect_refusal("images/pixels", words,
                   [&](Hdf5Edit& file) { file.claim("images/pixels", H5T_NATIVE_UINT8, shape); });
  };
  pixels({hsize_t{1} << 60, 96, 96, 3}, "");
  pixels({hsize_t{1} << 40, 96, 96, 3}, "not in the file in one piece");
  pixels({0, 96, 96, 3}, "has no people");
  pixels({}, "has no people");
  pixels({people, hsize_t{1} << 40, hsize_t{1} << 40, 3}, "has shape");
}

TEST_F(HostilePoseFile, CropsInChunksCannotBeReadFromManyThreadsAndAreRefused) {
  expect_refusal("images/pixels", "in one piece", [&](Hdf5Edit& file) {
    file.put("images/pixels", {people, 96, 96, 3}, std::vector<std::uint8_t>(people * 96 * 96 * 3),
             packed({1, 96, 96, 3}));
  });
}

TEST_F(HostilePoseFile, InvalidValuesAreRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expect_refusal("people/joints", "joint 0 lies at (nan, nan)", [&](Hdf5Edit& file) {
    file.put("people/joints", {people, parts, 2}, std::vector<float>(people * parts * 2, nan));
  });
  expect_refusal("people/crop_to_image", "no inverse", [&](Hdf5Edit& file) {
    file.put("people/crop_to_image", {people, 2, 3}, std::vector<double>(people * 6, 1e300));
  });
  expect_refusal("people/reference_length", "reference length", [&](Hdf5Edit& file) {
    file.put("people/reference_length", {people}, std::vector<float>(people, -1));
  });
  expect_refusal("people/labelled", "unknown flag 2", [&](Hdf5Edit& file) {
    file.put("people/labelled", {people, parts}, std::vector<std::uint8_t>(people * parts, 2));
  });
  expect_refusal("people/occluded", "unknown flag -2", [&](Hdf5Edit& file) {
    file.put("people/occluded", {people, parts}, std::vector<std::int8_t>(people * parts, -2));
  });
}

TEST_F(HostilePoseFile, OffsetsOfJpegsThatDoNotAscendToTheEndAreRefused) {
  jpeg_ = true;
  EXPECT_EQ(PoseFile(jpeg_file()).people().size(), people);
  constexpr std::int64_t far = std::int64_t{1} << 62;
  for (const std::vector<std::int64_t>& offsets :
       {std::vector<std::int64_t>{0, 10, 5, 20}, {-10, 10, 20, 30}, {0, 10, 20, far}, {0, 0, 0, 0}, {5, 10, 20, 30}}) {
    expect_refusal("images/offsets", "",
                   [&](Hdf5Edit& file) { file.put("images/offsets", {offsets.size()}, offsets); });
  }
  for (const std::string dataset : {"images/offsets", "images/jpeg"}) {
    expect_refusal(dataset, "there is no such dataset", [&](Hdf5Edit& file) { file.remove(dataset); });
    expect_refusal(dataset, "expected", [&](Hdf5Edit& file) { file.claim(dataset, H5T_NATIVE_FLOAT, {people + 1}); });
  }
  expect_refusal("images/jpeg", "in one piece",
                 [&](Hdf5Edit& file) { file.claim("images/jpeg", H5T_NATIVE_UINT8, {hsize_t{1} << 50}); });
}

TEST_F(HostilePoseFile, TheErrorOfADamagedJpegNamesThePerson) {
  jpeg_ = true;
  fs::copy_file(jpeg_file(), file_);
  hsize_t bytes = 0;
  {
    Hdf5Edit hdf5(file_);
    const hdf5::Handle old(H5Dopen2(hdf5.file(), "images/jpeg", H5P_DEFAULT), H5Dclose);
    bytes = H5Dget_storage_size(old);
    hdf5.put("images/jpeg", {bytes}, std::vector<std::uint8_t>(bytes, 0xFF));
  }
  const PoseFile file(file_);
  std::vector<std::uint8_t> crop(96 * 96 * 3);
  EXPECT_THAT(error_of([&] { file.read_crop(2, crop); }).what(),
              StartsWith(file_.string() + ": images/jpeg: person 2"));
}

TEST_F(HostilePoseFile, AttributesThatAreMissingOrOfAnotherKindAreNamed) {
  for (const std::string name :
       {"version", "skeleton", "dataset", "split", "source", "reference", "box_pixels", "extent", "fingerprint"}) {
    expect_refusal(name, "there is no such attribute", [&](Hdf5Edit& file) { file.remove_attribute(name); });
    expect_refusal(name, "", [&](Hdf5Edit& file) { file.put_attribute(name, std::vector<double>{1, 2}); });
  }
  for (const std::string name : {"version", "box_pixels", "extent"}) {
    for (const double number : {-1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
      expect_refusal(name, "", [&](Hdf5Edit& file) { file.put_attribute(name, std::vector<double>{number}); });
    }
    expect_refusal(name, "is not a number", [&](Hdf5Edit& file) { file.put_attribute(name, std::string("1")); });
  }
}

TEST_F(HostilePoseFile, AFileCutAtAnySixteenthIsRefusedByName) {
  for (const fs::path& whole : {raw_file(), jpeg_file()}) {
    const std::string bytes = read_file(whole);
    for (std::size_t sixteenth = 0; sixteenth < 16; ++sixteenth) {
      write_atomically(file_, bytes.substr(0, bytes.size() * sixteenth / 16));
      const Error error = error_of([&] { PoseFile opened(file_); });
      EXPECT_EQ(error.blame, Blame::data) << error.what();
      EXPECT_THAT(error.what(), StartsWith(file_.string() + ": is "));
    }
  }
}

TEST(HostileNewellFile, TheFaultyDatasetIsNamed) {
  const TemporaryFolder folder;
  const fs::path file = folder / "valid.h5";
  const auto expect_refusal = [&](const std::string& dataset, const auto& edit) {
    fs::remove(file);
    {
      Hdf5Edit hdf5(file);
      hdf5.put("scale", {2}, std::vector<double>{1, 2});
      hdf5.put("center", {2, 2}, std::vector<double>{1, 2, 3, 4});
      hdf5.put("part", {2, 16, 2}, std::vector<double>(64, 5));
      edit(hdf5);
    }
    const Error error = error_of([&] { read_newell_annotations(file); });
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    EXPECT_THAT(error.what(), StartsWith(file.string() + ": " + dataset));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::string dataset : {"scale", "center", "part"}) {
    expect_refusal(dataset, [&](Hdf5Edit& hdf5) { hdf5.remove(dataset); });
    expect_refusal(dataset, [&](Hdf5Edit& hdf5) { hdf5.claim(dataset, H5T_C_S1, {2}); });
    expect_refusal(dataset, [&](Hdf5Edit& hdf5) { hdf5.claim(dataset, H5T_NATIVE_DOUBLE, {hsize_t{1} << 60}); });
    expect_refusal(dataset, [&](Hdf5Edit& hdf5) { hdf5.put(dataset, {0}, std::vector<double>{}); });
  }
  expect_refusal("scale", [&](Hdf5Edit& hdf5) { hdf5.put("scale", {2}, std::vector<double>{1, nan}); });
  expect_refusal("scale", [&](Hdf5Edit& hdf5) { hdf5.put("scale", {2}, std::vector<double>{1, -1}); });
  expect_refusal("center", [&](Hdf5Edit& hdf5) { hdf5.put("center", {3, 2}, std::vector<double>(6)); });
  expect_refusal("part", [&](Hdf5Edit& hdf5) { hdf5.put("part", {2, 16, 2}, std::vector<double>(64, nan)); });
}

}  // namespace
}  // namespace pbn::data
