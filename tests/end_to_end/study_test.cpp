// A whole study: prepare, groups, plan, run on two ranks, report; and usual mistakes of its user.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "shell.h"

namespace pbn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Study, MakesATableAndAPageAndFindsItsResultsTheSecondTime) {
  const Workplace place;
  const std::string train = small_people(place, "train", 60);
  const std::string validation = small_people(place, "validation", 21);
  const std::string grid = fmt::format("{} --set data.train={} --set data.validation={} --store {}",
                                       written(place / "grid.yaml", small_study), train, validation, place / "store");
  EXPECT_EQ(shell(fmt::format("pbn groups {} -k 3 --json", train)).exit_code, 0);
  EXPECT_THAT(shell("pbn plan " + grid).text, HasSubstr("pbn"));

  const Answer run = shell("pbn run " + grid);
  ASSERT_EQ(run.exit_code, 0) << run.text;
  EXPECT_THAT(run.text, HasSubstr("4 runs finished now, 0 were done before, 0 failed."));
  const Answer report = shell("pbn report " + grid);
  ASSERT_EQ(report.exit_code, 0) << report.text;
  EXPECT_THAT(report.text,
              AllOf(HasSubstr("mean pose"), HasSubstr("plain"), HasSubstr("pbn"), HasSubstr("index.html")));

  EXPECT_THAT(shell("pbn run " + grid).text, HasSubstr("0 runs finished now, 4 were done before, 0 failed."));
}

TEST(Study, InspectsItsPeopleItsGroupsAndTheViewsOfTheNetwork) {
  const Workplace place;
  const std::string train = small_people(place, "train", 40);
  EXPECT_THAT(shell("pbn inspect " + train).text, HasSubstr("40 in 40 photographs, 16 parts of mpii16"));
  const Answer people = shell(fmt::format("pbn inspect {} --sheet {}", train, place / "people.png"));
  EXPECT_EQ(people.exit_code, 0) << people.text;
  EXPECT_TRUE(std::filesystem::exists(place / "people.png"));
  EXPECT_THAT(people.text, HasSubstr("40 in 40 photographs")) << "the facts are printed beside the sheet";

  const std::string views =
      fmt::format("pbn inspect {} --augmented --numbers 1,40 --sheet {}", train, place / "views.svg");
  const Answer seen = shell(views);
  EXPECT_EQ(seen.exit_code, 0) << seen.text;
  const std::string first = shell("cat " + place / "views.svg").text;
  EXPECT_THAT(first, AllOf(HasSubstr("of 16 parts have a target"), HasSubstr("seed 1, epoch 1, 2 of 40 people")));
  shell(views + " --epoch 2");
  EXPECT_NE(shell("cat " + place / "views.svg").text, first) << "another epoch has other views";
  EXPECT_THAT(shell(fmt::format("pbn inspect {} --sheet {} --numbers 41", train, place / "p.png")).text,
              HasSubstr("there is no person 41; choose 1 to 40"));

  const Answer groups = shell(fmt::format("pbn groups {} -k 3 --out {} --matrix {} --figure {}", train,
                                          place / "groups.yaml", place / "matrix.svg", place / "groups.svg"));
  EXPECT_THAT(groups.text, AllOf(HasSubstr("Runner-up"), HasSubstr("100 resamples")));
  for (const char* file : {"groups.yaml", "matrix.svg", "groups.svg"}) {
    EXPECT_TRUE(std::filesystem::exists(place / file)) << file;
  }
}

class Mistake : public testing::Test {
 protected:
  std::string answer_to(const std::string& command) const {
    const Answer answer = shell(command);
    return fmt::format("{}: {}", answer.exit_code, answer.text);
  }
  std::string answer_to_grid(const std::string& text) const {
    return answer_to("pbn plan " + written(place_ / "grid.yaml", text));
  }
  const Workplace place_;
};

TEST_F(Mistake, InAGridIsShownWithLineAndSuggestion) {
  EXPECT_THAT(answer_to_grid("name: x\nmodel: {dept: 1}\n"),
              AllOf(HasSubstr("64: "), HasSubstr("grid.yaml:2:"), HasSubstr("did you mean \"model.depth\"?")));
  EXPECT_THAT(answer_to_grid("name: x\nmodel: {depth: 1}\nmodel: {depth: 2}\n"),
              AllOf(HasSubstr("64: "), HasSubstr("grid.yaml:3:")));
  EXPECT_THAT(answer_to_grid("name: x\ncells:\n  - {model.head: plian}\n"),
              AllOf(HasSubstr("64: "), HasSubstr("grid.yaml:3:"), HasSubstr("plain")));
}

TEST_F(Mistake, InADataSetsFolderNamesIt) {
  EXPECT_THAT(answer_to(fmt::format("pbn prepare lsp {} --train {}", place_ / "none", place_ / "t.h5")),
              AllOf(HasSubstr("64: "), HasSubstr("none")));
  std::filesystem::create_directories(place_ / "empty");
  EXPECT_THAT(answer_to(fmt::format("pbn prepare lsp {} --train {}", place_ / "empty", place_ / "t.h5")),
              HasSubstr("empty"));
  EXPECT_FALSE(std::filesystem::exists(place_ / "t.h5"));
}

TEST_F(Mistake, AnInputSideThatIsNotAMultipleOf64IsRefused) {
  EXPECT_THAT(answer_to(fmt::format("pbn prepare synthetic --box 100 --train {}", place_ / "t.h5")),
              AllOf(HasSubstr("64: "), HasSubstr("multiple of 64")));
}

TEST_F(Mistake, MoreGroupsThanPartsAreRefused) {
  EXPECT_THAT(answer_to(fmt::format("pbn groups {} -k 17", small_people(place_, "train", 20))),
              AllOf(HasSubstr("64: "), HasSubstr("16")));
}

TEST_F(Mistake, AHalfPoseFileIsRefusedByEveryCommandThatReadsIt) {
  const std::string half = small_people(place_, "train", 20);
  std::filesystem::resize_file(half, std::filesystem::file_size(half) / 2);
  EXPECT_THAT(answer_to(fmt::format("pbn groups {} -k 5", half)), AllOf(HasSubstr("65: "), HasSubstr("train.h5")));
}

TEST_F(Mistake, AStoreThatCannotBeWrittenIsNamed) {
  const std::string grid = fmt::format("{} --set data.train={} --set data.validation={} --store /proc/nowhere",
                                       written(place_ / "grid.yaml", small_study), small_people(place_, "train", 60),
                                       small_people(place_, "validation", 21));
  EXPECT_THAT(answer_to("pbn run " + grid), AllOf(HasSubstr("69: "), HasSubstr("/proc/nowhere")));
}

}  // namespace
}  // namespace pbn
