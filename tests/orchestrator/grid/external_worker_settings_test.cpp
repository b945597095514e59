// The values of an external worker's settings: scalars that YAML readers interpret differently are refused.
#include <gmock/gmock.h>

#include "orchestrator/grid/grid_advice.h"
#include "tests/orchestrator/grid/grid_text.h"

namespace pbn::grid {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string head = "worker: {command: w}\nmetric: m\n";

Sweep external_sweep(const std::string& text, const GridOptions& options = {}) {
  return sweep_of(head + text, options);
}
std::string external_refusal(const std::string& text, const GridOptions& options = {}) {
  return refusal(head + text, options);
}
Json value(const std::string& yaml) {
  return external_sweep("settings: {a: " + yaml + "}\n").cells[0].section("settings")["a"];
}
std::string value_refusal(const std::string& yaml) { return external_refusal("settings: {a: " + yaml + "}\n"); }

TEST(ExternalWorkerSettings, ScalarsThatOtherReadersTakeForBooleansAreRefused) {
  EXPECT_EQ(value_refusal("False"),
            "grid.yaml:3:15: False is text here, but other YAML readers take it for false; write false for the value "
            "or \"False\" for the text");
  for (const char* word : {"True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    EXPECT_THAT(value_refusal(word), HasSubstr(fmt::format("write true for the value or \"{}\" for the text", word)));
  }
  for (const char* word : {"FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    EXPECT_THAT(value_refusal(word), HasSubstr(fmt::format("write false for the value or \"{}\" for the text", word)));
  }
}

TEST(ExternalWorkerSettings, ScalarsThatOtherReadersTakeForNumbersAreRefused) {
  const std::pair<const char*, const char*> numbers[] = {
      {"0x10", "16"},      {"-0xFF", "-255"},     {"0o17", "15"},
      {"0b11", "3"},       {"1_000", "1000"},     {"1:30", "90"},
      {"1:30:00", "5400"}, {"1_000.5", "1000.5"}, {"190:20:30.15", "685230.15"},
      {"16:9", "969"},     {"+1_0", "+10"}};
  for (const auto& [written, meant] : numbers) {
    EXPECT_THAT(value_refusal(written),
                HasSubstr(fmt::format("write {} for the value or \"{}\" for the text", meant, written)))
        << written;
  }
  for (const char* word : {".inf", "-.Inf", "+.INF", ".nan", ".NaN", "1e400", "1e-400"}) {
    EXPECT_THAT(value_refusal(word), HasSubstr(fmt::format("write \"{}\" for the text; the worker gets", word)))
        << word;
  }
  EXPECT_THAT(
      value_refusal("12345678901234567890"),
      HasSubstr("write 1.2345678901234567e+19 for the nearest number or \"12345678901234567890\" for the text"));
}

TEST(ExternalWorkerSettings, EveryTagExceptStrIsRefused) {
  EXPECT_THAT(value_refusal("!!float 3"),
              HasSubstr("the tag !!float is not supported; write 3.0 for the value or \"3\" for the"));
  EXPECT_THAT(value_refusal("!!int \"3\""), HasSubstr("the tag !!int is not supported; write 3 for the value"));
  EXPECT_THAT(value_refusal("!!bool yes"), HasSubstr("write true for the value or \"yes\" for the text"));
  EXPECT_THAT(value_refusal("!mine x"), HasSubstr("the tag !mine is not supported"));
  EXPECT_THAT(value_refusal("!!set {x: 1}"), HasSubstr("the tag !!set is not supported; remove the tag"));
  EXPECT_THAT(value_refusal("!tuple [1, 2]"), HasSubstr("the tag !tuple is not supported"));
  EXPECT_EQ(value("!!str 3"), "3");
  EXPECT_EQ(value("!!str null"), "null");
  EXPECT_EQ(value("!!seq [1]"), Json::array({1}));
}

// Otherwise the identities of such runs would change.
TEST(ExternalWorkerSettings, UnambiguousScalarsKeepTheirValues) {
  EXPECT_EQ(value("010"), 10);
  EXPECT_EQ(value("1e3"), 1000);
  EXPECT_EQ(value(".5"), 0.5);
  EXPECT_EQ(value("+5"), 5);
  for (const char* text : {"nan", "inf", "None", "y", "n", "yEs", "2026-01-01", "2026-01-01T10:00:00Z", "1.2.3",
                           "0:30:00", "v0x10", "1e", "a_1", "_1", "10:70"}) {
    EXPECT_EQ(value(text), text);
    EXPECT_EQ(value('"' + std::string(text) + '"'), text);
  }
}

TEST(ExternalWorkerSettings, QuotedScalarsAreText) {
  for (const char* text : {"False", "no", "0x10", ".inf", "null", "~", "12345678901234567890", "1_000"}) {
    EXPECT_EQ(value("'" + std::string(text) + "'"), text);
    EXPECT_EQ(value('"' + std::string(text) + '"'), text);
  }
}

