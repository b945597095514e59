#include "orchestrator/photographs/person_boxes.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::photographs {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PersonBoxes : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a.jpg", "b.png", "notes.txt"}) {
      const data::Image picture{64, 48, std::vector<std::uint8_t>(std::size_t{64} * 48 * 3, 9)};
      write_atomically(folder_ / name, name[2] == 'p' ? data::encode_png(picture) : data::encode_jpeg(picture, 90));
    }
  }

  std::vector<PersonToFind> people(const std::string& json, double enlargement = 1, bool skip_bad = false) {
    write_atomically(folder_ / "boxes.json", json);
    list_ = find_photographs({folder_.path().string()}, skip_bad);
    return people_to_find(list_, folder_ / "boxes.json", enlargement, skip_bad);
  }

  // Stored with 64 x 48 pixels, to be turned by 90 degrees by its EXIF orientation.
  void add_turned_photograph(const std::string& name) {
    const data::Image picture{64, 48, std::vector<std::uint8_t>(std::size_t{64} * 48 * 3, 9)};
    const std::string note(
        "\xFF\xE1\0\x22"
        "Exif\0\0"
        "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0",
        36);
    write_atomically(folder_ / name, data::encode_jpeg(picture, 90).insert(2, note));
  }

  std::string refusal(const std::string& json) {
    try {
      people(json);
      return "nothing was refused";
    } catch (const Error& error) {
      return error.what();
    }
  }

  TemporaryFolder folder_;
  PhotographList list_;
};

TEST_F(PersonBoxes, AFoldersPhotographsAreSortedByNameAndHaveTheirSizes) {
  const auto photographs = find_photographs({folder_.path().string()}, false).photographs;
  ASSERT_EQ(photographs.size(), 2u);
  EXPECT_EQ(photographs[0].file.filename(), "a.jpg");
  EXPECT_EQ(photographs[1].width, 64);
}

TEST_F(PersonBoxes, WithoutAFileThereIsOnePersonInEachPhotograph) {
  PhotographList list = find_photographs({folder_ / "a.jpg"}, false);
  const auto found = people_to_find(list, "", 1.25, false);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].box.centre_x, 32);
  EXPECT_EQ(found[0].box.side, 80);  // 1.25 x the longer side
}

TEST_F(PersonBoxes, ARectangleBecomesTheEnlargedSquareAroundItsMiddle) {
  const auto found = people(R"({"b.png": [[10, 20, 8, 16], [0, 0, 2, 2]], "other.jpg": [[1, 1, 1, 1]]})", 1.5);
  ASSERT_EQ(found.size(), 2u);  // other.jpg is not given
  EXPECT_EQ(found[0].photograph, 1u);
  EXPECT_EQ(found[0].box.centre_x, 14);
  EXPECT_EQ(found[0].box.centre_y, 28);
  EXPECT_EQ(found[0].box.side, 24);
}

TEST_F(PersonBoxes, CocosKeypointsAreTheTruthUnderTheSkeletonsNames) {
  const auto found = people(R"({"images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [{"keypoints": ["left_knee", "head-top", "right_ankle"]}],
    "annotations": [{"image_id": 7, "bbox": [0, 0, 10, 20], "keypoints": [1, 2, 2, 3, 4, 1, 0, 0, 0]}]})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].truth.size(), 2u);
  EXPECT_EQ(found[0].truth.at("l-knee"), (std::array{1.0, 2.0}));
  EXPECT_EQ(found[0].truth.at("head-top"), (std::array{3.0, 4.0}));
}

TEST_F(PersonBoxes, MpiisScaleIsThePersonsBoxAsInTraining) {
  const auto found = people(R"([{"image": "a.jpg", "center": [30, 20], "scale": 0.2,
    "joints": [[1,1],[2,2],[3,3],[4,4],[5,5],[6,6],[7,7],[8,8],[9,9],[10,10],[11,11],[12,12],[13,13],[14,14],[15,15],[16,16]],
    "joints_vis": [1,0,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}])");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].box.side, 200 * 1.25 * 0.2);
  EXPECT_EQ(found[0].truth.size(), 15u);
  EXPECT_EQ(found[0].truth.at("r-ankle"), (std::array{0.5, 0.5}));  // MPII counts pixels from 1 at their centres
}

