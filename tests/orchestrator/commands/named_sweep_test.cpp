// The name of a sweep in place of its grid: every command continues it with the options that it was started with.
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Words = std::vector<std::string>;

// Commands are started in the study's folder, in which its store is.
class NamedSweep : public testing::Test {
 protected:
  NamedSweep() {
    write_atomically(folder_ / "work.sh",
                     "id=$(sed -n 's/.*\"run\": \"\\([0-9a-f]*\\)\".*/\\1/p' \"$2/config.json\")\n"
                     "echo \"{\\\"run\\\": \\\"$id\\\", \\\"outcome\\\": {\\\"figures\\\": {\\\"error\\\": 1}}}\" > "
                     "\"$2/result.json\"\n");
    write_atomically(folder_ / "demo.yaml",
                     "worker: {command: [sh, work.sh]}\nsettings: {steps: 5}\n"
                     "cells: [{settings.rate: [0.1, 0.3]}]\nseeds: 1..2\nmetric: error\n");
  }

  CommandOutcome pbn(const Words& words) const {
    return run_program({"bash", "-c",
                        fmt::format("cd '{}' && NO_COLOR=1 '{}' '{}'", folder_.path().string(), built_program("pbn"),
                                    fmt::join(words, "' '"))});
  }
  Json facts(Words words) const {
    words.emplace_back("--json");
    words.emplace_back("--quiet");
    const CommandOutcome outcome = pbn(words);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return parse_json(outcome.output, "pbn");
  }
  std::vector<std::string> sweeps() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "sweeps")) names.push_back(entry.path().filename());
    return names;
  }

  const TemporaryFolder folder_;
};

TEST_F(NamedSweep, StandsForItsGridWithAllOptions) {
  ASSERT_EQ(
      pbn({"run", "demo.yaml", "--set", "settings.steps=7", "--only", "settings.rate=0.3", "--seeds", "4,5"}).code, 0);
  const std::string whole = sweeps().at(0);
  for (const std::string& name : {std::string("demo"), whole, "sweeps/" + whole}) {
    const Json plan = facts({"plan", name});
    EXPECT_EQ(plan["done"], 2) << name;
    EXPECT_EQ(plan["name"], "demo");
    ASSERT_THAT(plan["cells"], SizeIs(1));
    EXPECT_EQ(plan["cells"][0]["runs"][1]["seed"], 5);
    EXPECT_EQ(facts({"run", name})["done_before"], 2);
    EXPECT_EQ(facts({"status", name})["counts"]["completed"], 2);
    EXPECT_EQ(pbn({"report", name}).code, 0);
  }
  EXPECT_THAT(sweeps(), SizeIs(1)) << "no command begins another sweep";
}

TEST_F(NamedSweep, DoesNotNeedItsGridFile) {
  ASSERT_EQ(pbn({"run", "demo.yaml"}).code, 0);
  fs::remove(folder_ / "demo.yaml");
  EXPECT_EQ(facts({"run", "demo"})["done_before"], 4);
  EXPECT_THAT(pbn({"plan", "demo.yaml"}).output,
              HasSubstr("demo.yaml: is neither a grid file nor a sweep of this store"));
}

TEST_F(NamedSweep, IsExtendedByFurtherOptions) {
  ASSERT_EQ(pbn({"run", "demo.yaml", "--set", "settings.steps=7"}).code, 0);
  const Json more = facts({"run", "demo", "--seeds", "1..3"});
  EXPECT_EQ(more["done_before"], 4) << "the recorded --set holds";
  EXPECT_EQ(more["finished"], 2);
  ASSERT_THAT(sweeps(), SizeIs(2));
  const CommandOutcome outcome = pbn({"plan", "demo"});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("demo: is the name of 2 sweeps: demo-"), HasSubstr("(--set settings.steps=7)"),
                    HasSubstr("(--set settings.steps=7 --seeds 1..3)"), HasSubstr("give the whole name")));
}

