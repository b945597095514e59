#include "worker/commands/worker_options.h"

#include <gmock/gmock.h>

#include <vector>

#include "base/error.h"
#include "config/schema.h"
#include "tests/temporary_folder.h"

namespace pbn::worker {
namespace {

std::optional<WorkerOptions> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "pbn_worker");
  return parse_worker_options(static_cast<int>(words.size()), const_cast<char**>(words.data()));
}

std::string error_about(std::vector<const char*> words) {
  try {
    parse(std::move(words));
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    return error.what();
  }
  return "no error";
}

TEST(WorkerOptions, EveryKeyOfAConfigurationIsAnOption) {
  const auto options = parse({"--train", "a.h5", "b.h5", "--validation", "v.h5", "--out", "o", "--model.head", "pbn",
                              "--train.learning_rate", "1e-3", "--train.drops", "[0.7,0.9]", "--test.flip", "true"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->given.folder, "o");
  EXPECT_EQ(at_path(options->given.values, "data.train"), Json({"a.h5", "b.h5"}));
  EXPECT_EQ(at_path(options->given.values, "model.head"), "pbn");
  EXPECT_EQ(at_path(options->given.values, "train.learning_rate"), 1e-3);
  EXPECT_EQ(at_path(options->given.values, "train.drops"), Json({0.7, 0.9}));
  EXPECT_EQ(at_path(options->given.values, "test.flip"), true);
}

TEST(WorkerOptions, AnOptionGivenAgainOverridesTheFirst) {
  const auto options =
      parse({"--train", "a.h5", "--validation", "v.h5", "--out", "o", "--train.epochs", "1", "--train.epochs", "2"});
  EXPECT_EQ(at_path(options->given.values, "train.epochs"), 2);
}

TEST(WorkerOptions, OptionsOverrideTheConfigurationOfATestedRun) {
  const TemporaryFolder folder;
  write_json(folder / "config.json",
             {{"data", {{"train", {"t.h5"}}, {"validation", "v.h5"}}}, {"test", {{"flip", false}}}});
  const std::string run = folder.path().string();
  const auto options = parse({"test", "--run", run.c_str(), "--test.flip", "true"});
  EXPECT_EQ(options->command, WorkerCommand::test);
  EXPECT_EQ(at_path(options->given.values, "test.flip"), true);
  EXPECT_EQ(parse({"--run", run.c_str()})->command, WorkerCommand::train);
}

TEST(WorkerOptions, TheSelfTestNeedsNoRun) {
  const auto options = parse({"self-test", "--quick", "--json", "--run.device", "cpu"});
  EXPECT_EQ(options->command, WorkerCommand::self_test);
  EXPECT_TRUE(options->quick);
  EXPECT_TRUE(options->as_json);
  EXPECT_EQ(options->given.device(), "cpu");
  EXPECT_THAT(error_about({"self-test", "--people", "0"}), testing::HasSubstr("--people"));
}

TEST(WorkerOptions, PredictNeedsOnlyARequest) {
  const auto options = parse({"predict", "request.json", "--run.device", "cpu"});
  EXPECT_EQ(options->request, "request.json");
  EXPECT_EQ(options->given.device(), "cpu");
  EXPECT_EQ(options->command, WorkerCommand::predict);
}

TEST(WorkerOptions, ErrorsNameTheNearestOption) {
  EXPECT_THAT(error_about({"--model.dept", "1"}), testing::HasSubstr("did you mean \"--model.depth\"?"));
  EXPECT_THAT(error_about({"--model.head", "plane"}), testing::HasSubstr("did you mean \"plain\"?"));
  EXPECT_THAT(error_about({"--model.depth", "9"}), testing::HasSubstr("a whole number from 0 to 3"));
  EXPECT_THAT(error_about({"--out", "o"}), testing::HasSubstr("no pose file"));
  EXPECT_THAT(error_about({}), testing::HasSubstr("nothing to do"));
}

TEST(WorkerOptions, HelpAndVersionArePrintedDespiteOtherArguments) {
  testing::internal::CaptureStdout();
  EXPECT_FALSE(parse({"--version"}));
  EXPECT_FALSE(parse({"--model.dept", "1", "--version"}));
  EXPECT_FALSE(parse({"--model.depth", "9", "--help"}));
  EXPECT_FALSE(parse({"--run", "nowhere", "-h"}));
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              testing::ContainsRegex("^pbn_worker [0-9.]+ \\([^)]+\\)\nLibTorch [0-9.]+.*\n.+\ninstruction set: "));
}

TEST(WorkerOptions, EveryCommandHasItsOwnHelpWithAnExample) {
  for (const char* command : {"test", "try", "predict", "show"}) {
    testing::internal::CaptureStdout();
    EXPECT_FALSE(parse({command, "--help"}));
    EXPECT_THAT(testing::internal::GetCapturedStdout(),
                testing::ContainsRegex(std::string("\n  .*pbn_worker ") + command + " .*\n"));
  }
  EXPECT_THAT(error_about({"tets", "--run", "r"}), testing::HasSubstr("did you mean \"test\"?"));
  EXPECT_THAT(error_about({"predict"}), testing::HasSubstr("no file is given"));
  EXPECT_THAT(error_about({"try", "--train", "t.h5", "--validation", "v.h5", "--steps", "0"}),
              testing::HasSubstr("expected 1 or more steps"));
}

TEST(WorkerOptions, OnlySettingsThatPbnDidNotPrepareGetAdvice) {
  const TemporaryFolder folder;
  write_json(folder / "config.json", {{"data", {{"train", {"t.h5"}}, {"validation", "v.h5"}}}});
  const std::string run = folder.path().string();
  EXPECT_TRUE(parse({"--run", run.c_str()})->given.is_prepared);
  EXPECT_FALSE(parse({"--train", "a.h5", "--validation", "v.h5", "--out", "o"})->given.is_prepared);
}

TEST(WorkerOptions, HelpHasSectionsAndShowsEveryKeyWithItsDefaultAndAnExample) {
  testing::internal::CaptureStdout();
  EXPECT_FALSE(parse({"--help"}));
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_THAT(help, testing::HasSubstr("mpirun -np 8 pbn_worker"));
  for (const config::Key& key : config::all_keys()) {  // data.train and data.validation have shorter names
    if (key.path.starts_with("data.")) continue;
    EXPECT_THAT(help, testing::HasSubstr("--" + key.path + " X"));
  }
  EXPECT_THAT(help, testing::HasSubstr("default 0.00025"));
  EXPECT_THAT(help, testing::ContainsRegex("Faults:\n  --train.on_nan X .*\n"));
}

TEST(WorkerOptions, TheManualPageHasEveryCommandAndDescribesEveryKeyOnce) {
  testing::internal::CaptureStdout();
  EXPECT_FALSE(parse({"manual"}));
  const std::string page = testing::internal::GetCapturedStdout();
  for (const char* command :
       {"test", "try", "self\\-test", "predict REQUEST", "show REQUEST", "onnx REQUEST", "manual"}) {
    EXPECT_THAT(page, testing::HasSubstr(std::string(".SS \"pbn_worker ") + command + "\""));
  }
  for (const char* option : {"model.head X", "run.device X", "steps N", "train FILES"}) {
    const std::string entry = std::string(".TP\n.B \\-\\-") + option + "\n";
    EXPECT_NE(page.find(entry), std::string::npos) << entry;
    EXPECT_EQ(page.find(entry), page.rfind(entry)) << entry;
  }
}

}  // namespace
}  // namespace pbn::worker