TEST_F(PersonBoxes, MistakesInTheFileAreNamedByTheirPlace) {
  EXPECT_THAT(refusal(R"({"a.jpg": [[1, 2, 3]]})"), AllOf(HasSubstr("boxes.json"), HasSubstr("a.jpg")));
  EXPECT_THAT(refusal(R"({"a.jpg": [[1, 2, 3, 0]]})"), HasSubstr("3 x 0 pixels"));
  EXPECT_THAT(refusal(R"({"images": [], "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 1]}]})"),
              HasSubstr("annotations[0]"));
  EXPECT_THAT(refusal(R"({"c.jpg": [[1, 2, 3, 4]]})"), HasSubstr("has no people in these photographs"));
  EXPECT_THAT(refusal("{"), HasSubstr("boxes.json"));
}

TEST_F(PersonBoxes, APhotographThatCannotBeReadIsNamed) {
  write_atomically(folder_ / "c.jpg", "this is no photograph");
  EXPECT_THROW(
      try { find_photographs({folder_.path().string()}, false); } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("c.jpg"));
        throw;
      },
      Error);
}

TEST_F(PersonBoxes, APhotographIsIdentifiedByTheEndOfItsPath) {
  const std::string own = folder_.path().filename().string();
  EXPECT_EQ(
      people(fmt::format(R"({{"{}/a.jpg": [[1, 1, 4, 4]], "other/a.jpg": [[2, 2, 2, 2], [3, 3, 3, 3]]}})", own)).size(),
      1u);
  EXPECT_EQ(
      people(fmt::format(R"({{"a.jpg": [[1, 1, 4, 4], [1, 1, 4, 4]], "{}/./a.jpg": [[2, 2, 2, 2]]}})", own)).size(),
      1u);  // the longer end counts
  EXPECT_EQ(people(fmt::format(R"({{"{}": [[1, 1, 4, 4]]}})", (folder_ / "a.jpg").string())).size(), 1u);
  EXPECT_THAT(refusal(R"({"other/a.jpg": [[1, 2, 3, 4]]})"), HasSubstr("must be the ends of the photographs' paths"));
}

TEST_F(PersonBoxes, PhotographsAreTurnedByTheirExifOrientation) {
  add_turned_photograph("c.jpg");
  const auto found = people(R"({"c.jpg": [[1, 1, 4, 4]]})");
  EXPECT_EQ(list_.photographs[2].turned_by, data::Orientation::right_top);
  EXPECT_EQ(list_.photographs[2].width, 48);
  EXPECT_EQ(list_.photographs[2].height, 64);
  EXPECT_EQ(list_.photographs[2].read().width, 48);
}

TEST_F(PersonBoxes, CocosStatedSizeDecidesWhetherAPhotographIsTurned) {
  add_turned_photograph("c.jpg");
  const auto with_size = [&](const std::string& size, bool skip_bad = false) {
    people(R"({"images": [{"id": 7, "file_name": "c.jpg")" + size +
               R"(}, {"id": 8, "file_name": "a.jpg"}], "annotations": [{"image_id": 7, "bbox": [0, 0, 10, 20]},
               {"image_id": 8, "bbox": [0, 0, 10, 20]}]})",
           1, skip_bad);
    return list_.photographs.back();
  };
  EXPECT_EQ(with_size(R"(, "width": 48, "height": 64)").turned_by, data::Orientation::right_top);
  EXPECT_EQ(with_size("").turned_by, data::Orientation::right_top);
  EXPECT_EQ(with_size(R"(, "width": null, "height": null)").turned_by, data::Orientation::right_top);
  const Photograph stored = with_size(R"(, "width": 64, "height": 48)");
  EXPECT_EQ(stored.turned_by, data::Orientation::top_left);
  EXPECT_EQ(stored.width, 64);
  EXPECT_EQ(stored.height, 48);
  EXPECT_THROW(with_size(R"(, "width": 60, "height": 48)"), Error);
  EXPECT_EQ(with_size(R"(, "width": 60, "height": 48)", true).file.filename(), "b.png");
  EXPECT_THAT(list_.skipped, ElementsAre(HasSubstr("has 48 x 64 pixels, but")));
}

