// Scripts as workers: their words, and what they are refused for.
#include <gmock/gmock.h>

#include "orchestrator/grid/grid_advice.h"
#include "orchestrator/grid/script_words.h"
#include "tests/orchestrator/grid/grid_text.h"

namespace pbn::grid {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string script_grid =
    "worker: {script: \"python3 train.py --lr {lr} --seed {seed} --out {run}\"}\n"
    "settings: {lr: 0.1}\n"
    "seeds: [1, 2]\n";

std::vector<std::string> filled(const std::string& script, const Json& settings) {
  return filled_script(split_script(script, "here"),
                       [&](const std::string& name) { return value_for_script(name, settings, 7, "/store/run 1"); });
}

TEST(ScriptWords, AreFilledWithSettingsSeedAndFolder) {
  EXPECT_THAT(filled("train --lr={lr} {settings.lr} {opt.name} {seed} --out {run}/o",
                     {{"lr", 0.1}, {"opt", {{"name", "a b"}}}}),
              ElementsAre("train", "--lr=0.1", "0.1", "a b", "7", "--out", "/store/run 1/o"));
  EXPECT_THAT(filled("w {yes} {n} {tiny} {text}", {{"yes", true}, {"n", 3}, {"tiny", 1e-5}, {"text", ""}}),
              ElementsAre("w", "true", "3", "1e-05", ""));
}

TEST(ScriptWords, AListBecomesAWordForEachElementOrIsJoinedWithinAWord) {
  const Json settings = {{"sizes", {8, 16}}, {"names", {"a b", "c"}}, {"none", Json::array()}};
  EXPECT_THAT(filled("w --sizes {sizes} --flat={sizes} {names} {none}", settings),
              ElementsAre("w", "--sizes", "8", "16", "--flat=8,16", "a b", "c"));
}

TEST(ScriptWords, AreSplitAtSpacesOutsideQuotesAndNoShellReadsThem) {
  EXPECT_THAT(split_script("  sh  -c 'echo \"$1\"; x'  a\"b c\"d '' ", "here"),
              ElementsAre("sh", "-c", "echo \"$1\"; x", "ab cd", ""));
  EXPECT_THAT(filled("w {{lr}} {{{lr}}} $(lr)", {{"lr", 1}}), ElementsAre("w", "{lr}", "{1}", "$(lr)"));
}

TEST(ScriptWorker, ConfigJsonHasItsWordsAndItsResult) {
  const Sweep sweep = sweep_of(script_grid + "result: {file: out.json}\n");
  const Cell& cell = sweep.cells[0];
  EXPECT_EQ(cell.config_of(cell.runs[1]), Json::parse(R"({"run": ")" + cell.runs[1].id + R"(", "seed": 2,
                            "worker": {"script": ["python3", "train.py", "--lr", "{lr}", "--seed", "{seed}", "--out", "{run}"],
                                       "result": "out.json", "ranks": 1},
                            "settings": {"lr": 0.1}})"));
}

TEST(ScriptWorker, TheRunIdDependsOnWordsResultSettingsAndSeed) {
  const auto id = [](const std::string& text) { return sweep_of(text).cells[0].runs[0].id; };
  const std::string run = id(script_grid);
  EXPECT_NE(id(script_grid + "result: {file: out.json}\n"), run);
  EXPECT_EQ(
      id("worker:\n  script: [python3, train.py, --lr, \"{lr}\", --seed, \"{seed}\", --out, \"{run}\"]\n  ranks: 2\n"
         "settings: {lr: 0.1}\n"),
      run)
      << "a list of words is the same script; ranks are not in the identity";
}

TEST(ScriptWorker, ThatCannotBeReadIsRefusedAtItsPlace) {
  const auto refused = [](const std::string& worker) {
    return refusal("worker: {" + worker + "}\nsettings: {lr: 0.1, opt: {name: a}}\n");
  };
  EXPECT_EQ(refused("script: \"w {rl}\""),
            "grid.yaml:1:18: worker.script: a cell has no value for {rl}; {seed}, {run} or the name of a setting that "
            "every cell has");
  EXPECT_THAT(refused("script: \"w {opt}\""), HasSubstr("{opt} is a section of settings; for example {opt.name}"));
  for (const char* word : {"{", "}", "{}", "{lr", "lr}", "{a{b}"}) {
    EXPECT_THAT(refused(fmt::format("script: \"w {}\"", word)), HasSubstr("has a brace without a name or a partner"))
        << word;
  }
  EXPECT_THAT(refused("script: \"w 'a\""), HasSubstr("a ' is not closed"));
  EXPECT_THAT(refused("script: \" \""), HasSubstr("its script is empty"));
  EXPECT_THAT(refused("script: w, command: w"), HasSubstr("has both a command and a script"));
  EXPECT_THAT(refusal("worker: {script: \"w {lr}\"}\ncells: [{settings.lr: [1]}, {settings.rl: [1]}]\n"),
              HasSubstr("a cell has no value for {lr}"));
  EXPECT_THAT(refusal("worker: {script: \"w {a}\"}\nsettings: {a: null}\n"), HasSubstr("has no value for {a}"));
}

TEST(ScriptWorker, AResultIsAFileOfTheScriptsOwnInTheRunsFolder) {
  for (const char* file :
       {"/tmp/out.json", "../out.json", "a/../../b", "result.json", "./result.json", "config.json", "files/"}) {
    EXPECT_THAT(
        refusal(script_grid + fmt::format("result: {{file: {}}}\n", file)),
        HasSubstr("grid.yaml:4:16: result.file: \"" + std::string(file) + "\" is not a file of the script's own"));
  }
  EXPECT_THAT(refusal("worker: {command: w}\nresult: {file: out.json}\n"),
              HasSubstr("2:1: \"result\" belongs to a worker with a script"));
  EXPECT_THAT(refusal(script_grid + "result: {}\n"), HasSubstr("result: has no file"));
}

TEST(ScriptWorker, ThatDoesNotGetItsSettingsOrItsSeedCausesAWarning) {
  const auto advice = [](const std::string& text) { return advice_about(parse_grid(text, "g.yaml")); };
  EXPECT_THAT(advice(script_grid), IsEmpty());
  EXPECT_THAT(advice("worker: {script: \"w {a}\"}\nsettings: {a: 1, b: 2}\nseeds: 1..2\n"),
              ElementsAre(HasSubstr("g.yaml:1:18: the script does not get the seed"),
                          HasSubstr("g.yaml:2:21: no word of the script names {b}")));
}

}  // namespace
}  // namespace pbn::grid
