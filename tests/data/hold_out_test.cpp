// Holding people out for validation by a list, a range or a fraction.
#include "data/preparing/hold_out.h"

#include <set>

#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(SplitList, NamesImagesAndMaybePeopleInThem) {
  const auto entries = parse_split_list("# validation\nim1.jpg\r\n\n  im2.jpg 0 \nim2.jpg\t12", "list.txt");
  EXPECT_THAT(entries, ElementsAre(SplitEntry{"im1.jpg", {}}, SplitEntry{"im2.jpg", 0}, SplitEntry{"im2.jpg", 12}));
}

TEST(SplitList, AMistakeIsShownWithItsLine) {
  const auto message = [](const std::string& text) {
    const Error error = error_of([&] { parse_split_list(text, "list.txt"); });
    EXPECT_EQ(error.blame, Blame::data);
    return std::string(error.what());
  };
  EXPECT_THAT(message("a.jpg\nb.jpg one\n"), HasSubstr("list.txt:2: \"one\" is not a person's number"));
  EXPECT_THAT(message("b.jpg -1"), HasSubstr("list.txt:1: \"-1\""));
  EXPECT_THAT(message("b.jpg 1 2"), HasSubstr("list.txt:1: \"1 2\""));
  EXPECT_THAT(message("b.jpg 99999999999"), HasSubstr("list.txt:1: "));
  EXPECT_THAT(message("/images/b.jpg"), HasSubstr("list.txt:1: is \"/images/b.jpg\""));
  EXPECT_THAT(message(std::string("b\0.jpg", 6)), HasSubstr("list.txt:1: is not text"));
  EXPECT_THAT(message(" \n# nothing"), HasSubstr("list.txt: names no people"));
}

// Three photographs with 1, 2 and 3 people.
PhotographSet six_people() {
  PhotographSet set;
  for (int photograph = 1; photograph <= 3; ++photograph) {
    for (int person = 0; person < photograph; ++person) {
      PersonInPhotograph& added = set.people.emplace_back();
      added.image_name = fmt::format("im{}.jpg", photograph);
      added.index = person;
    }
  }
  return set;
}

std::vector<std::string> names_of(const PhotographSet& set) {
  std::vector<std::string> names;
  for (const PersonInPhotograph& person : set.people) names.push_back(person.name());
  return names;
}

std::vector<std::string> held_out(const std::string& text) {
  return names_of(divide(six_people(), parse_hold_out(text, 1)).held_out);
}

TEST(HoldOutRange, CountsPeopleFromOneAndIncludesTheLast) {
  EXPECT_THAT(held_out("range:2-4"), ElementsAre("im2.jpg person 0", "im2.jpg person 1", "im3.jpg person 0"));
  const DividedSet divided = divide(six_people(), parse_hold_out("range:2-5", 1));
  EXPECT_THAT(names_of(divided.rest), ElementsAre("im1.jpg person 0", "im3.jpg person 2"));
}

TEST(HoldOutFraction, NeverPutsAPhotographOnBothSidesAndFollowsTheSeed) {
  std::set<std::vector<std::string>> drawn;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const HoldOut hold_out = parse_hold_out("fraction:0.4", seed);
    const DividedSet divided = divide(six_people(), hold_out);
    EXPECT_EQ(names_of(divided.held_out), names_of(divide(six_people(), hold_out).held_out));
    std::set<std::string> photographs;
    for (const PersonInPhotograph& person : divided.held_out.people) photographs.insert(person.image_name);
    EXPECT_THAT(photographs, SizeIs(1)) << "0.4 of three";
    EXPECT_EQ(*photographs.begin(), fmt::format("im{}.jpg", divided.held_out.people.size())) << "with all its people";
    drawn.insert(names_of(divided.held_out));
  }
  EXPECT_THAT(drawn, SizeIs(3));
}

TEST(HoldOutList, MatchesImagesAndPeopleInThem) {
  const TemporaryFolder folder;
  write_atomically(folder / "list.txt", "im1.jpg\nim3.jpg 1\n");
  EXPECT_THAT(held_out("list:" + (folder / "list.txt").string()), ElementsAre("im1.jpg person 0", "im3.jpg person 1"));
}