TEST(ExternalWorkerSettings, NullIsAValue) {
  for (const char* null : {"~", "null", "Null", "NULL"}) EXPECT_EQ(value(null), Json());
  EXPECT_EQ(value("[1, ~]"), Json::parse("[1, null]"));
  EXPECT_EQ(value("{b: null}"), Json::parse(R"({"b": null})"));
  const Sweep sweep =
      external_sweep("# größe\r\ncells:\r\n- {settings.drop: [~, 0.1, 2]}\r\n- settings.drop: null\r\n");
  EXPECT_THAT(labels_of(sweep), ElementsAre("drop=null", "drop=0.1", "drop=2"));
  EXPECT_TRUE(sweep.cells[0].config_of(sweep.cells[0].runs[0])["settings"].contains("drop"));
  EXPECT_THAT(labels_of(external_sweep("cells: [{settings.drop: [~, 0.1]}]", {.only = {"settings.drop=null"}})),
              ElementsAre("drop=null"));
  EXPECT_THAT(value_refusal(""), HasSubstr("\"a\" has no value; write null for none, or \"\" for an empty text"));
  EXPECT_THAT(external_refusal("settings:\n  a:\n  b: ~\n"), HasSubstr("grid.yaml:4:3: \"a\" has no value"));
  EXPECT_THAT(external_refusal("cells: [{settings.drop: [~, 0.1, none]}]"), HasSubstr("\"none\" is text, and 0.1"));
  EXPECT_THAT(data::error_of([] { parse_grid("data: {train: ~}", "grid.yaml"); }).what(), HasSubstr("has no value"));
}

TEST(ExternalWorkerSettings, AmbiguousScalarsAreRefusedEverywhere) {
  EXPECT_THAT(external_refusal("cells: [{settings.a: [true, False]}]"),
              StartsWith("grid.yaml:3:29: False is text here"));
  EXPECT_THAT(external_refusal("settings: {a: {b: [x, [NO]]}}"), HasSubstr("NO is text here"));
  EXPECT_THAT(external_refusal("cells: [{settings.a: [true, false]}]\nbaseline: {settings.a: True}"),
              HasSubstr("True is text here"));
  EXPECT_THAT(external_refusal("cells: [{settings.a: [true, false]}]\nexclude: [{settings.a: Off}]"),
              HasSubstr("Off is text here"));
  EXPECT_THAT(external_refusal("settings: {a: true}", {.set = {"settings.a=False"}}), HasSubstr("--set settings.a"));
  EXPECT_THAT(external_refusal("settings: {a: true}", {.only = {"settings.a=True"}}), HasSubstr("--only settings.a"));
  EXPECT_EQ(external_sweep("settings: {a: x}", {.set = {"settings.a=\"False\""}}).cells[0].setting("settings.a"),
            "False");
}

TEST(ExternalWorkerSettings, AWordOfTheCommandKeepsItsSpelling) {
  const auto command = [](const std::string& words) {
    return parse_grid("worker: {command: [" + words + "]}", "grid.yaml").worker.command;
  };
  EXPECT_THAT(command("w, --lr, 0.1, 5, true, no, \"1.10\""),
              ElementsAre("w", "--lr", "0.1", "5", "true", "no", "1.10"));
  EXPECT_THAT(data::error_of([&] { command("w, 1.10"); }).what(), HasSubstr("grid.yaml:1:23"));
  EXPECT_THAT(data::error_of([&] { command("w, 1.10"); }).what(), HasSubstr("write 1.1 or \"1.10\""));
  EXPECT_THAT(data::error_of([&] { command("w, 007"); }).what(), HasSubstr("write 7 or \"007\""));
}

TEST(ExternalWorkerSettings, OnlyAndSetAcceptQuotedValues) {
  const std::string text = "cells: [{settings.tag: [\"a,b\", c, \"it's, so\", \"[x\", 'say \"hi\", you']}]";
  const auto chosen = [&](const std::string& only) { return labels_of(external_sweep(text, {.only = {only}})); };
  EXPECT_THAT(chosen("settings.tag=\"a,b\""), ElementsAre("tag=a,b"));
  EXPECT_THAT(chosen("settings.tag='a,b',c"), ElementsAre("tag=a,b", "tag=c"));
  EXPECT_THAT(chosen("settings.tag=c, 'it''s, so'"), ElementsAre("tag=c", "tag=it's, so"));
  EXPECT_THAT(chosen("settings.tag=\"[x\",c"), ElementsAre("tag=c", "tag=[x"));
  EXPECT_THAT(chosen("settings.tag=\"say \\\"hi\\\", you\""), ElementsAre("tag=say \"hi\", you"));
  EXPECT_THAT(external_refusal(text, {.only = {"settings.tag=\"a,b"}}),
              HasSubstr("the quote \" in \"a,b is not closed"));
  EXPECT_EQ(external_sweep(text, {.set = {"settings.tag=\"a,b\""}}).cells[0].setting("settings.tag"), "a,b");
}

