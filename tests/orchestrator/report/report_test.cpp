#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/content/run_details.h"
#include "orchestrator/report/content/verdicts.h"
#include "orchestrator/report/figures/gallery.h"
#include "orchestrator/report/page/page.h"
#include "orchestrator/report/report_folder.h"
#include "orchestrator/report/tables/tables.h"
#include "tests/orchestrator/report/report_study.h"

namespace pbn::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StudyReport : public ::testing::Test {
 protected:
  void finish_all(const grid::Sweep& sweep) {
    float error = 0;
    for (const grid::Cell& cell : sweep.cells) {
      for (const auto& run : cell.runs) finish(store_, cell, run, error += 1.5F);
    }
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path()};
};

TEST_F(StudyReport, ShowsEveryCellWithItsSpreadAndTheMeanPoseFirst) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const Table table = results_table(make_report(sweep, store_)).table;
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0][0], "mean pose");
  EXPECT_EQ(table.rows[1][0], "plain (baseline)");
  EXPECT_THAT(table.rows[1][1], HasSubstr(" ± "));
  EXPECT_THAT(table.columns, ElementsAre("cell", "PCKh@0.5", "95%", "visible", "occluded"));
}

TEST_F(StudyReport, ComparesEveryOtherCellWithTheBaselineSeedBySeed) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const Report results = make_report(sweep, store_);
  const ReportedCell &plain = results.cells[0], &deep = results.cells[1];
  EXPECT_FALSE(plain.against);
  const Comparison& pairs = deep.against->figures.at(sweep.metric);
  const auto value = [&](const ReportedCell& cell, std::size_t seed) { return *cell.figures.at(sweep.metric)[seed]; };
  EXPECT_EQ(pairs.n, 2);
  EXPECT_DOUBLE_EQ(*pairs.mean, (value(deep, 0) - value(plain, 0) + value(deep, 1) - value(plain, 1)) / 2);
  EXPECT_EQ(pairs.least_p, 0.5);  // two seeds have four choices of signs
}

// The t-interval of two numbers would be 13 times as long as they are apart.
TEST_F(StudyReport, GivesBothResultsOfTwoSeedsInsteadOfAnInterval) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const Report results = make_report(sweep, store_);
  const ValuesBySeed &plain = results.cells[0].figures.at(sweep.metric),
                     &deep = results.cells[1].figures.at(sweep.metric);
  EXPECT_EQ(results_table(results).table.rows[1][2],
            fmt::format("({} and {})", report_number(*plain[0], true), report_number(*plain[1], true)));
  const std::string differences = fmt::format("({} and {})", report_difference(*deep[0] - *plain[0], true),
                                              report_difference(*deep[1] - *plain[1], true));
  EXPECT_EQ(comparison_table(results).table.rows[0][4], differences);
  EXPECT_THAT(verdict_sentences(results)[0], HasSubstr(differences));
  EXPECT_THAT(seed_statement(results), HasSubstr("two numbers in parentheses are the results of two seeds"));
  const Json outcome = to_json(results)["outcome"];
  EXPECT_TRUE(outcome["cells"][0]["spreads"][sweep.metric]["low"].is_number())
      << "of which programs may make their own";
}

TEST_F(StudyReport, HasTheFinalTrainingLossAndTheCost) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const Report results = make_report(sweep, store_);
  EXPECT_EQ(results.cells[0].training_loss.mean, 0.002);
  EXPECT_DOUBLE_EQ(results.measured.cells[0].core_hours, 2 * 12.5 / 3600);  // two runs of 12.5 s on one core
  EXPECT_EQ(to_json(results)["outcome"].dump().find("images_per_second"), std::string::npos);
}

TEST_F(StudyReport, TimesDoNotReachTheOutcome) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const Json before = to_json(make_report(sweep, store_));
  const grid::Cell& cell = sweep.cells[0];
  Json result = read_json(store_.folder(cell.runs[0].id) / "result.json");
  result["measured"]["seconds"] = 99;
  write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  const Json after = to_json(make_report(sweep, store_));
  EXPECT_EQ(before["outcome"].dump(), after["outcome"].dump());
  EXPECT_NE(before["measured"].dump(), after["measured"].dump());
}