TEST_F(NamedSweep, IsListedWithWhatWasOverridden) {
  ASSERT_EQ(pbn({"run", "demo.yaml", "--set", "settings.steps=7"}).code, 0);
  const Json sweep = facts({"status"})["sweeps"].at(0);
  EXPECT_EQ(sweep["name"], "demo");
  EXPECT_EQ(sweep["cells"], 2);
  EXPECT_EQ(sweep["seeds"], 2);
  EXPECT_EQ(sweep["options"]["set"], Json({"settings.steps=7"}));
  const std::string began = sweep["began"];
  EXPECT_THAT(pbn({"status"}).output,
              AllOf(HasSubstr("overridden"), HasSubstr("--set settings.steps=7"), HasSubstr(began.substr(0, 10))));
  ASSERT_EQ(pbn({"run", "demo"}).code, 0);
  EXPECT_EQ(facts({"status"})["sweeps"].at(0), sweep) << "the second start changes nothing";
}

TEST_F(NamedSweep, OfAnEarlierVersionIsReadFromTheCommentsOfItsGrid) {
  ASSERT_EQ(pbn({"run", "demo.yaml", "--set", "settings.steps=7", "--only", "settings.rate=0.3"}).code, 0);
  fs::remove(folder_ / "sweeps" / sweeps().at(0) / "started.json");
  EXPECT_EQ(facts({"run", "demo"})["done_before"], 2);
  EXPECT_THAT(sweeps(), SizeIs(1));
}

TEST_F(NamedSweep, KeepsItsBaseAndItsName) {
  fs::create_directory(folder_ / "bases");
  write_atomically(folder_ / "bases/small.yaml",
                   fmt::format("data: {{train: '{}', validation: '{}'}}\n", small_train_file().string(),
                               small_validation_file().string()));
  write_atomically(folder_ / "study.yaml", "base: bases/small.yaml\ncells: [{model.depth: [1, 2], model.head: pbn}]\n");
  ASSERT_EQ(pbn({"report", "study.yaml", "--set", "model.width=32"}).code, 0);
  fs::remove_all(folder_ / "bases");
  const Json plan = facts({"plan", "study-small"});
  EXPECT_EQ(plan["name"], "study-small");
  EXPECT_EQ(plan["runs"], 2);
  EXPECT_EQ(plan["cells"][0]["label"], "D1");
  EXPECT_THAT(pbn({"plan", "study-small", "--base", "other.yaml"}).output, HasSubstr("there is no such file"));
  EXPECT_THAT(pbn({"plan", "study-small", "--base", "study.yaml"}).output, HasSubstr("--base: study-small-"));
}

TEST_F(NamedSweep, IsContinuedElsewhereWithANoteAboutItsPaths) {
  ASSERT_EQ(pbn({"run", "demo.yaml"}).code, 0);
  const CommandOutcome outcome =
      run_program({built_program("pbn"), "plan", "demo", "--store", folder_.path().string()});
  EXPECT_THAT(outcome.output, HasSubstr("was started in " + folder_.path().string() +
                                        "; relative paths of its grid are now read from"));
  EXPECT_THAT(pbn({"plan", "demo"}).output, Not(HasSubstr("was started in")));
}

TEST_F(NamedSweep, GivesWayToAFileOfThatName) {
  ASSERT_EQ(pbn({"run", "demo.yaml"}).code, 0);
  write_atomically(folder_ / "demo", "name: other\nworker: {command: w}\nmetric: m\n");
  EXPECT_EQ(facts({"plan", "demo"})["name"], "other");
}

TEST_F(NamedSweep, IsNotCompleteWhenRunsAreCancelled) {
  ASSERT_EQ(pbn({"run", "demo.yaml", "--only", "settings.rate=0.1"}).code, 0);
  ASSERT_EQ(pbn({"report", "demo.yaml"}).code, 0);
  const std::string all = facts({"status", "demo.yaml"})["sweep"];
  ASSERT_EQ(pbn({"cancel", all}).code, 0);
  const CommandOutcome status = pbn({"status", all});
  EXPECT_THAT(status.output, AllOf(HasSubstr("2 completed, 2 cancelled"), HasSubstr(" 50%")));
  EXPECT_THAT(pbn({"status", all, "--watch"}).output, HasSubstr("2 cancelled")) << "and nothing is left to watch";
}

}  // namespace
}  // namespace pbn::commands
