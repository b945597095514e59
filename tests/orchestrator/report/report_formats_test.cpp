#include "orchestrator/report/tables/formats.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/page/page.h"
#include "orchestrator/report/tables/escaping.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/tutorial.h"

namespace pbn::report {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* hostile_grid =
    "name: '<script>alert(1)</script> 50%_a&b #1 {x} ~^$ C:\\new, \"two\"'\nseeds: [1, 2]\nbaseline: {model.head: "
    "plain}\n"
    "cells: [{model.head: [plain, deep]}]\n";

class Formats : public ::testing::Test {
 protected:
  Formats() {
    for (const auto& run : sweep_.cells[0].runs) finish(store_, sweep_.cells[0], run, 2);
    finish(store_, sweep_.cells[1], sweep_.cells[1].runs[0], 1);
    fail(store_, sweep_.cells[1].runs[1], 70, "=1+1, <b>\"50%_a&b\"\n| 人 \\input{/etc/passwd}");
    results_ = make_report(sweep_, store_);
    for (ReportedCell& cell : results_.cells) cell.label = "[" + cell.label + "] 50%_a&b | <i>";
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path()};
  grid::Sweep sweep_ = small_sweep(hostile_grid);
  Report results_;
};

TEST_F(Formats, MarkdownShowsNamesAsTheyAre) {
  const std::string text = markdown_report(results_, report_tables(results_));
  EXPECT_THAT(text, HasSubstr("# &lt;script\\>alert(1)&lt;/script\\> 50%\\_a&amp;b \\#1"));
  EXPECT_THAT(text, HasSubstr("\\[plain\\] 50%\\_a&amp;b \\| &lt;i\\>"));
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, HasSubstr("(1/2)"));
  EXPECT_THAT(text, HasSubstr("## Runs without a result"));
}

TEST_F(Formats, LatexEscapesItsSpecialCharacters) {
  const std::string text = latex_report(results_, report_tables(results_));
  EXPECT_THAT(text,
              HasSubstr("50\\%\\_a\\&b \\#1 \\{x\\} \\textasciitilde{}\\textasciicircum{}\\$ C:\\textbackslash{}new"));
  EXPECT_THAT(text, HasSubstr("\\textbackslash{}input\\{/etc/passwd\\}"));
  EXPECT_THAT(text, HasSubstr("\\texttt{U+4EBA}"));
}

