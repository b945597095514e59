// Single runs on the page, and differences of two cells over photographs.
#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/report/content/curves.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/content/run_details.h"
#include "orchestrator/report/figures/gallery.h"
#include "orchestrator/report/page/page.h"
#include "tests/orchestrator/report/report_study.h"

namespace pbn::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReportRuns : public ::testing::Test {
 protected:
  ReportRuns() {
    float error = 1;
    for (std::size_t cell = 0; cell < 2; ++cell) {
      for (const auto& run : sweep_.cells[cell].runs) finish(store_, sweep_.cells[cell], run, error += 1.5F);
    }
    fail(store_, failed(), 65, "could not use its data");
    write_atomically(store_.folder(failed().id) / "log", "first\n<b>last\x1b[31m line\n");
    for (const int epoch : {1, 2, 3}) {
      append_json_line(store_.folder(failed().id) / "metrics.jsonl",
                       {{"kind", "epoch"}, {"epoch", epoch}, {"training_loss", 0.123456 / epoch}});
    }
  }

  const pbn::grid::Run& failed() const { return sweep_.cells[2].runs[1]; }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path()};
  grid::Sweep sweep_ = small_sweep(three_cell_grid);
};

TEST_F(ReportRuns, AreShownWithAttemptsCurvesAndTheEndOfTheLog) {
  const RunDetails details = run_details(sweep_, store_, make_report(sweep_, store_));
  EXPECT_EQ(details.shown, 6);
  const ShownRun& run = details.cells[2].runs[1];
  EXPECT_EQ(run.state, "failed");
  EXPECT_EQ(run.attempts[0].how, "could not use its data");
  EXPECT_THAT(run.log, HasSubstr("first\n<b>last"));
  EXPECT_EQ(run.curves[0][1], (std::array{2.0, 0.06173}));
}

TEST_F(ReportRuns, AreLinkedFromEveryTable) {
  const std::string page = page_of(sweep_, store_);
  const std::string cell = anchor_of("cell", sweep_.cells[1].id), run = anchor_of("run", failed().id);
  EXPECT_THAT(page, HasSubstr("<a href=\"#" + cell + "\">deep</a>"));
  EXPECT_THAT(page, HasSubstr("id=\"" + cell + "\""));
  EXPECT_THAT(page, HasSubstr("<a href=\"#" + run + "\">"));  // from the table of missing runs
  EXPECT_THAT(page, HasSubstr("id=\"" + run + "\""));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;last"));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
}

TEST_F(ReportRuns, AreBoundedInNumberAndFailedOnesComeFirst) {
  const RunDetails details = run_details(sweep_, store_, make_report(sweep_, store_), 3);
  EXPECT_EQ(details.shown, 2);
  EXPECT_EQ(details.wanted, 6);
  ASSERT_EQ(details.cells.size(), 1u);
  EXPECT_EQ(details.cells[0].anchor, anchor_of("cell", sweep_.cells[2].id));
}

TEST_F(ReportRuns, AreOmittedOnRequest) {
  const Report results = make_report(sweep_, store_);
  const std::string page = html_page({results, report_tables(results), report_figures(results), {}, {}});
  EXPECT_THAT(page, Not(HasSubstr("href=\"#")));
  EXPECT_THAT(page, Not(HasSubstr("id=\"runs\"")));
}

TEST_F(ReportRuns, WithADamagedResultShowTheReason) {
  const auto& run = sweep_.cells[0].runs[0];
  write_json(store_.folder(run.id) / "result.json", {{"run", run.id}, {"outcome", {{"figures", 7}}}});
  const Report results = make_report(sweep_, store_);
  EXPECT_EQ(results.cells[0].runs[0].state, "failed");
  EXPECT_EQ(results.cells[0].runs[0].reason, "result.json's figures are 7, not an object of numbers");
  EXPECT_EQ(missing_runs_table(results).table.rows.size(), 3u);
}

// The bootstrap sums the same seeds and joints as the figures, so its interval contains their difference.
TEST_F(ReportRuns, DifferencesHaveAnIntervalOverThePhotographsToo) {
  const Report results = make_report(sweep_, store_);
  for (const char* figure : {"pckh50.all16", "pckh50.all16@occluded"}) {
    const Comparison& deep = results.cells[1].against->figures.at(figure);
    ASSERT_TRUE(deep.images) << figure;
    EXPECT_EQ(deep.images->photographs, 20u);
    EXPECT_LT(deep.images->interval.low, deep.mean);
    EXPECT_GT(deep.images->interval.high, deep.mean);
  }
  EXPECT_EQ(comparison_table(results).table.columns.back(), "95% over images");
}

TEST_F(ReportRuns, ThatAreEqualDoNotDifferOnAnyPhotograph) {
  for (const auto& run : sweep_.cells[0].runs) finish(store_, sweep_.cells[0], run, 3);
  for (const auto& run : sweep_.cells[1].runs) finish(store_, sweep_.cells[1], run, 3);
  const Report results = make_report(sweep_, store_);
  const auto images = results.cells[1].against->figures.at("pckh50.all16").images;
  ASSERT_TRUE(images);
  EXPECT_EQ(images->photographs, 20u);
  EXPECT_EQ(images->interval.low, 0);
  EXPECT_EQ(images->interval.high, 0);
}

TEST_F(ReportRuns, ShowThePeopleWhereTwoCellsDifferMost) {
  const std::vector<GallerySection> sections = gallery(sweep_, store_);
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[1].title, "Where two cells differ most");
  ASSERT_FALSE(sections[1].rows.empty());
  EXPECT_THAT(sections[1].rows[0].title, HasSubstr("plain, seed 1 finds"));  // its error is smaller
  EXPECT_THAT(sections[1].rows[0].title, HasSubstr("more than deep, seed 1"));
  EXPECT_EQ(sections[1].rows[0].panels.size(), 3u);
}

TEST(RunCurves, AreThinnedToTheirFirstAndLastPoint) {
  drawing::CurvePoints points;
  for (int i = 0; i <= 1000; ++i) points.push_back({1.0 * i, 2.0 * i});
  const drawing::CurvePoints few = drawing::thinned(points, 80);
  EXPECT_LE(few.size(), 80u);
  EXPECT_EQ(few.front(), points.front());
  EXPECT_EQ(few.back(), points.back());
  EXPECT_EQ(drawing::thinned(few, 80), few);
}

}  // namespace
}  // namespace pbn::report
