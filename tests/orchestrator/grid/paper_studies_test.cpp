// The grids in experiments/ reproduce the paper's studies on several data sets.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "orchestrator/grid/sweep.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::grid {
namespace {

namespace fs = std::filesystem;
using ::testing::UnorderedElementsAre;

const fs::path experiments = source_folder() / "experiments";

Sweep planned(const std::string& study, const std::string& base) {
  const std::string train = "data.train=" + small_train_file().string();
  const std::string validation = "data.validation=" + small_validation_file().string();
  return plan_sweep(
      read_grid(experiments / (study + ".yaml"),
                {.set = {train, validation}, .base = (experiments / "bases" / (base + ".yaml")).string()}));
}

const std::vector<std::string> studies{"fig5a-depth",       "fig5b-width",    "fig5c-branches", "fig5d-grouping",
                                       "fig5e-number",      "fig5f-overlap",  "fusion",         "table6-8stack",
                                       "negative-transfer", "benchmark-mpii", "benchmark-lsp"};
const std::vector<std::string> bases{"mpii", "lsp", "lsp-mpii", "lsp-quick", "lspet-quick"};

std::vector<std::int64_t> parameters_of(const std::string& study) {
  std::vector<std::int64_t> parameters;
  for (const Cell& cell : planned(study, "mpii").cells) parameters.push_back(cell.parameters);
  return parameters;
}

TEST(PaperStudies, EveryStudyCanBePlannedOnEveryBase) {
  for (const std::string& study : studies) {
    for (const std::string& base : bases) {
      const Sweep sweep = planned(study, base);
      EXPECT_EQ(sweep.grid.name, study + "-" + base);
      EXPECT_FALSE(sweep.cells[0].runs[0].id.empty());
    }
  }
}

TEST(PaperStudies, TheListHasEveryGridThatNamesABase) {
  std::set<std::string> with_base;
  for (const auto& entry : fs::directory_iterator(experiments)) {
    const bool is_grid =
        entry.path().extension() == ".yaml" && entry.path().stem() != "paper";  // the published numbers
    if (is_grid && !read_grid(entry.path()).base_file.empty()) with_base.insert(entry.path().stem());
  }
  EXPECT_EQ(with_base, std::set<std::string>(studies.begin(), studies.end()));
}

TEST(PaperStudies, EqualCellsOfDifferentStudiesShareTheirRuns) {
  std::set<std::string> distinct;
  std::size_t cells_of_studies = 0;
  for (const std::string& study : studies) {
    for (const Cell& cell : planned(study, "mpii").cells) {
      ++cells_of_studies;
      distinct.insert(cell.runs[0].id);
    }
  }
  EXPECT_EQ(cells_of_studies, 38u);
  EXPECT_EQ(distinct.size(), 24u);
}

// docs/results/lsp-power: each question is one comparison with a fixed number of seeds, so that nothing is corrected
// for.
TEST(PowerStudy, AsksThreeQuestionsOfTheSameSixtyRuns) {
  std::set<std::string> runs;
  for (const char* const question : {"branches", "occluded", "deep"}) {
    const Sweep sweep = planned(std::string("lsp-power/") + question, "lspet-quick");
    EXPECT_EQ(sweep.cells.size(), 2u) << question;
    EXPECT_FALSE(sweep.grid.rule) << question;
    EXPECT_TRUE(sweep.grid.question.figure.margin) << question;
    for (const Cell& cell : sweep.cells) {
      for (const auto& run : cell.runs) runs.insert(run.id);
    }
  }
  EXPECT_EQ(runs.size(), 60u);
}

TEST(PaperStudies, ThatCompareCellsAskForSeedsUntilTheyAreDecided) {
  for (const std::string& study : studies) {
    const Grid grid = planned(study, "lsp").grid;
    EXPECT_EQ(grid.rule.has_value(), !grid.baseline.empty()) << study;
  }
}

// The counts of the paper's Table 6, and of the networks of the same family (tests/config).
TEST(PaperStudies, NetworksHaveThePapersParameterCounts) {
  EXPECT_THAT(parameters_of("fig5c-branches"), UnorderedElementsAre(9781040, 10424624, 10225904));
  EXPECT_THAT(parameters_of("fig5e-number"), UnorderedElementsAre(9953456, 10225904, 10498352, 11224880));
  EXPECT_THAT(parameters_of("table6-8stack"), UnorderedElementsAre(27217024, 26687104));
  EXPECT_EQ(parameters_of("benchmark-mpii"), std::vector<std::int64_t>{26687104});
}

TEST(PaperStudies, AblationsUseOneScaleAndBenchmarksSix) {
  const auto scales = [](const std::string& study) {
    return planned(study, "lsp").cells[0].setting("test.scales").size();
  };
  EXPECT_EQ(scales("fig5a-depth"), 1u);
  EXPECT_EQ(scales("table6-8stack"), 1u);
  EXPECT_EQ(scales("benchmark-mpii"), 6u);
  EXPECT_EQ(scales("benchmark-lsp"), 6u);
}

}  // namespace
}  // namespace pbn::grid
