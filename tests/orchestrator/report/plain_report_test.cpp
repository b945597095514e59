// The report of a program that has nothing to do with poses speaks of what it measured, and of nothing else.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

#include "base/files.h"
#include "base/host.h"
#include "orchestrator/report/content/curves.h"
#include "orchestrator/report/content/report.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::report {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* script_grid = R"(name: my little sweep
worker:
  version: "1.4"
  files: [train.txt]
  script:
    - sh
    - -c
    - 'for step in 1 2 3 4; do
         echo "{{\"step\": $step, \"loss\": $((90 / step + $1)), \"test\": {{\"error\": $((60 / step + $1 + $2))}}}}"
         >> "$0/metrics.jsonl"; done'
    - "{run}"
    - "{seed}"
    - "{width}"
cells: [{settings.width: [1, 4]}]
baseline: {settings.width: 1}
seeds: 1..3
metric: {name: test.error, better: lower}
)";

class PlainReport : public ::testing::Test {
 protected:
  // Trains one sweep for all tests, and writes its report.
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder("pbn-plain");
    write_atomically(*folder_ / "grid.yaml", script_grid);
    write_atomically(*folder_ / "train.txt", "the program");
    for (const char* command : {"run", "report"}) {
      const CommandOutcome outcome = run_program(
          {built_program("pbn"), command, (*folder_ / "grid.yaml").string(), "--store", (*folder_ / "store").string()});
      ASSERT_EQ(outcome.code, 0) << outcome.output;
      if (command == std::string("report")) printed_ = outcome.output;
    }
    for (const auto& entry : fs::recursive_directory_iterator(*folder_ / "store" / "sweeps")) {
      if (entry.path().filename() == "report") report_ = entry.path();
    }
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string file(const std::string& name) { return read_file(report_ / name); }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline fs::path report_;
  static inline std::string printed_;
};

TEST_F(PlainReport, HasNoWordOfPoses) {
  std::map<std::string, std::string> texts{{"what pbn report prints", printed_}};
  for (const auto& entry : fs::recursive_directory_iterator(report_)) {
    if (entry.is_regular_file() && entry.path().extension() != ".pdf") {
      texts[entry.path().filename().string()] = read_file(entry.path());
    }
  }
  EXPECT_GE(texts.size(), 10u);
  const std::regex words(R"((joint|\bpose|people|person|photograph|part-based|\bpck|occlu))", std::regex::icase);
  for (const auto& [name, text] : texts) {
    std::smatch found;
    if (!std::regex_search(text, found, words)) continue;
    const auto at = static_cast<std::size_t>(found.position());
    ADD_FAILURE() << name << ": ..." << text.substr(at - std::min<std::size_t>(at, 60), 120);
  }
}

TEST_F(PlainReport, HasTheSweepsNameOnTopAndTheFiguresOwnNameEverywhere) {
  EXPECT_THAT(file("index.html"), AllOf(HasSubstr("<h1>my little sweep</h1>"), HasSubstr("Metric: test.error.")));
  EXPECT_THAT(file("report.md"), AllOf(HasSubstr("# my little sweep"), HasSubstr("test.error.")));
  EXPECT_THAT(file("report.md"), ContainsRegex("\\| +figure +\\| +baseline"));
  EXPECT_THAT(file("tables.tex"), HasSubstr("test.error"));
  EXPECT_THAT(file("figures/results.svg"), HasSubstr(">test.error</text>"));
  EXPECT_THAT(file("figures/differences.svg"), HasSubstr("test.error, cell minus baseline<"));
  EXPECT_THAT(file("index.html"), HasSubstr("minus that of its baseline. Lower is better."));
  EXPECT_THAT(printed_, HasSubstr("test.error"));
}

