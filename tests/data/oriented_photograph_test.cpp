// Photographs with an EXIF orientation, and annotations that state another size.
#include "data/sources/oriented_photograph.h"

#include "error_of.h"
#include "leeds_folder.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// White in its left half, black in its right one; with EXIF's orientation where it is not 0.
std::string jpeg(int width, int height, char orientation = 0) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) image.pixels.insert(image.pixels.end(), 3, x < width / 2 ? 255 : 0);
  }
  std::string bytes = encode_jpeg(image, 95);
  if (orientation == 0) return bytes;
  const std::string tiff =
      std::string("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + orientation + std::string(6, '\0');
  const std::string content = std::string("Exif\0\0", 6) + tiff;
  return bytes.insert(2, std::string("\xFF\xE1\0", 3) + static_cast<char>(content.size() + 2) + content);
}

class OrientedPhotographs : public testing::Test {
 protected:
  OrientedPhotograph read(const std::string& bytes, const std::optional<StatedSize>& stated) const {
    write_atomically(folder_ / "a.jpg", bytes);
    return read_oriented_photograph(folder_ / "a.jpg", stated);
  }

  TemporaryFolder folder_;
};

int red_at(const Image& image, int x, int y) { return image.pixels[3 * (std::size_t(y) * image.width + x)]; }

TEST_F(OrientedPhotographs, APhotographOfTheStatedSizeStaysAsStored) {
  for (const char orientation : {0, 1, 6, 8}) {
    const auto [image, turning] = read(jpeg(60, 40, orientation), StatedSize{60, 40});
    EXPECT_EQ(turning, Turning::as_stored);
    EXPECT_GT(red_at(image, 5, 35), 200);
  }
}

TEST_F(OrientedPhotographs, APhotographThatFitsOnlyWhenTurnedIsTurned) {
  const auto [image, turning] = read(jpeg(60, 40, 6), StatedSize{40, 60});
  EXPECT_EQ(turning, Turning::turned);
  EXPECT_EQ(image.width, 40);
  EXPECT_GT(red_at(image, 35, 5), 200) << "the left half is on top after turning clockwise";
  EXPECT_LT(red_at(image, 5, 55), 50);
}

TEST_F(OrientedPhotographs, AnUndecidedOrientationStaysAsStoredAndIsReported) {
  EXPECT_EQ(read(jpeg(40, 40, 6), StatedSize{40, 40}).turning, Turning::undecided);
  EXPECT_EQ(read(jpeg(60, 40, 3), StatedSize{60, 40}).turning, Turning::undecided);
  EXPECT_EQ(read(jpeg(60, 40, 6), StatedSize{}).turning, Turning::undecided);
  EXPECT_EQ(read(jpeg(60, 40), StatedSize{}).turning, Turning::unstated);
  EXPECT_EQ(read(jpeg(60, 40), StatedSize{60, {}}).turning, Turning::unstated);
  EXPECT_EQ(read(jpeg(40, 40), StatedSize{40, 40}).turning, Turning::as_stored);
  EXPECT_EQ(read(jpeg(60, 40, 6), std::nullopt).turning, Turning::as_stored) << "of a source that states no sizes";
}

TEST_F(OrientedPhotographs, AnotherSizeIsRefusedWithBothSizes) {
  const auto refusal = [&](const std::string& bytes, const StatedSize& stated) {
    const Error error = error_of([&] { read(bytes, stated); });
    EXPECT_EQ(error.blame, Blame::data);
    return std::string(error.what());
  };
  EXPECT_THAT(refusal(jpeg(60, 40), {120, 80}), HasSubstr("has 60 x 40 pixels, but its annotations are for 120 x 80"));
  EXPECT_THAT(refusal(jpeg(60, 40, 6), {80, 120}), HasSubstr("60 x 40 pixels (turned by its EXIF note 40 x 60), but"));
  EXPECT_THAT(refusal(jpeg(60, 40), {40, 60}), HasSubstr("for 40 x 60"));
  EXPECT_THAT(refusal(jpeg(60, 40), {{}, 41}), HasSubstr("for ? x 41"));
  EXPECT_THAT(refusal(jpeg(60, 40), {0, 0}), HasSubstr("for 0 x 0"));
}

// COCO's annotations of photographs (file, stated width and height), with one person each from (10, 8) to (26, 25).
Json coco_of(const std::vector<std::tuple<std::string, Json, Json>>& photographs) {
  Json file{{"categories", {{{"id", 1}, {"name", "person"}}}}};
  file["categories"][0]["keypoints"] = {"left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
                                        "left_wrist",    "right_wrist",    "left_hip",   "right_hip",
                                        "left_knee",     "right_knee",     "left_ankle", "right_ankle"};
  for (const auto& [name, width, height] : photographs) {
    const std::size_t id = file["images"].size() + 1;
    file["images"].push_back({{"id", id}, {"file_name", name}, {"width", width}, {"height", height}});
    Json person{{"id", id}, {"image_id", id}, {"category_id", 1}, {"bbox", {10, 8, 17, 18}}};
    for (int k = 0; k < 12; ++k) {
      for (const int value : {10 + k, 8 + k, 2}) person["keypoints"].push_back(value);
    }
    file["annotations"].push_back(person);
  }
  return file;
}

