// Reading annotations: MPII in the formats of HRNet and Newell, COCO, corrected Leeds Sports Pose.
#include "base/files.h"
#include "base/json.h"
#include "data/hdf5/hdf5.h"
#include "data/sources/coco.h"
#include "data/sources/leeds.h"
#include "data/sources/mpii_json.h"
#include "data/sources/newell.h"
#include "error_of.h"
#include "matlab_array.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// The message of the data error from parsing `text` as a.json.
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

// Keypoint k at (10 k, 10 k + 1), all visible, in a box of 100 x 200 pixels at (30, 40).
Json coco_person(std::int64_t image) {
  Json person{{"image_id", image}, {"bbox", {30, 40, 100, 200}}, {"iscrowd", 0}};
  for (int k = 0; k < 17; ++k) {
    for (const int value : {10 * k, 10 * k + 1, 2}) person["keypoints"].push_back(value);
  }
  return person;
}

PhotographSet read_by_default(std::string_view text, const std::string& where, const std::filesystem::path& images) {
  return parse_coco(text, where, images);
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
  EXPECT_THAT(broken("/0/center", "x"), HasSubstr("[0].center: is not an array"));
  EXPECT_THAT(broken("/0/scale", "2"), HasSubstr("[0].scale: is not a number"));
  EXPECT_THAT(broken("/0/image", "../../a.jpg"), HasSubstr("[0].image: is \"../../a.jpg\""));
  EXPECT_THAT(broken("/0", 3), HasSubstr("[0]: is not an object"));
  EXPECT_THAT(message_of(parse_mpii_json, "{}"), HasSubstr("a.json: is not an array"));
  EXPECT_THAT(message_of(parse_mpii_json, "[{}]"), HasSubstr("a.json: [0]: has no \"image\""));
  EXPECT_THAT(message_of(parse_mpii_json, "[{"), HasSubstr("a.json: is not valid JSON: it ends in the middle"));
  EXPECT_THAT(message_of(parse_mpii_json, "[1e999]"), HasSubstr("a.json: contains a number that is too large"));
}

TEST(MpiiJson, JointsVisMayBeTrueAndFalse) {
  Json entry = mpii_entry("a.jpg");
  for (int part = 0; part < 16; ++part) entry["joints_vis"][part] = part != 3;
  entry["joints"][3] = {nullptr, nullptr};  // ignored
  const PersonInPhotograph person = parse_mpii_json(Json{entry}.dump(), "a.json", "images").people.at(0);
  EXPECT_FALSE(person.labelled[3]);
  EXPECT_TRUE(person.labelled[4]);
}

TEST(MpiiJson, PeopleWithoutCentreOrScaleAreLeftOut) {
  Json entries{mpii_entry("a.jpg"), mpii_entry("a.jpg"), mpii_entry("a.jpg")};
  entries[0].erase("center");
  entries[1]["scale"] = nullptr;
  const PhotographSet set = parse_mpii_json(entries.dump(), "a.json", "images");
  EXPECT_EQ(set.people.at(0).index, 2);
  EXPECT_EQ(set.left_out.at(0).people, 2);
}

TEST(AnnotationFormats, AFileOfAnotherKnownFormatIsNamed) {
  const auto to_coco = [](const Json& file) { return message_of(read_by_default, file.dump()); };
  const auto to_mpii = [](const Json& file) { return message_of(parse_mpii_json, file.dump()); };
  const Json pytorch_pose{{{"img_paths", "a.jpg"}, {"joint_self", {{1, 2, 1}}}}};
  const Json results{{{"image_id", 1}, {"category_id", 1}, {"keypoints", {1, 2, 2}}, {"score", 0.9}}};
  const Json coco{{"images", Json::array()}, {"annotations", Json::array()}, {"categories", Json::array()}};
  EXPECT_THAT(to_mpii(pytorch_pose), HasSubstr("a.json: is a list as pytorch-pose's mpii_annotations.json"));
  EXPECT_THAT(to_mpii({{"root", pytorch_pose}}), HasSubstr("CPM's MPI_annotations.json"));
  EXPECT_THAT(to_mpii(results), HasSubstr("a.json: is a list of COCO results"));
  EXPECT_THAT(to_mpii(coco), HasSubstr("a.json: is COCO's annotations, which pbn prepare mpii-json does not read; pbn "
                                       "prepare coco reads them"));
  EXPECT_THAT(to_coco(results), HasSubstr("a.json: is a list of COCO results, that is, predictions"));
  EXPECT_THAT(to_coco(Json{mpii_entry("a.jpg")}), HasSubstr("pbn prepare mpii-json reads them"));
  EXPECT_THAT(to_coco(pytorch_pose), HasSubstr("pytorch-pose"));
  EXPECT_THAT(to_coco({{"images", Json::array()}, {"categories", Json::array()}}), HasSubstr("without annotations"));
  EXPECT_THAT(to_coco({{"a.jpg", {{1, 2, 3, 4}}}}), HasSubstr("boxes by the photographs' names"));
  EXPECT_THAT(to_coco({{"version", 1.3}, {"people", Json::array()}}), HasSubstr("OpenPose"));
  EXPECT_THAT(to_coco({{"shapes", Json::array()}, {"imagePath", "a.jpg"}}), HasSubstr("labelme"));
  EXPECT_THAT(to_coco(Json::array()), HasSubstr("a.json: is an empty list"));
}

