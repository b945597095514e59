#include "orchestrator/photographs/person_boxes.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

using ::testing::HasSubstr;

class PersonBoxes : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a.jpg", "b.png", "notes.txt"}) {
      const Image picture{64, 48, std::vector<std::uint8_t>(std::size_t{64} * 48 * 3, 9)};
      write_atomically(folder_ / name, name[2] == 'p' ? encode_png(picture) : encode_jpeg(picture, 90));
    }
  }

  std::vector<PersonToFind> people(const std::string& json, double enlargement = 1) {
    write_atomically(folder_ / "boxes.json", json);
    return people_to_find(find_photographs({folder_.path().string()}), folder_ / "boxes.json", enlargement);
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
};

TEST_F(PersonBoxes, AFoldersPhotographsComeByNameWithTheirSizes) {
  const auto photographs = find_photographs({folder_.path().string()});
  ASSERT_EQ(photographs.size(), 2u);
  EXPECT_EQ(photographs[0].file.filename(), "a.jpg");
  EXPECT_EQ(photographs[1].width, 64);
}

TEST_F(PersonBoxes, WithoutAFileThereIsOnePersonSomewhereInEveryPhotograph) {
  const auto found = people_to_find(find_photographs({folder_ / "a.jpg"}), "", 1.25);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].box.centre_x, 32);
  EXPECT_EQ(found[0].box.side, 80);  // 1.25 x the longer side
}

TEST_F(PersonBoxes, ARectangleBecomesTheEnlargedSquareAroundItsMiddle) {
  const auto found =
      people(R"({"somewhere/b.png": [[10, 20, 8, 16], [0, 0, 2, 2]], "other.jpg": [[1, 1, 1, 1]]})", 1.5);
  ASSERT_EQ(found.size(), 2u);  // photographs are known by their names, and other.jpg is not asked for
  EXPECT_EQ(found[0].photograph, 1u);
  EXPECT_EQ(found[0].box.centre_x, 14);
  EXPECT_EQ(found[0].box.centre_y, 28);
  EXPECT_EQ(found[0].box.side, 24);
}

TEST_F(PersonBoxes, CocosKeypointsAreTheTruthUnderOurNames) {
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
  EXPECT_THAT(refusal(R"({"c.jpg": [[1, 2, 3, 4]]})"), HasSubstr("has nobody in these photographs"));
  EXPECT_THAT(refusal("{"), HasSubstr("boxes.json"));
}

TEST_F(PersonBoxes, APhotographThatCannotBeReadIsNamed) {
  write_atomically(folder_ / "c.jpg", "this is no photograph");
  EXPECT_THROW(
      try { find_photographs({folder_.path().string()}); } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("c.jpg"));
        throw;
      },
      Error);
}

}  // namespace
}  // namespace pbn
