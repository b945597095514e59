#include "orchestrator/report/content/paper.h"

#include <gmock/gmock.h>

#include "evaluation/metrics.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/tables/paper_tables.h"
#include "tests/orchestrator/study.h"

namespace pbn::report {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const PaperFinding& finding_of(const std::string& place) {
  for (const PaperFinding& finding : paper_findings()) {
    if (finding.table.place == place) return finding;
  }
  throw std::runtime_error("no " + place);
}

double number_in(const PaperRow& row, std::size_t figure) {
  return std::get<StatedNumber>(row.values[figure]).value.value();
}

TEST(Paper, HasAValueForEveryFigureOfEveryRow) {
  ASSERT_EQ(paper_findings().size(), 9u);
  for (const PaperFinding& finding : paper_findings()) {
    for (const PaperRow& row : finding.table.rows) {
      EXPECT_EQ(row.values.size(), finding.table.figures.size()) << row.label;
    }
  }
}

TEST(Paper, NamesFiguresAsTheEvaluationDoes) {
  for (const PaperFinding& finding : paper_findings()) {
    const config::Skeleton& skeleton =
        config::skeleton_named(finding.skeleton.value_or(finding.table.place == "Table 5" ? "lsp14" : "mpii16"));
    for (const std::string& figure : finding.table.figures) {
      if (figure == "parameters" || figure == "training_loss") continue;
      EXPECT_FALSE(evaluation::parts_of_figure(skeleton, figure.substr(0, figure.find('@'))).empty()) << figure;
    }
  }
}

// The means in the paper's tables follow from their own columns, which shows typing errors.
TEST(Paper, MeansFollowFromTheirParts) {
  const std::vector<PaperRow>& table_7 = finding_of("Table 7").table.rows;
  double sum = 0;
  for (std::size_t part = 0; part < 5; ++part) sum += number_in(table_7[0], part);
  EXPECT_NEAR(sum / 5, number_in(table_7[0], 5), 0.005);
  const PaperRow& table_6 = finding_of("Table 6").table.rows[1];
  EXPECT_EQ(number_in(table_6, 0), number_in(table_7[1], 5));  // both are hard10@occluded
}

TEST(Paper, IsShownBesideCellsWithTheSameSettings) {
  const TemporaryFolder folder;
  const runs::RunStore store(folder.path());
  const grid::Sweep sweep = small_sweep(
      "name: deep\nseeds: [1, 2]\nbaseline: {model.head: deep}\ncells: [{model.head: deep}, {model.head: pbn, "
      "model.groups: related-5, model.depth: 1, model.width: 64}]\n");
  for (const grid::Cell& cell : sweep.cells) finish(store, cell, cell.runs[0], 2);
  const Report results = make_report(sweep, store);
  std::vector<std::string> places;
  for (const PaperComparison& finding : results.pose->paper) places.push_back(finding.place);
  EXPECT_THAT(places, Contains("Table 6"));
  EXPECT_THAT(places, Contains("Table 7"));
  const std::vector<ReportTable> tables = paper_tables(results);
  const auto table_6 =
      std::find_if(tables.begin(), tables.end(), [](const auto& t) { return t.name == "paper-table-6"; });
  ASSERT_EQ(table_6->table.rows.size(), 4u);
  EXPECT_EQ(table_6->table.rows[0][1], "paper");
  EXPECT_EQ(table_6->table.rows[0][6], "70.29");
  EXPECT_EQ(table_6->table.rows[2][1], "measured here");
  EXPECT_THAT(table_6->table.rows[2][2], HasSubstr("synthetic"));
  EXPECT_EQ(table_6->table.rows[2][3], "64");
  EXPECT_THAT(table_6->table.rows[2][8], HasSubstr("(1/2)"));
}

TEST(Paper, IsNotShownBesideCellsWithOtherSettings) {
  const TemporaryFolder folder;
  EXPECT_TRUE(make_report(small_sweep("name: plain\ncells: [{model.head: plain}]\n"), runs::RunStore(folder.path()))
                  .pose->paper.empty());
}

// Without ankles the mean over the lower body is one over hips and knees, which cannot be compared with one over
// ankles.
TEST(Paper, ComparesOnlyFiguresThatCountTheSameParts) {
  const TemporaryFolder folder;
  const runs::RunStore store(folder.path());
  const grid::Sweep sweep = small_sweep(
      "name: ankles\nmodel: {head: plain}\nbaseline: {model.without: []}\ncells: [{model.without: [[], [r-ankle, "
      "l-ankle]]}]\n");
  for (const grid::Cell& cell : sweep.cells) finish(store, cell, cell.runs[0], 2);
  const Report results = make_report(sweep, store);
  const auto& compared = results.cells[1].against->figures;
  EXPECT_TRUE(compared.contains("pckh50.upper"));
  EXPECT_TRUE(compared.contains("pckh50.knee"));
  EXPECT_FALSE(compared.contains("pckh50.lower"));
  EXPECT_FALSE(compared.contains("pckh50.ankle"));
}

}  // namespace
}  // namespace pbn::report