TEST_F(StudyReport, WarnsWhereLibTorchVersionsOrInstructionSetsAreMixed) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  EXPECT_TRUE(make_report(sweep, store_).measured.warnings.empty());
  const grid::Cell& cell = sweep.cells[0];
  Json result = read_json(store_.folder(cell.runs[0].id) / "result.json");
  result["versions"]["libtorch"] = "2.9";
  write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  const std::vector<std::string> warnings = make_report(sweep, store_).measured.warnings;
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("libtorch is mixed: 2.4 (5 runs), 2.9 (1 run)"));
  EXPECT_THAT(warnings[0], HasSubstr("Differences between cells may come from that"));
  EXPECT_THAT(page_of(sweep, store_, gallery(sweep, store_)), HasSubstr("libtorch is mixed"));
}

TEST_F(StudyReport, SaysWhereAllRunsOfASeedHaveTheSameInstructionSet) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) {
      Json result = read_json(store_.folder(run.id) / "result.json");
      result["versions"]["instruction_set"] = run.seed == cell.runs[0].seed ? "avx2" : "avx512_bf16";
      write_json(store_.folder(run.id) / "result.json", result);
    }
  }
  const std::vector<std::string> warnings = make_report(sweep, store_).measured.warnings;
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("All runs of a seed have the same"));
}

TEST_F(StudyReport, ShowsFiguresOfExternalWorkersWithoutPosesOrSizes) {
  const grid::Sweep sweep =
      grid::plan_sweep(grid::parse_grid("name: own\nworker: {command: [./train]}\nseeds: [1, 2]\nmetric: accuracy\n"
                                        "settings: {rate: 0.1}\nbaseline: {settings.rate: 0.1}\n"
                                        "cells: [{settings.rate: [0.1, 0.2]}]\n",
                                        "own.yaml"));
  for (const auto& run : sweep.cells[1].runs) {
    make_writable_folder(store_.folder(run.id));
    write_json(store_.folder(run.id) / "result.json",
               {{"run", run.id}, {"outcome", {{"figures", {{"accuracy", 0.875}, {"recall", 0.5}}}}}});
  }
  const Report results = write_report(sweep, store_, folder_.path() / "report");
  const Table table = results_table(results).table;
  EXPECT_EQ(table.columns[1], "accuracy");
  EXPECT_EQ(table.rows[0][1], "–");
  EXPECT_EQ(table.rows[1][1], "0.875 ± 0");
  EXPECT_EQ(missing_runs_table(results).table.rows.size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "report" / "index.html"));
}

TEST_F(StudyReport, IgnoresAResultWhoseFiguresAreNotNumbers) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const grid::Cell& cell = sweep.cells[0];
  Json result = read_json(store_.folder(cell.runs[0].id) / "result.json");
  result["outcome"]["figures"][sweep.metric] = "good";
  result["measured"] = "quick";
  result["versions"] = nullptr;
  write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  EXPECT_THAT(results_table(make_report(sweep, store_)).table.rows[1][1], HasSubstr("(1/2)"));
}

TEST_F(StudyReport, ShowsTheFiguresOfTheRequestedTest) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  const grid::Cell& cell = sweep.cells[0];
  finish(store_, cell, cell.runs[0], 1);
  make_writable_folder(store_.test_folder(cell.runs[0].id, "scale-1-flip"));
  write_json(store_.test_folder(cell.runs[0].id, "scale-1-flip") / "result.json", result_of(cell, cell.runs[0], 6));
  const auto figure = [&](const std::string& protocol) {
    return *make_report(sweep, store_, protocol).cells[0].figures.at(sweep.metric)[0];
  };
  EXPECT_EQ(figure("scale-1-flip"), result_of(cell, cell.runs[0], 6)["outcome"]["figures"][sweep.metric]);
  EXPECT_NE(figure(""), figure("scale-1-flip"));
}

TEST_F(StudyReport, ARunTestedUnderAnotherProtocolHasNoResult) {
  const grid::Sweep sweep = small_sweep(three_cell_grid, {"test.flip=true"});
  const grid::Cell& cell = sweep.cells[0];
  Json result = result_of(cell, cell.runs[0], 1);
  result["protocol"] = "scale-1-shift";
  make_writable_folder(store_.folder(cell.runs[0].id));
  write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  EXPECT_EQ(missing_runs_table(make_report(sweep, store_)).table.rows[0][3], "not tested under scale-1-flip-shift");
  const grid::Sweep named = small_sweep(three_cell_grid, {"test.flip=true", "test.name=mirrored"});
  EXPECT_EQ(missing_runs_table(make_report(named, store_)).table.rows[0][3], "not tested under mirrored");
}