class CocoSizes : public testing::Test {
 protected:
  PrepareSummary prepare(const Json& file, bool skip_bad = false) const {
    write_atomically(folder_ / "people.json", file.dump());
    PhotographOptions options = options_for("coco", folder_ / "people.json");
    options.place.images = folder_.path();
    options.files = {{"", out_}};
    options.how.force = true;
    options.how.skip_bad = skip_bad;
    return prepare_photographs(options);
  }

  void photograph(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    write_atomically(folder_ / name, bytes);
  }

  TemporaryFolder folder_;
  const fs::path out_ = folder_ / "out.h5";
};

TEST_F(CocoSizes, ATurnedPhotographIsCutOutInTheAnnotationsPixels) {
  photograph("upright.jpg", jpeg(60, 40, 6));
  const PrepareSummary summary = prepare(coco_of({{"upright.jpg", 40, 60}}));
  const PoseFile file(out_);
  const Person& person = file.people().at(0);
  const int wrist = config::lsp14().index_of("l-wrist");
  EXPECT_NEAR(person.joint_in_image(wrist)[0], 14, 1e-4);
  EXPECT_NEAR(person.joint_in_image(wrist)[1], 12, 1e-4);
  const int side = file.info().crop_pixels();
  std::vector<std::uint8_t> crop(std::size_t(side) * side * 3);
  file.read_crop(0, crop);
  const auto [x, y] = apply(inverse(person.crop_to_image), 18, 20);
  EXPECT_GT(crop[3 * (std::size_t(y) * side + std::size_t(x))], 200) << "white is on top after turning";
  EXPECT_THAT(summary.text(), HasSubstr("1 photograph turned by the camera's note (EXIF)"));
  EXPECT_EQ(summary.json()["files"][0]["photographs"]["turned"]["count"], 1);
}

TEST_F(CocoSizes, SquaresAndMissingSizesAreReportedInOneLineEach) {
  for (const char* name : {"x/1.jpg", "y/1.jpg"}) photograph(name, jpeg(40, 40, 6));
  for (const char* name : {"a.jpg", "b.jpg"}) photograph(name, jpeg(60, 40));
  const PrepareSummary summary = prepare(
      coco_of({{"x/1.jpg", 40, 40.0}, {"y/1.jpg", 40, 40}, {"a.jpg", nullptr, nullptr}, {"b.jpg", nullptr, 40}}));
  EXPECT_THAT(summary.text(),
              AllOf(HasSubstr("2 photographs taken as stored: the camera's note (EXIF) would turn them"),
                    HasSubstr("(the first: x/1.jpg)"), HasSubstr("2 photographs taken as stored and unchecked"),
                    HasSubstr("(the first: a.jpg)")));
  EXPECT_EQ(PoseFile(out_).people().at(1).image_name, "y/1.jpg");
}

TEST_F(CocoSizes, PhotographsOfAnotherSizeAreRefusedOrLeftOut) {
  photograph("a.jpg", jpeg(60, 40));
  photograph("b.jpg", jpeg(60, 40));
  const Json file = coco_of({{"a.jpg", 60, 40}, {"b.jpg", 120, 80}});
  const Error error = error_of([&] { prepare(file); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("b.jpg (person 0): has 60 x 40 pixels, but"), HasSubstr("--skip-bad")));
  EXPECT_FALSE(fs::exists(out_));
  prepare(file, true);
  EXPECT_EQ(PoseFile(out_).people().size(), 1u);
  EXPECT_THAT(PoseFile(out_).info().skipped.at(0), HasSubstr("b.jpg person 0: has 60 x 40 pixels, but"));
}

TEST_F(CocoSizes, LeedsPhotographsIgnoreTheExifOrientation) {
  write_lsp_folder(folder_ / "lsp", 2);
  write_atomically(folder_ / "lsp/images/im0001.jpg", jpeg(60, 100, 6));
  PhotographOptions options = options_for("lsp", folder_ / "lsp");
  options.files = {{"train", out_}};
  const PrepareSummary summary = prepare_photographs(options);
  EXPECT_EQ(summary.files[0].photographs.joints_outside, 0);
  EXPECT_EQ(summary.files[0].photographs.turned.count + summary.files[0].photographs.undecided.count, 0);
}

TEST_F(CocoSizes, ASetWithoutUsablePeopleListsTheReasons) {
  Json file = coco_of({{"a.jpg", 60, 40}});
  file["annotations"][0]["iscrowd"] = 1;
  EXPECT_THAT(error_of([&] { prepare(file); }).what(),
              HasSubstr("people.json: has no usable people; left out: 1 a crowd"));
}

}  // namespace
}  // namespace pbn::data
