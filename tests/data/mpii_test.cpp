// MPII's published annotations: small files with each of their irregularities.
#include "data/sources/mpii.h"

#include "base/files.h"
#include "error_of.h"
#include "matlab_value.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

MatlabFields point(double id, double x, double y, matvar_t* visible) {
  return {{"x", matlab_number(x)}, {"y", matlab_number(y)}, {"id", matlab_number(id)}, {"is_visible", visible}};
}

matvar_t* points(const std::vector<MatlabFields>& all) { return matlab_structs({{{"point", matlab_structs(all)}}}); }

matvar_t* position(double x, double y) { return matlab_structs({{{"x", matlab_number(x)}, {"y", matlab_number(y)}}}); }

// A person with a head box of 30 x 40 pixels, at (100, 200) with scale 2, and a right ankle at (90, 310).
MatlabFields a_person() {
  return {{"x1", matlab_number(10)},
          {"y1", matlab_number(20)},
          {"x2", matlab_number(40)},
          {"y2", matlab_number(60)},
          {"scale", matlab_number(2)},
          {"objpos", position(100, 200)},
          {"annopoints", points({point(0, 90, 310, matlab_text("1"))})}};
}

MatlabFields with(MatlabFields fields, const std::string& name, matvar_t* value) {
  for (auto& [field, old] : fields) {
    if (field != name) continue;
    Mat_VarFree(std::exchange(old, value));
    return fields;
  }
  fields.emplace_back(name, value);
  return fields;
}

MatlabFields without(MatlabFields fields, const std::string& name) {
  std::erase_if(fields, [&](const auto& field) {
    if (field.first == name) Mat_VarFree(field.second);
    return field.first == name;
  });
  return fields;
}

MatlabFields photograph(const std::string& name, matvar_t* people) {
  return {{"image", matlab_structs({{{"name", matlab_text(name)}}})}, {"annorect", people}};
}

class Mpii : public testing::Test {
 protected:
  Mpii() {
    for (const char* name : {"a.jpg", "b.jpg"}) write_atomically(folder_ / name, "");
  }

  // Of photographs a.jpg, for training, and b.jpg, for testing.
  void write(matvar_t* training_people, matvar_t* test_people, matvar_t* single_person = nullptr,
             matio_compression compression = MAT_COMPRESSION_ZLIB) const {
    MatlabFields release{
        {"annolist", matlab_structs({photograph("a.jpg", training_people), photograph("b.jpg", test_people)})},
        {"img_train", matlab_numbers<std::uint8_t>(MAT_C_UINT8, MAT_T_UINT8, {1, 0})},
        {"version", matlab_text("12")}};
    if (single_person) release.emplace_back("single_person", single_person);
    write_matlab_variable(file_, matlab_structs({release}, "RELEASE"), compression);
  }

  PhotographSet train() const { return read_mpii(file_, folder_.path(), MpiiSplit::train); }
  PhotographSet test() const { return read_mpii(file_, folder_.path(), MpiiSplit::test); }

  // The person of the training photograph, with these joints.
  PersonInPhotograph with_points(const std::vector<MatlabFields>& all) const {
    write(matlab_structs({with(a_person(), "annopoints", points(all))}), matlab_empty());
    return train().people.at(0);
  }

  void expect_data_error(const std::string& message) const {
    const Error error = error_of([&] { train(); });
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), HasSubstr(message));
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "mpii.mat";
};

TEST_F(Mpii, BoxAndHeadSizeFollowTheAnnotation) {
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write(matlab_structs({a_person()}), matlab_empty(), nullptr, compression);
    const PhotographSet set = train();
    ASSERT_THAT(set.people, SizeIs(1));
    const PersonInPhotograph& person = set.people[0];
    EXPECT_EQ(person.photograph, folder_ / "a.jpg");
    EXPECT_EQ(person.box->side, 200 * 1.25 * 2);
    EXPECT_EQ(person.box->centre_x, 100 - 0.5);  // MPII's pixel 1 has its centre at 0.5
    EXPECT_EQ(person.box->centre_y, 200 + 15 * 2 - 0.5);
    EXPECT_EQ(person.reference_length, 0.6 * 50);
    EXPECT_EQ(person.joints[0], (std::array{89.5, 309.5}));
    EXPECT_EQ(set.info.split, "train");
    EXPECT_EQ(set.info.reference, "head");
    EXPECT_EQ(set.first_pixel, 1);
  }
}