TEST(HoldOutList, CanBeNewellsFile) {
  const TemporaryFolder folder;
  const std::string file = (folder / "valid.h5").string();
  {
    Hdf5Writer h5(file);
    h5.write_texts("imgname", {"im2.jpg", "im3.jpg"});
    h5.write<double>("person", {2}, std::vector<double>{1, 2});
    h5.write<double>("scale", {2}, std::vector<double>{1, 1});
    h5.write<double>("center", {2, 2}, std::vector<double>(4, 50));
    h5.write<double>("part", {2, 16, 2}, std::vector<double>(64, 5));
    h5.close();
  }
  EXPECT_THAT(held_out("list:" + file), ElementsAre("im2.jpg person 1", "im3.jpg person 2"));
}

TEST(HoldOutList, EntriesThatMatchNobodyAreNamed) {
  const TemporaryFolder folder;
  std::string text = "im1.jpg\nim2.jpg 7\n";
  for (int n = 10; n < 20; ++n) text += fmt::format("im{}.jpg\n", n);
  write_atomically(folder / "list.txt", text);
  const Error error = error_of([&] { held_out("list:" + (folder / "list.txt").string()); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(),
              HasSubstr("11 of the list's 12 entries match no person: im2.jpg person 7, im10.jpg, im11.jpg, "
                        "im12.jpg, im13.jpg, ...; is the list of this data set? its first photograph is im1.jpg"));
}

// x/1.jpg and y/1.jpg, two people each.
PhotographSet two_folders() {
  PhotographSet set;
  for (const char* name : {"x/1.jpg", "x/1.jpg", "y/1.jpg", "y/1.jpg"}) {
    PersonInPhotograph& added = set.people.emplace_back();
    added.image_name = name;
    added.index = static_cast<int>(set.people.size() - 1) % 2;
  }
  return set;
}

TEST(HoldOutList, KnowsPhotographsByTheirPathAndNotByTheirNameAlone) {
  const TemporaryFolder folder;
  write_atomically(folder / "list.txt", "./y//1.jpg 1\n");
  const std::string list = "list:" + (folder / "list.txt").string();
  EXPECT_THAT(names_of(divide(two_folders(), parse_hold_out(list, 1)).held_out), ElementsAre("y/1.jpg person 1"));
  write_atomically(folder / "list.txt", "1.jpg\n");
  EXPECT_THAT(error_of([&] { divide(two_folders(), parse_hold_out(list, 1)); }).what(),
              HasSubstr("match no person: 1.jpg; is the list of this data set? its first photograph is x/1.jpg"));
}

TEST(HoldOutFraction, CountsEqualNamesInTwoFoldersAsTwoPhotographs) {
  const DividedSet divided = divide(two_folders(), parse_hold_out("fraction:0.5", 1));
  EXPECT_THAT(divided.held_out.people, SizeIs(2));
  EXPECT_EQ(divided.held_out.people[0].image_name, divided.held_out.people[1].image_name);
}

TEST(HoldOut, MistakesAreUsageErrorsThatShowTheForms) {
  for (const char* text :
       {"", "list", "list:", "ranges:1-2", "range:", "range:3", "range:0-2", "range:4-2", "range:1-x",
        "fraction:", "fraction:0", "fraction:1", "fraction:nan", "fraction:0.1x", "list:/none"}) {
    const Error error = error_of([&] { parse_hold_out(text, 1); });
    EXPECT_EQ(error.blame, Blame::usage) << text;
    EXPECT_THAT(error.what(), HasSubstr("list:FILE, range:A-B"));
  }
  EXPECT_THAT(error_of([] { held_out("range:1-7"); }).what(), HasSubstr("there are 6 people, not 7"));
  EXPECT_THAT(error_of([] { held_out("range:1-6"); }).what(), HasSubstr("6 of 6 people are held out"));
}

}  // namespace
}  // namespace pbn::data
