// Five photographs of MPII and their people in the files of HRNet and Newell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "data/sources/mpii_json.h"
#include "data/sources/newell.h"
#include "error_of.h"
#include "tests/places.h"

namespace pbn::data {
namespace {

const std::filesystem::path sample = shared_data() / "mpii_sample";
const std::filesystem::path valid = shared_data() / "mpii/valid.h5";

class MpiiSample : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(sample) || !std::filesystem::exists(valid)) {
      GTEST_SKIP() << "needs real data at " << sample << " and " << valid;
    }
  }
};

// HRNet's locations, after adjustment, equal Newell's adjusted ones, and so do head sizes and joints.
TEST_F(MpiiSample, PeopleOfTheJsonAreThoseOfValidH5) {
  const PhotographSet set = read_mpii_json(sample / "test_mpii.json", sample);
  const NewellAnnotations newell = read_newell_annotations(valid);
  EXPECT_GE(set.people.size(), 5U);
  int found = 0;
  for (const PersonInPhotograph& person : set.people) {
    for (std::size_t n = 0; n < newell.scale.size(); ++n) {
      const double centre_x = newell.centre[n][0] - 0.5, centre_y = newell.centre[n][1] - 0.5;
      if (newell.image_name[n] != person.photograph.filename()) continue;
      if (std::abs(person.box->side - 200 * newell.scale[n]) > 1e-3) continue;
      ++found;
      EXPECT_NEAR(person.box->centre_x, centre_x, 1e-3);
      EXPECT_NEAR(person.box->centre_y, centre_y, 1e-3);
      EXPECT_NEAR(person.reference_length, newell.head_size[n], 1e-3);
      for (std::size_t part = 0; part < 16; ++part) {
        EXPECT_EQ(person.labelled[part], newell.labelled(n, part));
        if (!person.labelled[part]) continue;
        EXPECT_NEAR(person.joints[part][0] + 0.5, newell.part[n][part][0], 1)
            << "head tops are rounded to whole pixels";
        EXPECT_NEAR(person.joints[part][1] + 0.5, newell.part[n][part][1], 1);
      }
    }
  }
  EXPECT_EQ(found, std::ssize(set.people));
}

TEST_F(MpiiSample, ThePhotographThatIsMissingIsNamedAtOnce) {
  const Error error = error_of([&] { require_photographs(read_mpii_newell(valid, sample)); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), testing::HasSubstr("has no photograph"));
}

TEST_F(MpiiSample, OccludedJointsOfValidH5AreThoseThatThePaperCounts) {
  const NewellAnnotations newell = read_newell_annotations(valid);
  std::map<std::size_t, int> hidden;
  for (std::size_t n = 0; n < newell.scale.size(); ++n) {
    for (std::size_t part = 0; part < 16; ++part) hidden[part] += newell.labelled(n, part) && !newell.visible[n][part];
  }
  EXPECT_EQ(hidden[12] + hidden[13], 1288);  // shoulders
  EXPECT_EQ(hidden[10] + hidden[15], 1442);  // wrists
  EXPECT_EQ(hidden[0] + hidden[5], 1057);    // ankles
  EXPECT_EQ(hidden[8] + hidden[9], 0);       // neck, head top
}

}  // namespace
}  // namespace pbn::data