TEST_F(PersonBoxes, CocosIdsAndNamesAreKept) {
  people(R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 1, "file_name": "elsewhere.jpg"}],
    "annotations": [{"image_id": 7.0, "bbox": [0, 0, 10, 20]}]})");
  EXPECT_EQ(list_.photographs[0].id, 7);
  EXPECT_EQ(list_.photographs[1].id, 2);  // b.png, which the file does not list
}

TEST_F(PersonBoxes, InACocoFileOnlyPeopleCountWithTheirCategorysKeypoints) {
  const auto found = people(R"({"images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [{"id": 18, "name": "dog", "keypoints": ["left_ear", "tail"]},
                   {"id": 1, "name": "person", "keypoints": ["right_knee", "left_knee"]}],
    "annotations": [{"image_id": 7, "category_id": 1, "iscrowd": false, "bbox": [0, 0, 10, 20], "keypoints": [1, 2, 2, 3, 4, 1]},
                    {"image_id": 7, "category_id": 18, "bbox": [5, 5, 10, 20], "keypoints": [1, 2, 2, 3, 4, 1]},
                    {"image_id": 7, "category_id": 1, "iscrowd": 1, "bbox": [0, 0, 50, 40]},
                    {"image_id": 7, "category_id": 1, "bbox": null}]})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].truth.at("r-knee"), (std::array{1.0, 2.0}));
  EXPECT_EQ(found[0].truth.at("l-knee"), (std::array{3.0, 4.0}));
}

TEST_F(PersonBoxes, CategoriesAndKeypointsAreNamedAsInPreparing) {
  const auto found = people(R"({"images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [{"id": 1, "name": "dog", "keypoints": ["tail"]},
                   {"id": 2, "name": "Persons, annotated", "keypoints": ["Right Knee", "top_of_head"]}],
    "annotations": [{"image_id": 7, "category_id": 1, "bbox": [5, 5, 10, 20]},
                    {"image_id": 7, "category_id": 2, "bbox": [0, 0, 10, 20], "keypoints": [1, 2, 2, 3, 4, 1]}]})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].truth.at("r-knee"), (std::array{1.0, 2.0}));
  EXPECT_EQ(found[0].truth.at("head-top"), (std::array{3.0, 4.0}));
}

TEST_F(PersonBoxes, DuplicateImagesAreRefusedWithBothPlaces) {
  EXPECT_THAT(
      refusal(R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 7, "file_name": "b.png"}], "annotations": []})"),
      AllOf(HasSubstr("images[0].id"), HasSubstr("images[1].id")));
  EXPECT_THAT(
      refusal(R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "a.jpg"}], "annotations": []})"),
      AllOf(HasSubstr("images[0].file_name"), HasSubstr("images[1].file_name")));
}

TEST_F(PersonBoxes, OneBadPhotographDoesNotStopTheOthers) {
  write_atomically(folder_ / "c.jpg", "GIF89a");
  const PhotographList list = find_photographs({folder_.path().string()}, true);
  EXPECT_EQ(list.photographs.size(), 2u);
  EXPECT_THAT(list.skipped, ElementsAre(HasSubstr("c.jpg: is a GIF image")));
  EXPECT_THROW(find_photographs({folder_ / "c.jpg"}, true), Error);
}

TEST_F(PersonBoxes, NamesMayHoldAnyBytesAndHiddenFilesAreSkipped) {
  std::filesystem::copy(folder_ / "a.jpg", folder_ / "\xFC.JPG");
  write_atomically(folder_ / "._a.jpg", "a resource fork");
  const PhotographList list = find_photographs({folder_.path().string()}, false);
  ASSERT_EQ(list.photographs.size(), 3u);
  EXPECT_EQ(list.photographs[2].name, "\\xFC.JPG");
}

}  // namespace
}  // namespace pbn::photographs
