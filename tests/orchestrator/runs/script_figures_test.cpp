// How what a script wrote becomes a result.
#include "orchestrator/runs/script_figures.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/runs/result.h"
#include "tests/data/error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const std::string script_run(64, 'a');

class ScriptFigures : public ::testing::Test {
 protected:
  Json config(const std::string& result = "") const {
    Json config = {{"run", script_run}, {"seed", 3}, {"worker", {{"script", {"w"}}, {"ranks", 1}}}};
    if (!result.empty()) config["worker"]["result"] = result;
    return config;
  }
  void write(const std::string& file, const std::string& text) const { write_atomically(folder_ / file, text); }
  auto figures(const std::string& result = "") const {
    publish_script_figures(config(result), folder_.path(), {{"seconds", 2}});
    return read_result(folder_.path(), script_run).result.value().figures;
  }
  std::string refusal(const std::string& result = "") const {
    const Error error = data::error_of([&] { figures(result); });
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_FALSE(fs::exists(folder_ / "result.json"));
    return error.what();
  }

  const TemporaryFolder folder_;
};

TEST_F(ScriptFigures, AreTheNumbersOfTheNamedFile) {
  write("out.json", R"({"error": 0.25, "test": {"top1": 90, "name": "a"}, "ok": true, "list": [1, 2], "none": null})");
  EXPECT_THAT(figures("out.json"), ElementsAre(Pair("error", 0.25), Pair("test.top1", 90)));
  EXPECT_EQ(read_result(folder_.path(), script_run).result->measured["seconds"], 2);
}

TEST_F(ScriptFigures, AreThoseOfTheLastLineOfMetricsWithoutItsProgress) {
  write("metrics.jsonl",
        "{\"error\": 9}\n{\"kind\": \"progress\", \"epoch\": 2, \"step\": 5, \"steps\": 5, \"error\": 0.5, \"loss\": "
        "1}\n\n");
  EXPECT_THAT(figures(), ElementsAre(Pair("error", 0.5), Pair("loss", 1)));
}

TEST_F(ScriptFigures, AreThoseOfTheLastLineOfANamedFileOfLines) {
  write("log.jsonl", "{\"error\": 9}\n{\"epoch\": 2, \"error\": 0.5}");
  EXPECT_THAT(figures("log.jsonl"), ElementsAre(Pair("epoch", 2), Pair("error", 0.5)));
}

TEST_F(ScriptFigures, StayThoseOfTheFirstResult) {
  write("out.json", R"({"error": 1})");
  figures("out.json");
  write("out.json", R"({"error": 2})");
  EXPECT_THAT(figures("out.json"), ElementsAre(Pair("error", 1)));
}

TEST_F(ScriptFigures, ThatCannotBeReadAreRefusedWithTheReason) {
  EXPECT_THAT(refusal(), HasSubstr("metrics.jsonl: the script ended without this file"));
  EXPECT_THAT(refusal("sub/out.json"), HasSubstr("sub/out.json: the script ended without this file"));
  write("out.json", R"({"error": NaN})");
  EXPECT_THAT(refusal("out.json"), HasSubstr("out.json"));
  write("out.json", R"({"name": "a", "ok": true})");
  EXPECT_THAT(refusal("out.json"), HasSubstr("has no number that could be a figure"));
  write("metrics.jsonl", "{\"error\": 1}\n{\"epoch\": 2}\n");
  EXPECT_THAT(refusal(), HasSubstr("its last line has no number"));
  write("metrics.jsonl", "{\"error\": 1}\n{\"err");
  EXPECT_THAT(refusal(), HasSubstr("metrics.jsonl"));
}

TEST_F(ScriptFigures, OfAnEarlierAttemptDoNotCount) {
  write("out.json", "{}");
  write("metrics.jsonl", "{}");
  prepare_for_script(config("out.json"), folder_.path());
  EXPECT_FALSE(fs::exists(folder_ / "out.json"));
  EXPECT_FALSE(fs::exists(folder_ / "metrics.jsonl"));
  EXPECT_TRUE(fs::exists(folder_ / "out.json.earlier"));
}

TEST_F(ScriptFigures, OfAScriptWithACheckpointAreContinued) {
  write("metrics.jsonl", "{\"error\": 1}\n");
  fs::create_directory(folder_ / "ckpt");
  write("ckpt/state", "");
  prepare_for_script(config(), folder_.path());
  EXPECT_THAT(figures(), ElementsAre(Pair("error", 1)));
}

TEST_F(ScriptFigures, GetTheFolderOfTheirFile) {
  prepare_for_script(config("deep/er/out.json"), folder_.path());
  EXPECT_TRUE(fs::is_directory(folder_ / "deep/er"));
}

}  // namespace
}  // namespace pbn::runs