TEST(ExternalWorkerSettings, LabelsShowTheShortestUniqueEndOfAPath) {
  EXPECT_THAT(labels_of(external_sweep(
                  "cells: [{settings.optimizer.lr: [0.1], settings.schedule.lr: [1, 2], settings.a: [3, 4]}]")),
              ElementsAre("a=3 lr=1", "a=4 lr=1", "a=3 lr=2", "a=4 lr=2"));
  EXPECT_THAT(labels_of(external_sweep("cells: [{settings.optimizer.lr: [1, 2], settings.schedule.lr: [3, 4]}]")),
              ElementsAre("optimizer.lr=1 schedule.lr=3", "optimizer.lr=1 schedule.lr=4",
                          "optimizer.lr=2 schedule.lr=3", "optimizer.lr=2 schedule.lr=4"));
  EXPECT_THAT(labels_of(external_sweep("cells: [{settings.x.opt.lr: [1, 2], settings.y.opt.lr: [3], settings.lr: [5]},"
                                       "{settings.x.opt.lr: 1, settings.y.opt.lr: 4, settings.lr: 6}]")),
              ElementsAre("settings.lr=5 x.opt.lr=1 y.opt.lr=3", "settings.lr=5 x.opt.lr=2 y.opt.lr=3",
                          "settings.lr=6 x.opt.lr=1 y.opt.lr=4"));
}

TEST(ExternalWorkerSettings, AMisspeltPathCausesAWarning) {
  const auto advice = [](const std::string& text) { return advice_about(parse_grid(head + text, "grid.yaml")); };
  EXPECT_THAT(advice("settings: {optimizer: {name: sgd, lr: 1}}\ncells: [{settings.optimiser.lr: [1, 2]}]"),
              ElementsAre("grid.yaml:4:34: \"settings.optimiser.lr\" is a new setting; did you mean "
                          "\"settings.optimizer.lr\"?"));
  EXPECT_THAT(advice("settings: {optimizer: {lr: 1}}\ncells: [{settings.optimizer.lR: [1, 2]}]"),
              ElementsAre(HasSubstr("did you mean \"settings.optimizer.lr\"")));
  EXPECT_THAT(advice("settings: {batch_size: 1}\ncells: [{settings.batchsize: [1, 2]}]"),
              ElementsAre(HasSubstr("batch_size")));
  EXPECT_THAT(advice("settings: {optimizer: sgd, optimiser.lr: 1}"), ElementsAre(HasSubstr("settings.optimizer.lr")));
  EXPECT_THAT(advice("settings: {optimizer: {name: sgd, lr: 1}, optimiser.momentum: 1}"),
              ElementsAre(HasSubstr("settings.optimizer.momentum")));
  EXPECT_THAT(advice("settings: {beta1: 1, lr: 1, min_x: 1, train: {path: x}}\n"
                     "cells: [{settings.beta2: [1], settings.max_x: [1], settings.wd: [1], settings.test.path: [x]}]"),
              IsEmpty());
}

TEST(ExternalWorkerSettings, TheHintExplainsValuesThatAreLists) {
  const std::string lists = "cells: [{settings.hidden: [[32, 32], [64]]}]\n";
  EXPECT_THAT(external_refusal(lists + "baseline: {settings.hidden: [32, 32]}"),
              AllOf(HasSubstr("baseline: settings.hidden must have one value"),
                    HasSubstr("put a value that is a list inside another list: [[32, 32]]")));
  EXPECT_TRUE(external_sweep(lists + "baseline: {settings.hidden: [[32, 32]]}").cells[0].is_baseline);
  EXPECT_THAT(external_refusal("settings: {hidden: [8]}\ncells: [{settings.hidden: [32, 32]}]"),
              HasSubstr("in a block, put a value that is a list inside another list"));
}

TEST(ExternalWorkerSettings, ASweepWithALongNameHasAShorterFolderName) {
  const auto folder = [](const std::string& name) {
    return external_sweep("name: " + name + "\nsettings: {a: 1}").folder_name();
  };
  EXPECT_EQ(folder(std::string(246, 'x')).size(), 255u) << "the longest name that is not cut";
  EXPECT_LE(folder(std::string(247, 'x')).size(), 255u);
  EXPECT_THAT(folder(std::string(3000, 'x')), StartsWith(std::string(100, 'x') + "-"));
  EXPECT_NE(folder(std::string(300, 'x') + "a"), folder(std::string(300, 'x') + "b"));
}

}  // namespace
}  // namespace pbn::grid
