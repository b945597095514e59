// Annotations of MPII as HRNet and Newell have them, COCO's, and corrected ones of Leeds Sports Pose.
#include "base/files.h"
#include "base/json.h"
#include "data/hdf5.h"
#include "data/sources/coco.h"
#include "data/sources/lsp.h"
#include "data/sources/mpii_json.h"
#include "data/sources/mpii_newell.h"
#include "error_of.h"
#include "matlab_array.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// The data error that reading this as a file a.json brings.
template <typename Parse>
std::string message_of(const Parse& parse, const std::string& text) {
  const Error error = error_of([&] { parse(text, "a.json", "images"); });
  EXPECT_EQ(error.blame, Blame::data) << error.what();
  return error.what();
}

Json mpii_entry(const std::string& image) {
  Json entry{{"image", image}, {"center", {100, 200}}, {"scale", 2}};
  for (int part = 0; part < 16; ++part) {
    entry["joints"].push_back({10 + part, 20.5 + part});
    entry["joints_vis"].push_back(part == 6 ? 0 : 1);
  }
  return entry;
}

TEST(MpiiJson, CentreAndScaleAreAdjustedAndJointsVisIsLabelled) {
  const Json entries{mpii_entry("a.jpg")};
  const PhotographSet set = parse_mpii_json(entries.dump(), "data/valid.json", "images");
  ASSERT_THAT(set.people, SizeIs(1));
  const PersonInPhotograph& person = set.people[0];
  EXPECT_EQ(person.photograph, "images/a.jpg");
  EXPECT_EQ(person.box->side, 500);
  EXPECT_EQ(person.box->centre_x, 99.5);
  EXPECT_EQ(person.box->centre_y, 229.5);
  EXPECT_EQ(person.joints[3], (std::array{12.5, 23.0}));
  EXPECT_FALSE(person.labelled[6]);
  EXPECT_TRUE(person.labelled[7]);
  EXPECT_THAT(person.occluded, testing::Each(Occlusion::unknown));
  EXPECT_EQ(person.reference_length, 50);
  EXPECT_EQ(set.info.split, "valid");
}

TEST(MpiiJson, PeopleAreNumberedWithinTheirPhotograph) {
  Json entries{mpii_entry("a.jpg"), mpii_entry("b.jpg"), mpii_entry("a.jpg"), mpii_entry("a.jpg")};
  entries[2]["scale"] = -1;
  const PhotographSet set = parse_mpii_json(entries.dump(), "a.json", "images");
  ASSERT_THAT(set.people, SizeIs(3));
  EXPECT_EQ(set.people[1].index, 0);
  EXPECT_EQ(set.people[2].index, 2);
  EXPECT_EQ(set.left_out.at(0).people, 1);
  EXPECT_THAT(set.left_out.at(0).first, HasSubstr("[2]"));
}

TEST(MpiiJson, AnEntryWithoutJointsIsATestPerson) {
  Json entry = mpii_entry("a.jpg");
  entry.erase("joints");
  entry.erase("joints_vis");
  const PhotographSet set = parse_mpii_json(Json{entry}.dump(), "test.json", "images");
  EXPECT_THAT(set.people.at(0).labelled, testing::Each(false));
}

TEST(MpiiJson, MistakesAreNamedWithTheirPlace) {
  const auto broken = [](const std::string& pointer, const Json& value) {
    Json entries{mpii_entry("a.jpg"), mpii_entry("a.jpg")};
    entries[Json::json_pointer(pointer)] = value;
    return message_of(parse_mpii_json, entries.dump());
  };
  EXPECT_THAT(broken("/1/joints/3", {1}), HasSubstr("a.json: [1].joints[3]: has 1 values; expected 2"));
  EXPECT_THAT(broken("/1/joints/3/1", "x"), HasSubstr("a.json: [1].joints[3][1]: is not a number"));
  EXPECT_THAT(broken("/1/joints/3/1", 1e9), HasSubstr("a.json: [1].joints[3][1]: is 1"));
  EXPECT_THAT(broken("/1/joints_vis", {1, 1}), HasSubstr("[1].joints_vis: has 2 values; expected 16"));
  EXPECT_THAT(broken("/0/center", nullptr), HasSubstr("[0].center: is not an array"));
  EXPECT_THAT(broken("/0/scale", "2"), HasSubstr("[0].scale: is not a number"));
  EXPECT_THAT(broken("/0/image", "../../a.jpg"), HasSubstr("[0].image: is \"../../a.jpg\""));
  EXPECT_THAT(broken("/0", 3), HasSubstr("[0]: is not an object"));
  EXPECT_THAT(message_of(parse_mpii_json, "{}"), HasSubstr("a.json: is not an array"));
  EXPECT_THAT(message_of(parse_mpii_json, "[{}]"), HasSubstr("a.json: [0]: has no \"image\""));
  EXPECT_THAT(message_of(parse_mpii_json, "[{"), HasSubstr("a.json: is not valid JSON at byte"));
  EXPECT_THAT(message_of(parse_mpii_json, "[1e999]"), HasSubstr("a.json: holds a number that is too large"));
}

