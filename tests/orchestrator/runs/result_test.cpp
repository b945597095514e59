#include "orchestrator/runs/result.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/figure_text.h"
#include "tests/data/error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::StartsWith;

class ResultFile : public testing::Test {
 protected:
  ResultVerdict verdict_on(const std::string& text, const std::string& run = "ab") const {
    write_atomically(file_, text, Durability::cached);
    const ResultVerdict verdict = judge_result(folder_.path(), run);
    const FoundResult found = read_result(folder_.path(), run);
    EXPECT_EQ(found.verdict.state, verdict.state) << text;
    EXPECT_EQ(found.verdict.why, verdict.why) << text;
    EXPECT_EQ(found.result.has_value(), verdict.is_whole()) << text;
    return verdict;
  }
  std::string why(const std::string& text) const {
    const ResultVerdict verdict = verdict_on(text);
    EXPECT_TRUE(verdict.is_damaged()) << text;
    return verdict.why;
  }
  std::string why_of_figures(const std::string& figures) const {
    return why(R"({"run": "ab", "outcome": {"figures": )" + figures + "}}");
  }

  TemporaryFolder folder_;
  const fs::path file_ = folder_.path() / "result.json";
};

TEST_F(ResultFile, HasTheValuesThatPbnUses) {
  ASSERT_TRUE(verdict_on(R"({"run": "abcd", "cell": "c", "protocol": "scale-1", "gflop_per_image": 7,
      "identity": {"train.precision": "bf16"},
      "outcome": {"figures": {"pckh50.all16": 51.5, "auc.all16": 4}, "training_loss": [0.5, 0.25, null],
                  "final_epoch": 2, "weights_sha256": "w"},
      "measured": {"host": "here", "seconds": 12.5, "ranks": 2, "init": {"seconds": 1}},
      "versions": {"libtorch": "2.4"}})")
                  .is_whole());
  const auto result = read_result(folder_.path(), "ab").result;
  ASSERT_TRUE(result);
  EXPECT_EQ(result->run, "abcd");
  EXPECT_EQ(result->protocol, "scale-1");
  EXPECT_EQ(result->precision, "bf16");
  EXPECT_EQ(result->weights_sha256, "w");
  EXPECT_THAT(result->figures, ElementsAre(Pair("auc.all16", 4), Pair("pckh50.all16", 51.5)));
  EXPECT_THAT(result->figure("auc.all16"), Optional(4.0));
  EXPECT_FALSE(result->figure("auc"));
  EXPECT_THAT(result->last_training_loss(), Optional(0.25));
  EXPECT_EQ(result->measured, (Json{{"host", "here"}, {"seconds", 12.5}, {"ranks", 2}}));
  EXPECT_EQ(result->versions, (Json{{"libtorch", "2.4"}}));
}

TEST_F(ResultFile, IsAbsentWithoutAFile) {
  EXPECT_EQ(judge_result(folder_.path(), "ab").state, ResultVerdict::absent);
  EXPECT_EQ(judge_result(folder_.path() / "nowhere", "ab").state, ResultVerdict::absent);
}

TEST_F(ResultFile, ThatIsNotJsonIsDamaged) {
  for (const char* text : {"", "{", "[1", "x", R"({"run": "ab", "outcome": {"figures": {"a": 1}})", "{'run': 'ab'}",
                           R"({"run": "ab", "outcome": {"figures": {"a": 1}}} more)",
                           R"({"run": "ab", "outcome": {"figures": {"a": 1,}}})"}) {
    EXPECT_THAT(why(text), StartsWith("result.json is not valid JSON")) << text;
  }
  for (const std::string number : {"NaN", "Infinity", "-Infinity"}) {
    const std::string text = "{\"run\": \"ab\",\n \"outcome\": {\"figures\": {\"a\": " + number + "}}}";
    EXPECT_THAT(why(text), AnyOf(HasSubstr("JSON at byte"), AllOf(HasSubstr("line 2, column 31"), HasSubstr(number))));
  }
  EXPECT_THAT(why(R"({"run": "ab", "outcome": {"figures": {"a": 1e999}}})"),
              HasSubstr("result.json contains a number that is too large"));
}