TEST(AnnotationFormats, ARepeatedKeyIsRefusedAndNotDroppedSilently) {
  const std::string file = coco({coco_person(7)}).dump();
  const std::string twice = "{\"annotations\": []," + file.substr(1);
  EXPECT_THAT(message_of(read_by_default, twice), HasSubstr("a.json: has the key \"annotations\" twice in one object"));
  EXPECT_THAT(message_of(parse_mpii_json, R"([{"image": "a.jpg", "scale": 1, "scale": 2}])"),
              HasSubstr("has the key \"scale\" twice"));
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

TEST_F(Newell, LocationsAreNotAdjustedAgain) {
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

PersonInPhotograph only_person(const Json& person) {
  return parse_coco(coco({person}).dump(), "coco.json", "images").people.at(0);
}

TEST(Coco, KeypointsAreMappedToPartsOfLspByName) {
  const PersonInPhotograph person = only_person(coco_person(9));
  EXPECT_EQ(person.photograph, "images/train/b.jpg");
  EXPECT_EQ(person.joints[config::lsp14().index_of("r-ankle")], (std::array{160.5, 161.5}));
  EXPECT_EQ(person.joints[config::lsp14().index_of("l-wrist")], (std::array{90.5, 91.5}));
  EXPECT_EQ(person.joints[config::lsp14().index_of("l-shoulder")], (std::array{50.5, 51.5}));
  EXPECT_FALSE(person.labelled[config::lsp14().index_of("head-top")]);
  EXPECT_NEAR(person.reference_length, std::hypot(70, 70), 1e-9);  // left shoulder 5, right hip 12
}

TEST(Coco, TheNeckIsBetweenTheShouldersAndOccludedWithOneOfThem) {
  Json person = coco_person(7);
  const int neck = config::lsp14().index_of("neck");
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
    return message_of(read_by_default, file.dump());
  };
  EXPECT_THAT(broken("/annotations/1/image_id", 8), HasSubstr("a.json: annotations[1].image_id: 8 is not among"));
  EXPECT_THAT(broken("/annotations/1/keypoints", {1, 2, 2}), HasSubstr("keypoints: has 3 values; expected 51"));
  EXPECT_THAT(broken("/annotations/1/keypoints/17", 3), HasSubstr("has the visibility 3"));
  EXPECT_THAT(broken("/annotations/1/bbox/2", nullptr), HasSubstr("annotations[1].bbox[2]: is not a number"));
  EXPECT_THAT(broken("/annotations/0/iscrowd", "no"), HasSubstr("iscrowd: is not true, false or an integer"));
  EXPECT_THAT(broken("/images/1/file_name", "/b.jpg"), HasSubstr("images[1].file_name: is \"/b.jpg\""));
  Json tail = coco({coco_person(7)});
  tail["categories"][0]["keypoints"][5] = "tail";
  const auto as_lsp = [](std::string_view text, const std::string& where, const std::filesystem::path& images) {
    return parse_coco(text, where, images, {.as = "lsp14", .category = ""});
  };
  EXPECT_THAT(message_of(as_lsp, tail.dump()), HasSubstr("keypoints: has no \"left_shoulder\""));
  EXPECT_THAT(message_of(read_by_default, "{}"), HasSubstr("has no \"images\""));
}

// Two skeletons: the twelve parts and COCO's face forwards (category 1) and backwards (2), and a dog's (3).
Json three_categories(const std::vector<Json>& people) {
  Json file = coco(people);
  Json person = file["categories"][0], backwards = person, dog = person;
  person["id"] = 1;
  backwards.update({{"id", 2}, {"name", "Person, backwards"}});
  std::reverse(backwards["keypoints"].begin(), backwards["keypoints"].end());
  dog.update({{"id", 3}, {"name", "dog"}, {"supercategory", "animal"}});
  file["categories"] = {dog, backwards, person};
  return file;
}

Json of_category(int category) {
  Json person = coco_person(7);
  person["category_id"] = category;
  return person;
}

TEST(CocoCategories, AnAnnotationIsReadByTheNamesOfItsOwnCategory) {
  const Json file = three_categories({of_category(1), of_category(2)});
  const PhotographSet set = parse_coco(file.dump(), "coco.json", "images");
  const int ankle = config::lsp14().index_of("r-ankle");
  EXPECT_EQ(set.people.at(0).joints[ankle], (std::array{160.5, 161.5}));
  EXPECT_EQ(set.people.at(1).joints[ankle], (std::array{0.5, 1.5}));
}

TEST(CocoCategories, OtherCategoriesAreLeftOutWhateverTheirKeypointsAreCalled) {
  Json dog = of_category(3);
  dog["keypoints"] = "not an array";
  const PhotographSet set = parse_coco(three_categories({dog, of_category(1)}).dump(), "coco.json", "images");
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.people[0].index, 1);
  EXPECT_EQ(set.left_out.at(0).reason, "not a person");
}