class Newell : public testing::Test {
 protected:
  // Two people of a.jpg, numbers 1 and 3; the second lacks the left knee, and the right ankle is hidden.
  void write(bool with_names = true) const {
    Hdf5Writer writer(file_);
    std::vector<double> part(2 * 16 * 2, 50), visible(2 * 16, 1);
    part[2 * (16 + 4)] = part[2 * (16 + 4) + 1] = 0;
    visible[16 + 4] = visible[16] = 0;
    writer.write<double>("center", {2, 2}, std::vector<double>{100, 200, 110, 210});
    writer.write<double>("scale", {2}, std::vector<double>{2, 3});
    writer.write<double>("part", {2, 16, 2}, part);
    writer.write<double>("visible", {2, 16}, visible);
    writer.write<double>("normalize", {2}, std::vector<double>{40, 60});
    writer.write<double>("person", {2}, std::vector<double>{1, 3});
    if (with_names) writer.write_texts("imgname", {"a.jpg", "a.jpg"});
    writer.close();
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "valid.h5";
};

TEST_F(Newell, PlacesAreTakenAsTheyAre) {
  write();
  write_atomically(folder_ / "a.jpg", "");
  const PhotographSet set = read_mpii_newell(file_, folder_.path());
  ASSERT_THAT(set.people, SizeIs(2));
  const PersonInPhotograph& person = set.people[1];
  EXPECT_EQ(person.index, 3);
  EXPECT_EQ(person.box->side, 600);
  EXPECT_EQ(person.box->centre_x, 109.5);
  EXPECT_EQ(person.box->centre_y, 209.5);
  EXPECT_EQ(person.reference_length, 60);
  EXPECT_FALSE(person.labelled[4]);
  EXPECT_TRUE(person.labelled[0]);
  EXPECT_EQ(person.occluded[0], Occlusion::occluded);
  EXPECT_EQ(person.occluded[1], Occlusion::visible);
  EXPECT_EQ(set.info.split, "validation");
}

TEST_F(Newell, AMissingPhotographOrDatasetIsNamed) {
  write();
  EXPECT_THAT(error_of([&] { require_photographs(read_mpii_newell(file_, folder_.path())); }).what(),
              HasSubstr("a.jpg: person 1 has no photograph"));
  write(false);
  EXPECT_THAT(error_of([&] { read_mpii_newell(file_, folder_.path()); }).what(),
              HasSubstr("valid.h5: imgname: there is no such dataset"));
}

// Keypoint k at (10 k, 10 k + 1), all visible, in a box of 100 x 200 pixels at (30, 40).
Json coco_person(std::int64_t image) {
  Json person{{"image_id", image}, {"bbox", {30, 40, 100, 200}}, {"iscrowd", 0}};
  for (int k = 0; k < 17; ++k) {
    for (const int value : {10 * k, 10 * k + 1, 2}) person["keypoints"].push_back(value);
  }
  return person;
}

Json coco(const std::vector<Json>& people) {
  return {{"images", {{{"id", 7}, {"file_name", "a.jpg"}}, {{"id", 9}, {"file_name", "train/b.jpg"}}}},
          {"categories",
           {{{"name", "person"},
             {"keypoints",
              {"nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
               "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
               "right_knee", "left_ankle", "right_ankle"}}}}},
          {"annotations", people}};
}

PersonInPhotograph only_person(const Json& person) {
  return parse_coco(coco({person}).dump(), "coco.json", "images").people.at(0);
}

TEST(Coco, PartsAreThoseOfLspByName) {
  const PersonInPhotograph person = only_person(coco_person(9));
  EXPECT_EQ(person.photograph, "images/train/b.jpg");
  EXPECT_EQ(person.joints[lsp14().index_of("r-ankle")], (std::array{160.5, 161.5}));
  EXPECT_EQ(person.joints[lsp14().index_of("l-wrist")], (std::array{90.5, 91.5}));
  EXPECT_EQ(person.joints[lsp14().index_of("l-shoulder")], (std::array{50.5, 51.5}));
  EXPECT_FALSE(person.labelled[lsp14().index_of("head-top")]);
  EXPECT_NEAR(person.reference_length, std::hypot(70, 70), 1e-9);  // left shoulder 5, right hip 12
}

TEST(Coco, TheNeckIsBetweenTheShouldersAndHiddenWithOneOfThem) {
  Json person = coco_person(7);
  const int neck = lsp14().index_of("neck");
  EXPECT_EQ(only_person(person).joints[neck], (std::array{55.5, 56.5}));
  EXPECT_EQ(only_person(person).occluded[neck], Occlusion::visible);
  person["keypoints"][3 * 6 + 2] = 1;
  EXPECT_EQ(only_person(person).occluded[neck], Occlusion::occluded);
  person["keypoints"][3 * 6 + 2] = 0;
  EXPECT_FALSE(only_person(person).labelled[neck]);
}

TEST(Coco, TheBoxIsThatOfTheAnnotationEnlargedAsForLsp) {
  const Box box = *only_person(coco_person(7)).box;
  EXPECT_EQ(box.centre_x, 80);
  EXPECT_EQ(box.centre_y, 140);
  EXPECT_EQ(box.side, 200 * 410.0 / 256);
}

TEST(Coco, CrowdsAndPeopleWithoutJointsOrBoxAreCountedAndLeftOut) {
  Json crowd = coco_person(7), face = coco_person(7), flat = coco_person(7);
  crowd["iscrowd"] = 1;
  crowd.erase("keypoints");
  for (int k = 5; k < 17; ++k) face["keypoints"][3 * k + 2] = 0;
  flat["bbox"] = {1, 2, 0, 5};
  const PhotographSet set = parse_coco(coco({crowd, face, flat, coco_person(7)}).dump(), "coco.json", "images");
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.people[0].index, 3);
  EXPECT_THAT(set.left_out, SizeIs(3));
}

