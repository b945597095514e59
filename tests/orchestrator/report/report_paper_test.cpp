#include "orchestrator/report/content/paper.h"

#include <gmock/gmock.h>

#include "evaluation/metrics.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/tables/paper_tables.h"
#include "tests/orchestrator/study.h"

namespace pbn {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const Json& finding(const std::string& place) {
  for (const Json& finding : paper_findings()) {
    if (finding["place"] == place) return finding;
  }
  throw std::runtime_error("no " + place);
}

TEST(Paper, HasAValueForEveryFigureOfEveryRow) {
  ASSERT_EQ(paper_findings().size(), 9u);
  for (const Json& finding : paper_findings()) {
    for (const Json& row : finding["rows"]) EXPECT_EQ(row["values"].size(), finding["figures"].size()) << row;
  }
}

TEST(Paper, NamesFiguresAsTheEvaluationDoes) {
  for (const Json& finding : paper_findings()) {
    const Skeleton& skeleton =
        skeleton_named(finding.value("skeleton", finding["place"] == "Table 5" ? "lsp14" : "mpii16"));
    for (const std::string figure : finding["figures"]) {
      if (figure == "parameters" || figure == "training_loss") continue;
      EXPECT_FALSE(parts_of_figure(skeleton, figure.substr(0, figure.find('@'))).empty()) << figure;
    }
  }
}

// Means that the tables print follow from their own columns, so a slip of the pen would show.
TEST(Paper, MeansFollowFromTheirParts) {
  const Json deep = finding("Table 7")["rows"][0]["values"];
  double sum = 0;
  for (int part = 0; part < 5; ++part) sum += deep[part].get<double>();
  EXPECT_NEAR(sum / 5, deep[5].get<double>(), 0.005);
  const auto table_6 = finding("Table 6")["rows"][1]["values"];
  EXPECT_EQ(table_6[0], finding("Table 7")["rows"][1]["values"][5]);  // both are hard10@occluded
}

TEST(Paper, StandsBesideTheCellsThatAskTheSame) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  const Sweep sweep = small_sweep(
      "name: deep\nseeds: [1, 2]\nbaseline: {model.head: deep}\ncells: [{model.head: deep}, {model.head: pbn, "
      "model.groups: related-5, model.depth: 1, model.width: 64}]\n");
  for (const Cell& cell : sweep.cells) finish(store, cell, cell.runs[0], 2);
  const Report results = make_report(sweep, store);
  std::vector<std::string> places;
  for (const PaperComparison& finding : results.paper) places.push_back(finding.place);
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

TEST(Paper, IsNotShownBesideCellsThatAskSomethingElse) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      make_report(small_sweep("name: plain\ncells: [{model.head: plain}]\n"), RunStore(folder.path())).paper.empty());
}

// Without the ankles the mean over the lower body is one of hips and knees: no difference to one with ankles.
TEST(Paper, ComparesOnlyFiguresThatCountTheSameParts) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  const Sweep sweep = small_sweep(
      "name: ankles\nmodel: {head: plain}\nbaseline: {model.without: []}\ncells: [{model.without: [[], [r-ankle, "
      "l-ankle]]}]\n");
  for (const Cell& cell : sweep.cells) finish(store, cell, cell.runs[0], 2);
  const Report results = make_report(sweep, store);
  const auto& compared = results.cells[1].against->figures;
  EXPECT_TRUE(compared.contains("pckh50.upper"));
  EXPECT_TRUE(compared.contains("pckh50.knee"));
  EXPECT_FALSE(compared.contains("pckh50.lower"));
  EXPECT_FALSE(compared.contains("pckh50.ankle"));
}

}  // namespace
}  // namespace pbn