TEST_F(Mpii, NumbersMayHaveAnyType) {
  MatlabFields person = a_person();
  person = with(std::move(person), "x1", matlab_uint8(10));
  person = with(std::move(person), "y2", matlab_int16(60));
  person = with(std::move(person), "scale", matlab_single(2));
  write(matlab_structs({person}), matlab_empty());
  EXPECT_EQ(train().people.at(0).reference_length, 30);
  EXPECT_EQ(train().people.at(0).box->side, 500);
}

TEST_F(Mpii, IsVisibleIsTextOrNumber) {
  const PersonInPhotograph person = with_points({point(0, 1, 1, matlab_text("0")), point(1, 1, 1, matlab_text("1")),
                                                 point(2, 1, 1, matlab_number(0)), point(3, 1, 1, matlab_uint8(1))});
  EXPECT_EQ(person.occluded[0], Occlusion::occluded);
  EXPECT_EQ(person.occluded[1], Occlusion::visible);
  EXPECT_EQ(person.occluded[2], Occlusion::occluded);
  EXPECT_EQ(person.occluded[3], Occlusion::visible);
}

TEST_F(Mpii, WithoutIsVisibleHeadAndNeckAreVisibleAndOthersUnknown) {
  const PersonInPhotograph person = with_points({point(0, 1, 1, matlab_text("")), point(1, 1, 1, matlab_empty()),
                                                 point(8, 1, 1, matlab_text("")), point(9, 1, 1, matlab_empty())});
  EXPECT_EQ(person.occluded[0], Occlusion::unknown);
  EXPECT_EQ(person.occluded[1], Occlusion::unknown);
  EXPECT_EQ(person.occluded[8], Occlusion::visible);
  EXPECT_EQ(person.occluded[9], Occlusion::visible);
  const PersonInPhotograph lacking = with_points({without(point(9, 1, 1, matlab_empty()), "is_visible")});
  EXPECT_EQ(lacking.occluded[9], Occlusion::visible);
}

TEST_F(Mpii, APointWithoutCoordinatesIsUnlabelled) {
  const PersonInPhotograph person =
      with_points({with(point(3, 1, 1, matlab_text("1")), "y", matlab_empty()), point(5, 7, 8, matlab_text("1"))});
  EXPECT_FALSE(person.labelled[3]);
  EXPECT_TRUE(person.labelled[5]);
}

TEST_F(Mpii, PeopleKeepTheirPlaceAndThoseWhoCannotBeUsedAreCounted) {
  write(matlab_structs({without(a_person(), "scale"), a_person(), with(a_person(), "objpos", matlab_empty()),
                        with(a_person(), "annopoints", matlab_empty()),
                        with(a_person(), "annopoints", matlab_structs({{{"point", matlab_empty()}}})), a_person()}),
        matlab_empty());
  const PhotographSet set = train();
  ASSERT_THAT(set.people, SizeIs(2));
  EXPECT_EQ(set.people[0].index, 1);
  EXPECT_EQ(set.people[1].index, 5);
  ASSERT_THAT(set.left_out, SizeIs(2));
  EXPECT_EQ(set.left_out[0].reason, "without scale or objpos");
  EXPECT_EQ(set.left_out[0].people, 2);
  EXPECT_THAT(set.left_out[0].first, HasSubstr("mpii.mat: RELEASE.annolist(1).annorect(1)"));
  EXPECT_EQ(set.left_out[1].reason, "without joints");
  EXPECT_EQ(set.left_out[1].people, 2);
}

TEST_F(Mpii, TestPeopleHaveAPlaceAndNoJoints) {
  write(matlab_empty(), matlab_structs({without(a_person(), "annopoints")}));
  const PhotographSet set = test();
  ASSERT_THAT(set.people, SizeIs(1));
  EXPECT_EQ(set.info.split, "test");
  EXPECT_EQ(set.people[0].photograph, folder_ / "b.jpg");
  EXPECT_THAT(set.people[0].labelled, testing::Each(false));
  EXPECT_THAT(train().people, SizeIs(0));
}