TEST(Coco, MistakesAreNamedWithTheirPlace) {
  const auto broken = [](const std::string& pointer, const Json& value) {
    Json file = coco({coco_person(7), coco_person(7)});
    file[Json::json_pointer(pointer)] = value;
    return message_of(parse_coco, file.dump());
  };
  EXPECT_THAT(broken("/annotations/1/image_id", 8), HasSubstr("a.json: annotations[1].image_id: 8 is not among"));
  EXPECT_THAT(broken("/annotations/1/keypoints", {1, 2, 2}), HasSubstr("keypoints: has 3 values; expected 51"));
  EXPECT_THAT(broken("/annotations/1/keypoints/17", 3), HasSubstr("has the visibility 3"));
  EXPECT_THAT(broken("/annotations/1/bbox/2", nullptr), HasSubstr("annotations[1].bbox[2]: is not a number"));
  EXPECT_THAT(broken("/annotations/0/iscrowd", "no"), HasSubstr("iscrowd: is not an integer"));
  EXPECT_THAT(broken("/images/1/file_name", "/b.jpg"), HasSubstr("images[1].file_name: is \"/b.jpg\""));
  EXPECT_THAT(broken("/categories/0/keypoints/5", "tail"), HasSubstr("keypoints: has no \"left_shoulder\""));
  EXPECT_THAT(message_of(parse_coco, "{}"), HasSubstr("has no \"images\""));
}

TEST(CorrectedLsp, JointsComeFromTheGivenFileAndPhotographsFromTheFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "lsp/images");
  for (const char* name : {"im0001.jpg", "im0002.jpg"}) write_atomically(folder / "lsp/images" / name, "");
  add_matlab_array(folder / "corrected.mat", "joints", {3, 14, 2}, std::vector<double>(3 * 14 * 2, 1));
  const PhotographSet set = read_lsp(folder / "lsp", LspSplit::test, folder / "corrected.mat");
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.people[0].photograph, folder / "lsp/images/im0002.jpg");
  EXPECT_EQ(set.people[0].joints[0], (std::array{0.5, 0.5}));
  EXPECT_EQ(set.people[0].occluded[0], Occlusion::occluded);
  EXPECT_THAT(set.info.source, HasSubstr("corrected.mat"));
  EXPECT_THAT(error_of([&] { read_lsp(folder / "lsp", LspSplit::test); }).what(), HasSubstr("joints.mat: there is no"));
}

}  // namespace
}  // namespace pbn