TEST_F(StudyReport, IsReproducibleAndLoadsNothing) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  const std::string first = page_of(sweep, store_, gallery(sweep, store_));
  EXPECT_EQ(first, page_of(small_sweep(three_cell_grid), store_, gallery(sweep, store_)));
  EXPECT_THAT(first, HasSubstr("data:image/jpeg;base64,"));
  for (const char* loaded : {"href=\"http", "src=\"http", "src='", "@import", "url("})
    EXPECT_THAT(first, Not(HasSubstr(loaded)));
}

TEST_F(StudyReport, FilesAreReproducible) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  write_report(sweep, store_, folder_.path() / "one",
               {.protocol = "", .photographs = true, .runs = true, .pdf = false});
  write_report(small_sweep(three_cell_grid), store_, folder_.path() / "two",
               {.protocol = "", .photographs = true, .runs = true, .pdf = false});
  for (const char* name : {"aggregate.json", "report.md", "tables.tex", "cells.csv", "runs.csv", "index.html"}) {
    EXPECT_EQ(read_file(folder_.path() / "one" / name), read_file(folder_.path() / "two" / name)) << name;
  }
}

TEST_F(StudyReport, OmitsPhotographsOnRequest) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish_all(sweep);
  write_report(sweep, store_, folder_.path() / "report",
               {.protocol = "", .photographs = false, .runs = true, .pdf = false});
  EXPECT_THAT(read_file(folder_.path() / "report" / "index.html"), Not(HasSubstr("data:image/jpeg")));
}

TEST_F(StudyReport, NamesRunsWithoutAResultAndDoesNotCountThem) {
  const grid::Sweep sweep = small_sweep(three_cell_grid);
  finish(store_, sweep.cells[0], sweep.cells[0].runs[0], 2);
  fail(store_, sweep.cells[1].runs[1], 65, "could not use its data");
  const Report results = make_report(sweep, store_);
  const Table table = results_table(results).table;
  EXPECT_THAT(table.rows[1][1], HasSubstr("(1/2)"));
  EXPECT_EQ(table.rows[2][1], "–");
  EXPECT_EQ(missing_runs_table(results).table.rows.size(), 5u);
  const std::string page = page_of(sweep, store_, gallery(sweep, store_));
  EXPECT_THAT(page, HasSubstr("5 runs have no result"));
  EXPECT_THAT(page, HasSubstr("failed: could not use its data"));
  EXPECT_THAT(page, HasSubstr("missing</text>"));
  EXPECT_THAT(page, HasSubstr("deep (1 failed, 1 pending)</text>"));
}

TEST_F(StudyReport, ShowsTextsFromFilesAsTextAndNotAsMarkup) {
  const auto evil = folder_.path() / "<script>alert(1)<b>.h5";  // a name without slashes
  std::filesystem::copy(small_train_file(), evil);
  const grid::Sweep sweep =
      small_sweep("name: '<script>name'\ncells: [{data.train: [['" + small_train_file().string() + "'], ['" +
                  small_validation_file().string() + "', '" + evil.string() + "']]}]\n");
  finish_all(sweep);
  const std::string page = page_of(sweep, store_, gallery(sweep, store_));
  for (const char* markup : {"<script>name", "<script>alert", "<b>.h5"}) EXPECT_THAT(page, Not(HasSubstr(markup)));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;name"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;b&gt;"));
}

TEST_F(StudyReport, RefusesAMetricThatNoResultHas) {
  try {
    make_report(small_sweep("metric: pckh50.al16\n"), store_);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"pckh50.all16\"?"));
  }
}

TEST(Tables, SpreadsShowTheNumberOfTheirSeeds) {
  EXPECT_EQ(spread_text(SeedSpread{3, 87.26, 0.44, {}}, 3), "87.3 ± 0.4");
  EXPECT_EQ(spread_text(SeedSpread{1, 87.26, {}, {}}, 1), "87.3");
  EXPECT_EQ(spread_text(SeedSpread{2, 87.26, 0.44, {}}, 3), "87.3 ± 0.4 (2/3)");
  EXPECT_EQ(spread_text(SeedSpread{}, 3), "–");
  EXPECT_EQ(spread_text(SeedSpread{1, 0.87264, {}, {}}, 1, false), "0.8726");
}

}  // namespace
}  // namespace pbn::report
