// The command line of `pbn prepare`: one file or several, refusals, and interruptions.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "base/files.h"
#include "base/process.h"
#include "data/pose_file/pose_file.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class PrepareCommand : public testing::Test {
 protected:
  CommandOutcome prepare(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {built_program("pbn"), "prepare"});
    return run_program(std::move(arguments));
  }

  void expect_refusal(const std::vector<std::string>& arguments, const std::string& message) const {
    const CommandOutcome outcome = prepare(arguments);
    EXPECT_EQ(outcome.code, 64) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr(message));
  }

  std::string path(const char* name) const { return (folder_ / name).string(); }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) names.push_back(entry.path().filename().string());
    return names;
  }

  // Starts work that would take minutes, and sends a signal as soon as the file is being written.
  int exit_code_after(int signal) const {
    Process process(
        {{built_program("pbn"), "prepare", "synthetic", path("a.h5"), "--people", "1000000", "--jobs", "1"}});
    const auto is_begun = [](const std::string& name) { return name.starts_with(".a.h5."); };
    EXPECT_TRUE(becomes_true([&] { return std::ranges::any_of(files(), is_begun); }));
    process.signal(signal);
    return process.wait();
  }

  TemporaryFolder folder_;
};

TEST_F(PrepareCommand, QuietPrintsTheTableAndNoNotes) {
  const std::vector<std::string> call = {"synthetic", path("a.h5"), "--people", "2", "--box", "64", "--force"};
  std::vector<std::string> quiet = call;
  quiet.push_back("--quiet");
  EXPECT_THAT(prepare(call).output, HasSubstr("views lie within the crops"));
  const std::string table = prepare(quiet).output;
  EXPECT_THAT(table, AllOf(StartsWith("file"), HasSubstr(path("a.h5"))));
  EXPECT_THAT(table, testing::Not(HasSubstr("views lie within the crops")));
  EXPECT_THAT(table, testing::Not(HasSubstr("people in")));
}

TEST_F(PrepareCommand, TakesAPartOfCocosWholeBodyAndNoSkeletonBesideIt) {
  const auto with = [&](const std::vector<std::string>& more, const std::string& source = "coco") {
    std::vector<std::string> call{source, path("whole.json"), path("a.h5"), "--images", folder_.path().string()};
    call.insert(call.end(), more.begin(), more.end());
    return call;
  };
  write_atomically(path("whole.json"), "{}");
  expect_refusal(with({"--part", "foot"}), "there is no part \"foot\"");
  expect_refusal(with({"--part", "feet", "--as", "own"}), "prepare coco --part: has no use for --as");
  expect_refusal(with({"--part", "feet"}, "mpii-json"), "has no use for --part");
}

TEST_F(PrepareCommand, MakesOneFileOfTheNamedSplit) {
  const CommandOutcome outcome = prepare({"synthetic", path("a.h5"), "--split", "test", "--people", "2", "--box", "64",
                                          "--occlusion-rate", "1", "--encoding", "jpeg", "--quality", "80", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const data::PoseFile file(path("a.h5"));
  EXPECT_EQ(file.info().split, "test");
  EXPECT_EQ(file.info().jpeg_quality, 80);
  EXPECT_EQ(file.people().size(), 2u);
  EXPECT_THAT(file.info().source, HasSubstr("occluders 1"));
  const Json facts = Json::parse(outcome.output);
  EXPECT_EQ(facts["files"][0]["people"], 2);
  EXPECT_EQ(facts["files"][0]["fingerprint"], file.info().fingerprint);
}

TEST_F(PrepareCommand, MakesSeveralFilesAtOnce) {
  const CommandOutcome outcome = prepare({"synthetic", "--train", path("t.h5"), "--validation", path("v.h5"),
                                          "--people", "2", "--box", "64", "--extent", "1.5"});
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("4 people in"), HasSubstr("% are cut.")));
  EXPECT_EQ(data::PoseFile(path("v.h5")).info().split, "validation");
}

TEST_F(PrepareCommand, RefusesOptionsThatItHasNoUseFor) {
  const std::string out = path("a.h5");
  expect_refusal({"synthetic", out, "--images", "."}, "prepare synthetic: has no use for --images; people are drawn");
  expect_refusal({"synthetic", out, "--hold-out", "range:1-2"}, "has no use for --hold-out");
  expect_refusal({"synthetic", "folder", out}, "has no use for an INPUT");
  expect_refusal({"lsp", ".", out, "--images", "."}, "has no use for --images; its photographs are in FOLDER/images");
  expect_refusal({"lspet", ".", out, "--annotations", "x"}, "has no use for --annotations");
  expect_refusal({"lsp", ".", out, "--people", "3"}, "has no use for --people; it is for synthetic people");
  expect_refusal({"lsp", ".", out, "--seed", "3"}, "has no use for --seed");
  expect_refusal({"lsp", ".", out, "--encoding", "raw", "--quality", "90"}, "has no use for --quality");
}

TEST_F(PrepareCommand, NamesWhatIsMissingOrWrong) {
  const std::string out = path("a.h5");
  expect_refusal({"lps", ".", out}, "unknown source \"lps\"; did you mean \"lsp\"?");
  expect_refusal({"lsp"}, "prepare lsp: FOLDER is missing");
  expect_refusal({"mpii", "x.mat", out}, "prepare mpii: --images DIR is missing");
  expect_refusal({"synthetic"}, "there is nothing to prepare; name the file to write");
  expect_refusal({"lsp", ".", "folder"}, "folder does not end in .h5");
  expect_refusal({"synthetic", out, "--train", out}, "both name a file");
  expect_refusal({"synthetic", "--train", out, "--split", "test"}, "--split goes with OUT.h5");
  expect_refusal({"synthetic", out, "--split", "dev"}, "unknown split \"dev\"; train, validation or test");
  expect_refusal({"synthetic", out, "--encoding", "png"}, "unknown encoding \"png\"; raw, jpeg or auto");
  expect_refusal({"synthetic", out, "--threads", "2"}, "unknown option --threads");
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(PrepareCommand, CtrlCLeavesNothing) {
  EXPECT_EQ(exit_code_after(SIGINT), 75);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(PrepareCommand, AKillLeavesOnlyTemporaryFiles) {
  EXPECT_EQ(exit_code_after(SIGKILL), 128 + SIGKILL);
  for (const std::string& name : files()) EXPECT_THAT(name, AllOf(StartsWith(".a.h5."), testing::EndsWith(".tmp")));
  const CommandOutcome outcome = prepare({"synthetic", path("a.h5"), "--people", "2", "--box", "64"});
  EXPECT_EQ(outcome.code, 0) << "the temporary files are no obstacle: " << outcome.output;
}

}  // namespace
}  // namespace pbn::commands