TEST_F(PlainReport, NamesTheProgramByItsVersionAndDigest) {
  const Json settings = parse_json(file("aggregate.json"), "aggregate.json")["outcome"]["settings"];
  ASSERT_EQ(settings.size(), 2u);
  EXPECT_EQ(settings[1], Json({{"key", "worker.version"}, {"value", "1.4"}}));
  EXPECT_EQ(settings[0]["key"], "worker.files");
  EXPECT_THAT(settings[0]["value"].get<std::string>(),
              ::testing::MatchesRegex(R"(train\.txt \(SHA-256 [0-9a-f]{12}\))"));
  EXPECT_THAT(file("index.html"),
              AllOf(HasSubstr("<dt>worker.version</dt><dd>1.4</dd>"), HasSubstr("train.txt (SHA-")));
}

TEST_F(PlainReport, HasTheCurvesThatTheRunsReport) {
  for (const char* name : {"loss", "test.error"}) {
    const std::string title = fmt::format("{} over the steps", name);
    EXPECT_THAT(file("index.html"), HasSubstr("<figcaption>" + title)) << name;
    EXPECT_THAT(file("index.html"), HasSubstr(fmt::format(R"("title":"{}")", name)));
  }
  EXPECT_THAT(file("figures/curve-loss.svg"), HasSubstr("(3 seeds): from 92 to 24"));
  const Json run = parse_json(file("aggregate.json"), "aggregate.json")["measured"]["curves"][0]["runs"][0];
  EXPECT_EQ(run["curves"][0]["name"], "test.error") << "the metric comes first";
  EXPECT_EQ(run["curves"][1]["points"], Json({{1.0, 91.0}, {2.0, 46.0}, {3.0, 31.0}, {4.0, 23.0}}));
  EXPECT_EQ(run["curves"][1]["over"], "step");
}

TEST_F(PlainReport, KnowsHostsAndTimesFromTheAttempts) {
  const Json measured = parse_json(file("aggregate.json"), "aggregate.json")["measured"];
  EXPECT_EQ(measured["machines"], Json({host_name() + ", 1 rank"}));
  EXPECT_TRUE(measured["cells"][0]["runs"][0]["seconds"].is_number());
  EXPECT_THAT(file("index.html"), AllOf(HasSubstr("s on " + host_name() + ": 1 x 1 thread"), Not(HasSubstr("?,"))));
}

TEST_F(PlainReport, SaysWhereTheTimeWent) {
  const Json waste = parse_json(file("aggregate.json"), "aggregate.json")["measured"]["waste"];
  EXPECT_EQ(waste["attempts"], 6);
  EXPECT_EQ(waste["lost"]["core_hours"], 0);
  EXPECT_FALSE(waste.contains("hours_in_queue"));
  EXPECT_THAT(file("report.md"), AllOf(HasSubstr("## Where the time went"), ContainsRegex("\\| all cells +\\| +6 ")));
  EXPECT_THAT(file("index.html"), HasSubstr("<tr class=\"floor\"><th scope=\"row\">all cells</th><td>6</td>"));
}

TEST(Curves, OfAnyProgramBeginWithTheMetricAndEndWithSpeeds) {
  const TemporaryFolder folder;
  const runs::RunStore store(folder.path());
  const grid::Sweep sweep =
      grid::plan_sweep(grid::parse_grid("worker: {command: [./train]}\nseeds: [1]\nmetric: accuracy\n", "grid.yaml"));
  const std::string& run = sweep.cells[0].runs[0].id;
  make_writable_folder(store.folder(run));
  const auto report = [&](const Json& line) { append_json_line(store.folder(run) / "metrics.jsonl", line); };
  for (const int epoch : {1, 2}) {
    Json line = {{"kind", "progress"}, {"epoch", epoch}, {"loss", 1.0 / epoch}, {"rate", 0.1}};
    for (const char* name : {"d", "c", "b", "a", "images_per_second"}) line[name] = epoch;
    report(line);
    report({{"kind", "validation"}, {"epoch", epoch}, {"figures", {{"accuracy", 50 * epoch}}}});
  }
  report({{"once", 1}});
  std::vector<std::string> names;
  for (const CurveKind& kind : curve_kinds_of(sweep, store, "accuracy")) names.push_back(kind.name);
  EXPECT_THAT(names, ElementsAre("validation.accuracy", "loss", "a", "b", "c", "d"));
}

}  // namespace
}  // namespace pbn::report