TEST_F(Formats, LatexCompilesAlone) {
  if (run_program({"sh", "-c", "command -v pdflatex && kpsewhich booktabs.sty"}).code != 0) {
    GTEST_SKIP() << "needs pdflatex and booktabs (Debian: texlive-latex-base, texlive-latex-recommended)";
  }
  results_.cells[1].label = "a\033b\001\f\xef\xbf\xbe \xff";
  write_atomically(folder_.path() / "tables.tex", latex_report(results_, report_tables(results_)));
  const CommandOutcome outcome = run_program(
      {"sh", "-c",
       "cd '" + folder_.path().string() + "' && pdflatex -interaction=nonstopmode -halt-on-error tables.tex"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_GT(std::filesystem::file_size(folder_.path() / "tables.pdf"), 10000u);
}

// The rows of a CSV file as Python reads them.
Json read_csv(const std::string& text, const std::filesystem::path& folder) {
  write_atomically(folder / "table.csv", text);
  const CommandOutcome outcome = run_program(
      {"python3", "-c", "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='')))))",
       (folder / "table.csv").string()});
  return Json::parse(outcome.output);
}

TEST_F(Formats, CsvIsReadByPythonInFullPrecision) {
  if (run_program({"sh", "-c", "command -v python3"}).code != 0) GTEST_SKIP() << "needs python3";
  const Json runs = read_csv(runs_csv(results_), folder_.path());
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[0]["label"], "[plain] 50%_a&b | <i>");
  const double written = std::stod(runs[0][sweep_.metric].get<std::string>());
  EXPECT_EQ(written, *results_.cells[0].figures.at(sweep_.metric)[0]);
  EXPECT_EQ(runs[3]["state"], "failed");
  EXPECT_EQ(runs[3][sweep_.metric], "");

  const Json cells = read_csv(cells_csv(results_), folder_.path());
  ASSERT_EQ(cells.size() % 2, 0u);
  EXPECT_EQ(cells[0]["figure"], sweep_.metric);
  EXPECT_EQ(cells[0]["n"], "2");
  const Json& of_one_seed = cells[cells.size() / 2];
  EXPECT_EQ(of_one_seed["n"], "1");
  EXPECT_NE(of_one_seed["mean"], "");
  EXPECT_EQ(of_one_seed["deviation"], "");
}

TEST_F(Formats, CsvHaveAColumnForEachSettingThatDiffersAndMoreFiguresThanTables) {
  if (run_program({"sh", "-c", "command -v python3"}).code != 0) GTEST_SKIP() << "needs python3";
  const Json runs = read_csv(runs_csv(results_), folder_.path()), cells = read_csv(cells_csv(results_), folder_.path());
  const auto result = store_.result(sweep_.cells[0].runs[1].id);
  const std::string threshold = sweep_.metric.substr(0, sweep_.metric.find('.') + 1);
  for (const auto& [name, value] : result->figures) {
    if (!name.starts_with(threshold)) continue;
    EXPECT_EQ(std::stod(runs[1].value(name, "nan")), value) << name;
  }
  for (const std::string& name : results_.columns.figures()) {
    EXPECT_TRUE(std::any_of(cells.begin(), cells.end(), [&](const Json& row) { return row["figure"] == name; }));
  }
  EXPECT_EQ(runs[0]["model.head"], "plain");
  EXPECT_EQ(runs[3]["model.head"], "deep");
  EXPECT_EQ(cells[0]["model.head"], "plain");
  EXPECT_EQ(cells[cells.size() - 1]["model.head"], "deep");
}

TEST_F(Formats, CsvKeepsTheKindsOfSettingsAndNamesEveryColumnOnce) {
  results_.cells[0].settings = {{"settings.rate", -0.1}, {"settings.sizes", {8, 16}}, {"settings.tag", "-a,b"}};
  results_.cells[1].settings = {{"settings.flip", true}, {"settings.rate", 1e-3}};
  results_.cells[0].others["seed"] = {0.25, 0.5};
  results_.measured.cells[0].runs[0].device = "";
  const std::string text = runs_csv(results_);
  EXPECT_THAT(text, HasSubstr(",seconds,attempts,settings.flip,settings.rate,settings.sizes,settings.tag," +
                              sweep_.metric + ","));
  EXPECT_THAT(text, HasSubstr(",,-0.1,\"[8,16]\",\"'-a,b\","));
  EXPECT_THAT(text, HasSubstr(",true,0.001,,,"));
  EXPECT_THAT(text, HasSubstr(",figure.seed"));
  EXPECT_THAT(text, HasSubstr(",here,,1.0,")) << "what is unknown is empty";
}

TEST_F(Formats, CsvTellsHostAndSecondsOfARunWithoutAResult) {
  if (run_program({"sh", "-c", "command -v python3"}).code != 0) GTEST_SKIP() << "needs python3";
  const std::filesystem::path attempt = store_.folder(sweep_.cells[1].runs[1].id) / "attempts" / "0001";
  write_json(attempt / "meta.json", {{"host", "node7"}, {"began", "2026-01-31T23:59:00Z"}});
  write_json(attempt / "exit.json", {{"code", 70}, {"ended", "2026-02-01T00:01:30Z"}});
  const Json runs = read_csv(runs_csv(make_report(sweep_, store_)), folder_.path());
  EXPECT_EQ(runs[3]["host"], "node7");
  EXPECT_EQ(runs[3]["seconds"], "150.0");
}

TEST_F(Formats, PandasReadsTheRunsAsTheDocumentSays) {
  const std::string python = python_with("pandas");
  if (python.empty()) GTEST_SKIP() << "needs a python3 with pandas (Debian: python3-pandas)";
  const auto blocks = blocks_of(source_folder() / "docs/reading-the-report.md");
  const auto example =
      std::find_if(blocks.begin(), blocks.end(), [](const auto& block) { return block.language == "python"; });
  ASSERT_NE(example, blocks.end());
  std::filesystem::create_directory(folder_ / "my-report");
  write_atomically(folder_ / "my-report" / "runs.csv", runs_csv(results_));
  write_atomically(folder_ / "example.py", example->text);
  const CommandOutcome outcome =
      run_program({"sh", "-c", "cd '" + folder_.path().string() + "' && " + python + " example.py"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, ContainsRegex("plain +2 +[0-9.]+ +0.0"));
  EXPECT_THAT(outcome.output, ContainsRegex("deep +1 +[0-9.]+ +NaN"));
}

TEST_F(Formats, CsvHandsNoFormulaToASpreadsheet) {
  EXPECT_THAT(runs_csv(results_), HasSubstr("\"'=1+1, <b>\"\"50%_a&b\"\"\n"));
  EXPECT_EQ(csv_text("plain"), "plain");
  EXPECT_EQ(csv_text("-1"), "'-1");
}

// Whether Python's parser accepts it as well-formed.
bool is_xml(const std::string& text, const std::filesystem::path& folder) {
  write_atomically(folder / "text.xml", text);
  return run_program({"python3", "-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])",
                      (folder / "text.xml").string()})
             .code == 0;
}

constexpr const char* hostile_text = "a\033[31mb\001\f\b\x7f \xc2\x9b \xef\xbf\xbe \xed\xa0\x80 \xff\xc3 end";

TEST_F(Formats, ReplaceCharactersThatTheirReadersForbid) {
  for (ReportedCell& cell : results_.cells) {
    cell.label = hostile_text;
    if (cell.against) cell.against->label = hostile_text;
  }
  results_.measured.machines = {hostile_text};
  results_.measured.warnings = {hostile_text};
  results_.settings = {{hostile_text, hostile_text}};
  results_.name = hostile_text;
  for (MeasuredCell& cell : results_.measured.cells) {
    for (MeasuredRun& run : cell.runs) run.host = hostile_text;
  }
  const std::vector<ReportTable> tables = report_tables(results_);
  const std::vector<ReportFigure> figures = report_figures(results_);
  std::string all = markdown_report(results_, tables) + latex_report(results_, tables) + cells_csv(results_) +
                    runs_csv(results_) + html_page({results_, tables, figures});
  for (const ReportTable& table : tables) all += table.table.to_text();
  for (const ReportFigure& figure : figures) all += figure.svg;
  EXPECT_THAT(all, HasSubstr("a\uFFFD[31mb"));
  std::string_view rest = all;
  while (!rest.empty()) {
    const Character character = first_character(rest);
    const std::string_view taken = rest.substr(0, character.bytes);
    ASSERT_TRUE(taken == "\n" || taken == "\r" || taken == "\t" || printable_text(taken) == taken)
        << "at: " << rest.substr(0, 80);
    rest.remove_prefix(character.bytes);
  }
  if (run_program({"sh", "-c", "command -v python3"}).code != 0) GTEST_SKIP() << "needs python3";
  for (const ReportFigure& figure : figures) EXPECT_TRUE(is_xml(figure.svg, folder_.path())) << figure.name;
}

TEST(Escaping, LatexKnowsTheLettersOfItsFontsAndShowsOthersAsTheirCode) {
  EXPECT_EQ(escape_latex("Müller ± 0.4"), "Müller $\\pm$ 0.4");
  EXPECT_EQ(escape_latex("þ人\xff"), "\\texttt{U+00FE}\\texttt{U+4EBA}\\texttt{U+FFFD}");
}

}  // namespace
}  // namespace pbn::report