TEST_F(Mpii, TestPeopleAreThoseOfSinglePersonWhereTheFileHasIt) {
  write(matlab_structs({a_person(), a_person()}), matlab_structs({a_person(), a_person(), a_person()}),
        matlab_cells({matlab_empty(), matlab_numbers<std::uint8_t>(MAT_C_UINT8, MAT_T_UINT8, {1, 3})}));
  const PhotographSet set = test();
  ASSERT_THAT(set.people, SizeIs(2));
  EXPECT_EQ(set.people[0].index, 0);
  EXPECT_EQ(set.people[1].index, 2);
  EXPECT_EQ(set.left_out.at(0).reason, "not in single_person");
  EXPECT_THAT(train().people, SizeIs(2)) << "all people are for training";
}

TEST_F(Mpii, WithoutAHeadBoxTheReferenceLengthIsNotGiven) {
  write(matlab_structs({without(a_person(), "x2")}), matlab_empty());
  EXPECT_EQ(train().people.at(0).reference_length, 0);
}

TEST_F(Mpii, ErrorsNameThePlaceAsMatlabWould) {
  write(matlab_structs({a_person(), with(a_person(), "scale", matlab_text("two"))}), matlab_empty());
  expect_data_error("mpii.mat: RELEASE.annolist(1).annorect(2).scale: is not a number");
  write(matlab_structs({with(a_person(), "scale", matlab_number(-1))}), matlab_empty());
  expect_data_error("RELEASE.annolist(1).annorect.scale: is -1");
  write(matlab_structs({with(a_person(), "objpos", position(std::nan(""), 0))}), matlab_empty());
  expect_data_error("RELEASE.annolist(1).annorect.objpos.x: is nan");
  write(matlab_structs({with(a_person(), "objpos", matlab_number(5))}), matlab_empty());
  expect_data_error("RELEASE.annolist(1).annorect.objpos: is not a struct");
  write(matlab_structs({with(a_person(), "annopoints",
                             points({point(0, 1, 1, matlab_empty()), point(16, 1, 1, matlab_empty())}))}),
        matlab_empty());
  expect_data_error("annorect.annopoints.point(2).id: is 16; expected 0 to 15");
  write(matlab_structs({with(a_person(), "annopoints", points({point(0, 1, 1, matlab_text("yes"))}))}), matlab_empty());
  expect_data_error("point.is_visible: is 'yes'");
}

TEST_F(Mpii, JsonInsteadOfMatlabIsNamed) {
  write_atomically(file_, R"({"images": [], "annotations": []})");
  expect_data_error("mpii.mat: is COCO's annotations, which pbn prepare mpii does not read; pbn prepare coco");
  write_atomically(file_, R"([{"img_paths": "a.jpg"}])");
  expect_data_error("mpii.mat: is a list as pytorch-pose's mpii_annotations.json");
}

TEST_F(Mpii, ListsOfAnotherLengthThanThePhotographsAreRefused) {
  write_matlab_variable(file_, matlab_structs({{{"annolist", matlab_structs({photograph("a.jpg", matlab_empty())})},
                                                {"img_train", matlab_empty()}}},
                                              "RELEASE"));
  expect_data_error("RELEASE.img_train: has 0 values for 1 photographs");
  write(matlab_empty(), matlab_empty(), matlab_cells({matlab_empty()}));
  expect_data_error("RELEASE.single_person: has 1 lists for 2 photographs");
}

TEST_F(Mpii, PhotographsMustBeThereAndStayInTheirFolder) {
  write(matlab_structs({a_person(), a_person()}), matlab_empty());
  std::filesystem::remove(folder_ / "a.jpg");
  EXPECT_THAT(error_of([&] { require_photographs(train()); }).what(), HasSubstr("a.jpg: person 0 has no photograph"));
  write_matlab_variable(
      file_, matlab_structs({{{"annolist", matlab_structs({photograph("../a.jpg", matlab_structs({a_person()}))})},
                              {"img_train", matlab_number(1)}}},
                            "RELEASE"));
  expect_data_error("RELEASE.annolist.image.name: is \"../a.jpg\"");
  const Error error = error_of([&] { read_mpii(file_, folder_ / "elsewhere", MpiiSplit::test); });
  EXPECT_EQ(error.blame, Blame::usage);
}

}  // namespace
}  // namespace pbn::data
