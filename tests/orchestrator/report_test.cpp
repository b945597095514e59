#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/report/aggregate.h"
#include "orchestrator/report/page.h"
#include "orchestrator/report/tables.h"
#include "tests/orchestrator/study.h"

namespace pbn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* grid =
    "name: study\nseeds: [1, 2]\nbaseline: {model.head: plain}\n"
    "cells: [{model.head: [plain, deep]}, {model.head: pbn}]\n";

std::string page_of(const Sweep& sweep, const RunStore& store) {
  return html_page(aggregate(sweep, store), gallery(sweep, store), common_settings(sweep));
}

class Report : public ::testing::Test {
 protected:
  void finish_all(const Sweep& sweep) {
    float error = 0;
    for (const Cell& cell : sweep.cells) {
      for (const auto& run : cell.runs) finish(store_, cell, run, error += 1.5F);
    }
  }

  TemporaryFolder folder_;
  RunStore store_{folder_.path()};
};

TEST_F(Report, ShowsEveryCellWithItsSpreadAndTheMeanPoseFirst) {
  const Sweep sweep = small_sweep(grid);
  finish_all(sweep);
  const Table table = results_table(aggregate(sweep, store_));
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0][0], "mean pose");
  EXPECT_EQ(table.rows[1][0], "plain (baseline)");
  EXPECT_THAT(table.rows[1][1], HasSubstr(" ± "));
  EXPECT_EQ(table.columns[3], "occluded");
}

TEST_F(Report, ShowsTheFiguresOfTheTestThatIsAskedFor) {
  const Sweep sweep = small_sweep(grid);
  const Cell& cell = sweep.cells[0];
  finish(store_, cell, cell.runs[0], 1);
  make_writable_folder(store_.test_folder(cell.runs[0].id, "scale-1-flip"));
  write_json(store_.test_folder(cell.runs[0].id, "scale-1-flip") / "result.json", result_of(cell, cell.runs[0], 6));
  const auto figure = [&](const std::string& protocol) {
    return aggregate(sweep, store_, protocol)["outcome"]["cells"][0]["runs"][0]["figures"][sweep.metric];
  };
  EXPECT_EQ(figure("scale-1-flip"), result_of(cell, cell.runs[0], 6)["outcome"]["figures"][sweep.metric]);
  EXPECT_NE(figure(""), figure("scale-1-flip"));
}

TEST_F(Report, ARunThatWasTestedOtherwiseThanTheGridAsksHasNoResult) {
  const Sweep sweep = small_sweep(grid, {"test.flip=true"});
  const Cell& cell = sweep.cells[0];
  Json result = result_of(cell, cell.runs[0], 1);
  result["protocol"] = "scale-1-shift";
  make_writable_folder(store_.folder(cell.runs[0].id));
  write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  EXPECT_EQ(missing_runs_table(aggregate(sweep, store_)).rows[0][3], "not tested under scale-1-flip-shift");
}

TEST_F(Report, IsTheSameBytesWhenMadeAgainAndLoadsNothing) {
  const Sweep sweep = small_sweep(grid);
  finish_all(sweep);
  const std::string first = page_of(sweep, store_);
  EXPECT_EQ(first, page_of(small_sweep(grid), store_));
  EXPECT_THAT(first, HasSubstr("data:image/jpeg;base64,"));
  for (const char* loaded : {"href=\"http", "src=", "@import", "url("}) EXPECT_THAT(first, Not(HasSubstr(loaded)));
}

TEST_F(Report, NamesRunsWithoutAResultAndDoesNotCountThem) {
  const Sweep sweep = small_sweep(grid);
  finish(store_, sweep.cells[0], sweep.cells[0].runs[0], 2);
  write_json(store_.new_attempt(sweep.cells[1].runs[1].id) / "exit.json",
             {{"code", 65}, {"reason", "could not use its data"}});
  const Json results = aggregate(sweep, store_);
  const Table table = results_table(results);
  EXPECT_THAT(table.rows[1][1], HasSubstr("(1/2)"));
  EXPECT_EQ(table.rows[2][1], "–");
  EXPECT_EQ(missing_runs_table(results).rows.size(), 5u);
  const std::string page = page_of(sweep, store_);
  EXPECT_THAT(page, HasSubstr("5 runs have no result"));
  EXPECT_THAT(page, HasSubstr("failed: could not use its data"));
  EXPECT_THAT(page, HasSubstr("missing</text>"));
}

TEST_F(Report, ShowsWhatCameFromFilesAsTextAndNotAsMarkup) {
  const auto evil = folder_.path() / "<script>alert(1)<b>.h5";  // a name without slashes
  std::filesystem::copy(small_train_file(), evil);
  const Sweep sweep = small_sweep("name: '<script>name'\ncells: [{data.train: [['" + small_train_file().string() +
                                  "'], ['" + small_validation_file().string() + "', '" + evil.string() + "']]}]\n");
  finish_all(sweep);
  const std::string page = page_of(sweep, store_);
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;name"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;b&gt;"));
}

TEST_F(Report, RefusesAMetricThatNobodyMeasured) {
  try {
    aggregate(small_sweep("metric: pckh50.al16\n"), store_);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"pckh50.all16\"?"));
  }
}

TEST(Tables, SpreadsSayHowManySeedsStandBehindThem) {
  EXPECT_EQ(spread_text({{"n", 3}, {"mean", 87.26}, {"deviation", 0.44}}, 3), "87.3 ± 0.4");
  EXPECT_EQ(spread_text({{"n", 1}, {"mean", 87.26}, {"deviation", 0.0}}, 1), "87.3");
  EXPECT_EQ(spread_text({{"n", 2}, {"mean", 87.26}, {"deviation", 0.44}}, 3), "87.3 ± 0.4 (2/3)");
  EXPECT_EQ(spread_text(Json(), 3), "–");
}

}  // namespace
}  // namespace pbn