TEST_F(ResultFile, WithAnInvalidFigureIsDamaged) {
  EXPECT_EQ(why_of_figures(R"({"error": "low"})"), "error is \"low\", not a number");
  EXPECT_EQ(why_of_figures(R"({"a": 1, "error": null})"), "error is null, not a number");
  EXPECT_EQ(why_of_figures(R"({"error": true})"), "error is true, not a number");
  EXPECT_EQ(why_of_figures(R"({"error": [1]})"), "error is a list, not a number");
  EXPECT_EQ(why_of_figures(R"({"error": {"mean": 1}})"), "error is an object, not a number");
  EXPECT_THAT(why_of_figures("{\"error\": \"" + std::string(1000, 'x') + "\"}"), EndsWith("..., not a number"));
  EXPECT_EQ(why_of_figures("{\"a\\nb\": \"\\u001b[31m\"}"), "a\\nb is \"\\u001b[31m\", not a number");
  EXPECT_EQ(why_of_figures(R"({"a": 1, "error": 2, "a": 3})"), "its figures have a twice");
}

TEST_F(ResultFile, OfAnotherFormIsDamaged) {
  EXPECT_EQ(why("[1]"), "result.json is a list, not an object");
  EXPECT_EQ(why("7"), "result.json is 7, not an object");
  EXPECT_THAT(why("{}"), HasSubstr("has no \"run\""));
  EXPECT_THAT(why(R"({"run": "cd", "outcome": {"figures": {}}})"), HasSubstr("of another run: \"run\" is \"cd\""));
  EXPECT_THAT(why(R"({"run": 7, "outcome": {"figures": {}}})"), HasSubstr("of another run: \"run\" is 7"));
  EXPECT_EQ(why(R"({"run": "ab", "error": 0.5})"), "result.json has no \"outcome\"");
  EXPECT_EQ(why(R"({"run": "ab", "outcome": 0.5})"), "result.json's outcome is 0.5, not an object");
  EXPECT_EQ(why(R"({"run": "ab", "outcome": {"error": 0.5}})"), "result.json has no figures in its outcome");
  EXPECT_EQ(why_of_figures("[0.5]"), "result.json's figures are a list, not an object of numbers");
  fs::remove(file_);
  fs::create_directory(file_);
  EXPECT_EQ(judge_result(folder_.path(), "ab").why, "result.json cannot be read");
}

TEST_F(ResultFile, MayHaveLargeIntegersAByteOrderMarkAndSpaces) {
  EXPECT_TRUE(verdict_on(R"({"run": "ab", "bytes": 123456789012345678901234567890, "outcome": {"figures": {"a": 1}}})")
                  .is_whole());
  EXPECT_TRUE(verdict_on("\xEF\xBB\xBF{\"run\": \"ab\", \"outcome\": {\"figures\": {\"a\": 1}}}").is_whole());
  EXPECT_TRUE(verdict_on("\r\n\t{\"outcome\": {\"figures\": {}}, \"run\": \"ab\"}\n\n").is_whole());
}

TEST_F(ResultFile, ThatIsDamagedCanBePutAside) {
  write_atomically(file_, "NaN");
  put_result_aside(folder_.path());
  EXPECT_EQ(read_file(folder_.path() / "result.json.refused"), "NaN");
  EXPECT_EQ(judge_result(folder_.path(), "ab").state, ResultVerdict::absent);
}

TEST_F(ResultFile, IsDescribedByTheRequestedFigureOrTheFirst) {
  verdict_on(
      R"({"run": "ab", "outcome": {"figures": {"loss": 0.0001234, "error": 0.5}}, "measured": {"seconds": 12}})");
  const Result result = *read_result(folder_.path(), "ab").result;
  EXPECT_EQ(in_words(result, "loss"), "loss 0.0001234, 12 s");
  EXPECT_EQ(in_words(result, ""), "error 0.5, 12 s");
  EXPECT_EQ(in_words(result, "accuracy"), "accuracy is not among its figures (error, loss), 12 s");
  EXPECT_EQ(in_words(Result(), ""), "its result has no figures");
}

}  // namespace
}  // namespace pbn::runs
