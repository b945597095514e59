#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using ::testing::HasSubstr;

CommandOutcome pbn_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), built_program("pbn"));
  return run_program(std::move(arguments));
}

TEST(Commands, HelpShowsWhatACommandDoesItsOptionsAndAnExample) {
  EXPECT_THAT(pbn_command({"--help"}).output, HasSubstr("Commands:"));
  for (const char* command : {"prepare", "inspect", "groups",  "plan",     "try",     "run",     "test",
                              "report",  "status",  "explain", "logs",     "diff",    "retry",   "cancel",
                              "export",  "import",  "clean",   "evaluate", "convert", "predict", "renew"}) {
    const CommandOutcome help = pbn_command({command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_THAT(help.output, HasSubstr("Usage: pbn " + std::string(command)));
    EXPECT_THAT(help.output, HasSubstr("Examples:\n  pbn " + std::string(command)));
  }
  EXPECT_THAT(pbn_command({"--version"}).output, HasSubstr("pbn 0."));
}

TEST(Commands, WrongUsageIsExitCode64WithASuggestion) {
  EXPECT_EQ(pbn_command({}).code, 64);
  const CommandOutcome unknown_command = pbn_command({"plam"});
  EXPECT_EQ(unknown_command.code, 64);
  EXPECT_THAT(unknown_command.output, HasSubstr("did you mean \"plan\"?"));
  const CommandOutcome unknown_option = pbn_command({"plan", "grid.yaml", "--jsn"});
  EXPECT_EQ(unknown_option.code, 64);
  EXPECT_THAT(unknown_option.output, HasSubstr("did you mean \"--json\"?"));
  const CommandOutcome missing = pbn_command({"plan"});
  EXPECT_EQ(missing.code, 64);
  EXPECT_THAT(missing.output, HasSubstr("GRID is missing; see pbn plan --help"));
}

TEST(Commands, NamesThatAreNotUtf8AreRefusedInOneLineBeforeAnyWork) {
  const TemporaryFolder folder;
  const std::string name = folder / "st\xFC", shown = folder / "st\\xFC";
  const std::string grid = folder / "grid.yaml";
  write_atomically(grid, "worker: {command: [\"true\"]}\n");
  std::filesystem::copy(grid, name + ".yaml");
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"run", grid, "--store", name}, {"plan", name + ".yaml"}, {"plan", grid, "--set", "settings.a=" + name}}) {
    const CommandOutcome outcome = pbn_command(command);
    EXPECT_EQ(outcome.code, 64);
    EXPECT_THAT(outcome.output, testing::AllOf(HasSubstr(shown), HasSubstr("is a name that is not UTF-8")));
    EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1);
  }
  EXPECT_FALSE(std::filesystem::exists(name));
}

TEST(Commands, PlanNamesTheLineOfAnErrorInTheGrid) {
  const TemporaryFolder folder;
  const std::string grid = (folder.path() / "grid.yaml").string();
  write_atomically(grid, "model:\n  dept: 2\n");
  const CommandOutcome outcome = pbn_command({"plan", grid});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_EQ(outcome.output, "pbn: " + grid + ":2:3: unknown key \"model.dept\"; did you mean \"model.depth\"?\n");
}

TEST(Commands, PlanPrintsItsFactsAsJsonBeforeTheDataExist) {
  const TemporaryFolder folder;
  const std::string grid = (folder.path() / "grid.yaml").string();
  write_atomically(grid, "data: {train: no.h5, validation: no.h5}\nseeds: [1, 2, 3]\n");
  const CommandOutcome outcome = pbn_command({"plan", grid, "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const Json plan = Json::parse(outcome.output);
  EXPECT_EQ(plan["cells"][0]["runs"].size(), 3u);
  EXPECT_EQ(plan["missing"], Json::array({"no.h5"}));
}

TEST(Commands, PlanShowsTheRunsOfTheGridAndTooFewSeeds) {
  const TemporaryFolder folder;
  const std::string grid = (folder.path() / "grid.yaml").string();
  write_atomically(grid, "seeds: 1..3\nbaseline: {model.head: plain}\ncells: [{model.head: [plain, deep]}]\n");
  const std::string train = "data.train=" + small_train_file().string();
  const std::string validation = "data.validation=" + small_validation_file().string();
  const CommandOutcome outcome =
      pbn_command({"plan", grid, "--set", train, "--set", validation, "--store", folder / "s"});
  EXPECT_THAT(outcome.output, HasSubstr("plain (baseline)"));
  EXPECT_THAT(outcome.output, HasSubstr("2 cells, 6 runs: 0 done, 6 to do. Metric: pckh50.all16."));
  EXPECT_THAT(outcome.output, HasSubstr("pbn try GRID measures it"));
  EXPECT_THAT(outcome.output, HasSubstr("Too few seeds: 3 seeds with one cell compared with a baseline cannot give a p "
                                        "below 0.25; 6 would do: --seeds 1..6."));
  write_atomically(grid, read_file(grid) + "illustration: true\n");
  EXPECT_THAT(pbn_command({"plan", grid, "--set", train, "--set", validation, "--store", folder / "s"}).output,
              Not(HasSubstr("Too few seeds")));
  write_atomically(grid, "illustration: 3\n");
  EXPECT_THAT(pbn_command({"plan", grid}).output,
              HasSubstr("grid.yaml:1:15: \"illustration\" is true or false, not 3"));
}

TEST(Commands, GroupsByNameArePrintedForBothSkeletons) {
  const CommandOutcome outcome = pbn_command({"groups", "--name", "related-5+shoulders", "--skeleton", "lsp14"});
  EXPECT_EQ(outcome.output,
            "  r-ankle r-knee l-knee l-ankle\n  r-hip l-hip\n  r-wrist r-elbow r-shoulder\n"
            "  r-shoulder l-shoulder neck head-top\n  l-shoulder l-elbow l-wrist\n");
  EXPECT_EQ(Json::parse(pbn_command({"groups", "--name", "each", "--json"}).output)["k"], 16);
  const CommandOutcome refused = pbn_command({"groups", "--name", "each+shoulders"});
  EXPECT_EQ(refused.code, 64);
  EXPECT_THAT(refused.output, HasSubstr("has no group of r-elbow and r-wrist"));
  EXPECT_THAT(pbn_command({"groups", "--name", "each", "-k", "3"}).output, HasSubstr("do not go together"));
  EXPECT_THAT(pbn_command({"groups"}).output, HasSubstr("FILE is missing"));
}

TEST(Commands, InspectRefusesASheetThatCannotBeDrawnBeforeItReadsTheFile) {
  const std::string no_pose_file = source_folder() / "README.md";
  EXPECT_THAT(pbn_command({"inspect", no_pose_file, "--sheet", "people.gif"}).output,
              HasSubstr("name it .svg, .png or .pdf"));
  EXPECT_THAT(pbn_command({"inspect", no_pose_file, "--augmented"}).output, HasSubstr("add --sheet FILE"));
}

}  // namespace
}  // namespace pbn::commands