TEST(CocoCategories, ACategoryWithTheTwelvePartsIsPeopleIfNoNameSaysSo) {
  Json file = coco({coco_person(7)});
  file["categories"][0]["name"] = "player";
  file["categories"].push_back({{"id", 5}, {"name", "ball"}, {"keypoints", {"centre"}}});
  file["categories"][0]["id"] = 4;
  file["annotations"][0]["category_id"] = 4;
  EXPECT_THAT(parse_coco(file.dump(), "coco.json", "images").people, SizeIs(1));
}

TEST(CocoCategories, KeypointsMayBeSpeltInOtherWays) {
  Json file = coco({coco_person(7)});
  file["categories"][0]["keypoints"][16] = "R-Ankle";
  file["categories"][0]["keypoints"][15] = "l_ankle";
  file["categories"][0]["keypoints"][14] = "Right Knee";
  const PersonInPhotograph person = parse_coco(file.dump(), "coco.json", "images").people.at(0);
  EXPECT_EQ(person.joints[config::lsp14().index_of("r-ankle")], (std::array{160.5, 161.5}));
}

TEST(CocoCategories, MistakesAreNamedWithTheirPlace) {
  const auto broken = [](const std::string& pointer, const Json& value) {
    Json file = three_categories({of_category(1), of_category(2)});
    file[Json::json_pointer(pointer)] = value;
    return message_of(read_by_default, file.dump());
  };
  EXPECT_THAT(broken("/annotations/1/category_id", 8), HasSubstr("annotations[1].category_id: 8 is not among"));
  EXPECT_THAT(broken("/annotations/1/category_id", nullptr), HasSubstr("annotations[1]: has no \"category_id\""));
  EXPECT_THAT(broken("/categories/1/id", 1),
              HasSubstr("categories[2].id: is 1, which is also the id at a.json: categories[1].id"));
  EXPECT_THAT(broken("/categories/2/keypoints/4", "Nose"),
              HasSubstr("categories[2].keypoints[4]: is \"Nose\", as a.json: categories[2].keypoints[0] is"));
  EXPECT_THAT(broken("/categories", {{{"id", 1}, {"name", "person"}}}), HasSubstr("no category has keypoints"));
}

TEST(Coco, TheFilesOwnNeckAndHeadTopAreUsed) {
  Json person = coco_person(7);
  for (const int value : {300, 20, 1, 310, 5, 2, 7, 7, 2}) person["keypoints"].push_back(value);
  Json file = coco({person});
  for (const char* name : {"neck", "head_top", "thorax"}) file["categories"][0]["keypoints"].push_back(name);
  const PhotographSet set = parse_coco(file.dump(), "coco.json", "images");
  EXPECT_EQ(set.people.at(0).joints[config::lsp14().index_of("neck")], (std::array{300.5, 20.5}));
  EXPECT_EQ(set.people.at(0).occluded[config::lsp14().index_of("neck")], Occlusion::occluded);
  EXPECT_EQ(set.people.at(0).joints[config::lsp14().index_of("head-top")], (std::array{310.5, 5.5}));
  EXPECT_EQ(set.info.source, "COCO; neck: the file's own; head top: the file's own; box: bbox x 410/256");
  ASSERT_THAT(set.remarks, SizeIs(1));
  EXPECT_THAT(set.remarks[0], testing::EndsWith("were ignored: thorax"));

  file["annotations"][0]["keypoints"][3 * 17 + 2] = 0;
  EXPECT_FALSE(parse_coco(file.dump(), "coco.json", "images").people.at(0).labelled[config::lsp14().index_of("neck")])
      << "a location between the shoulders would be another neck";
  const PhotographSet usual = parse_coco(coco({coco_person(7)}).dump(), "coco.json", "images");
  EXPECT_THAT(usual.remarks, SizeIs(0));
  EXPECT_EQ(usual.info.source, "COCO; neck: between the shoulders; box: bbox x 410/256");
}

TEST(Coco, ARepeatedIdIsRefusedWithBothPlaces) {
  const auto broken = [](const std::string& pointer, const Json& value) {
    Json file = coco({coco_person(7), coco_person(7)});
    file["annotations"][0]["id"] = 20;
    file["annotations"][1]["id"] = 21;
    file[Json::json_pointer(pointer)] = value;
    return message_of(read_by_default, file.dump());
  };
  EXPECT_THAT(broken("/images/1/id", 7),
              HasSubstr("a.json: images[1].id: is 7, which is also the id at a.json: images[0].id"));
  EXPECT_THAT(broken("/images/1/id", 7.0), HasSubstr("images[1].id: is 7, which is also the id at"));
  EXPECT_THAT(broken("/annotations/1/id", 20), HasSubstr("annotations[1].id: is 20, which is also the id at"));
}

TEST(Coco, IdsAreExactTo64BitsAndDoNotWrap) {
  constexpr std::uint64_t large = 18446744073709551615U;
  Json file = coco({coco_person(7), coco_person(9)});
  const auto rename = [&](const Json& id) {
    file["images"][1]["id"] = id;
    file["annotations"][1]["image_id"] = id;
    return parse_coco(file.dump(), "a.json", "images");
  };
  file["images"][0]["id"] = -1;
  file["annotations"][0]["image_id"] = -1;
  EXPECT_EQ(rename(large).people.at(1).image_name, "train/b.jpg") << "2^64 - 1 is not -1";
  EXPECT_EQ(rename(7.0).people.at(1).image_name, "train/b.jpg") << "as pandas writes it";
  file["images"][1]["id"] = 9007199254740992.0;
  EXPECT_THAT(message_of(read_by_default, file.dump()),
              HasSubstr("images[1].id: is 9.007199254740992e+15, beyond the limit"));
  file["images"][1]["id"] = 7.5;
  EXPECT_THAT(message_of(read_by_default, file.dump()), HasSubstr("images[1].id: is not an integer"));
}

TEST(Coco, TrueFalseNullAndAbsentAreAccepted) {
  Json crowd = coco_person(7), no_crowd = coco_person(7), null_crowd = coco_person(7), absent = coco_person(7),
       no_joints = coco_person(7), null_joint = coco_person(7);
  crowd["iscrowd"] = true;
  no_crowd["iscrowd"] = false;
  null_crowd["iscrowd"] = nullptr;
  absent.erase("iscrowd");
  no_joints["keypoints"] = nullptr;
  for (const int k : {3 * 15, 3 * 15 + 1}) null_joint["keypoints"][k] = nullptr;
  null_joint["keypoints"][3 * 15 + 2] = 0.0;
  std::vector<Json> people{crowd, no_crowd, null_crowd, absent, no_joints, null_joint};
  for (const Json& box : {Json(), Json::array()}) {
    Json boxless = coco_person(7);
    boxless["bbox"] = box;
    people.push_back(boxless);
  }
  people.push_back(coco_person(7));
  people.back().erase("bbox");
  const PhotographSet set = parse_coco(coco(people).dump(), "a.json", "images");
  ASSERT_THAT(set.people, SizeIs(4));
  EXPECT_FALSE(set.people[3].labelled[config::lsp14().index_of("l-ankle")]);
  ASSERT_THAT(set.left_out, SizeIs(3));
  EXPECT_EQ(set.left_out[0].reason, "a crowd");
  EXPECT_EQ(set.left_out[1].reason, "without labelled joints");
  EXPECT_EQ(set.left_out[2].reason, "without a box");
  EXPECT_EQ(set.left_out[2].people, 3);
}

TEST(Coco, PhotographsAreKnownByTheirPathAndPeopleNumberedInThem) {
  Json file = coco({coco_person(7), coco_person(9), coco_person(7)});
  file["images"][0]["file_name"] = "x/1.jpg";
  file["images"][1]["file_name"] = "./y//1.jpg";
  const PhotographSet set = parse_coco(file.dump(), "a.json", "images");
  EXPECT_EQ(set.people.at(0).name(), "x/1.jpg person 0");
  EXPECT_EQ(set.people.at(1).name(), "y/1.jpg person 0");
  EXPECT_EQ(set.people.at(2).name(), "x/1.jpg person 1");
  file["images"][1]["file_name"] = "x/./1.jpg";
  EXPECT_EQ(parse_coco(file.dump(), "a.json", "images").people.at(1).name(), "x/1.jpg person 1")
      << "two entries of one photograph";
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
}  // namespace pbn::data
