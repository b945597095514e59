// pbn try with mpirun and a fake worker: a shell script that understands `try`.
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class TryCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (find_program("mpirun").empty()) GTEST_SKIP() << "needs mpirun (openmpi-bin)";
    fs::copy(built_program("pbn"), folder_.path() / "pbn");
    write_atomically(folder_ / "grid.yaml", "run: {ranks: 2}\ncells: [{model.head: [plain, deep]}]\n");
  }

  // `body` runs in rank 0 with $config, the configuration file.
  void write_worker(const std::string& body) {
    const fs::path worker = folder_ / "pbn_worker";
    write_atomically(worker, "#!/bin/sh\n[ \"$OMPI_COMM_WORLD_RANK\" = 0 ] || exit 0\nconfig=$3\n" + body + "\n");
    fs::permissions(worker, fs::perms::owner_all);
  }

  CommandOutcome pbn(const std::string& command, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{(folder_ / "pbn").string(),
                                   command,
                                   (folder_ / "grid.yaml").string(),
                                   "--store",
                                   (folder_ / "the store").string(),
                                   "--set",
                                   "data.train=" + small_train_file().string(),
                                   "--set",
                                   "data.validation=" + small_validation_file().string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  }

  TemporaryFolder folder_;
};

constexpr const char* report =
    R"(echo '{"images_per_second": 20, "peak_memory_mib": 700, "ranks": 2, "gflop_per_image": 1}')";

TEST_F(TryCommand, ShowsTheMemoryAndSpeedOfEveryCellAndPlanUsesThem) {
  write_worker(report);
  const CommandOutcome tried = pbn("try");
  EXPECT_EQ(tried.code, 0) << tried.output;
  EXPECT_THAT(tried.output, HasSubstr("700 MiB"));
  const Json facts = Json::parse(pbn("try", {"--json", "--quiet"}).output);
  EXPECT_EQ(facts[1]["peak_memory_mib"], 700);
  const Json plan = Json::parse(pbn("plan", {"--json"}).output);
  for (const Json& cell : plan["cells"]) {
    EXPECT_EQ(cell["peak_memory_mib"], 700);
    EXPECT_EQ(cell["seconds_per_run"], 250 * 40 / 20.0);
  }
  EXPECT_FALSE(fs::exists(folder_ / "the store/runs")) << "nothing was run";
}

TEST_F(TryCommand, NamesFailedCellsWithTheReason) {
  write_worker(std::string("if grep -q deep \"$config\"; then echo 'pbn_worker: no room'; exit 65; fi; ") + report);
  const CommandOutcome tried = pbn("try");
  EXPECT_EQ(tried.code, 1);
  EXPECT_THAT(tried.output, HasSubstr("could not use its data (exit code 65): pbn_worker: no room"));
  EXPECT_THAT(tried.output, HasSubstr("700 MiB"));
  write_worker("kill -9 $$");
  EXPECT_THAT(pbn("try", {"--only", "model.head=deep"}).output, HasSubstr("probably out of memory"));
}

// Workers that know nothing of `try`: shell scripts that report progress until they are stopped.
class TryExternal : public ::testing::Test {
 protected:
  CommandOutcome pbn(const std::string& command, const std::string& script, std::vector<std::string> more = {}) const {
    write_atomically(folder_ / "work.sh", script);
    write_atomically(folder_ / "grid.yaml", "worker: {command: [sh, '" + (folder_ / "work.sh").string() +
                                                "']}\nsettings: {rate: 1}\nseeds: 1..3\nmetric: error\n");
    std::vector<std::string> words{built_program("pbn"), command, (folder_ / "grid.yaml").string(), "--store",
                                   (folder_ / "store").string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  }

  TemporaryFolder folder_;
};

// Reports a hundredth of the run in each turn, and leaves a file where it is asked to save.
constexpr const char* endless =
    "trap 'exit 75' USR2\nstep=0\nwhile :; do step=$((step + 1))\n"
    "echo '{\"kind\": \"progress\", \"step\": '$step', \"steps\": 100}' >> \"$PBN_RUN/metrics.jsonl\"; sleep 0.1; "
    "done\n";

TEST_F(TryExternal, TheTimeOfARunFollowsFromItsProgressAndPlanUsesIt) {
  const CommandOutcome tried = pbn("try", endless, {"--json", "--quiet"});
  ASSERT_EQ(tried.code, 0) << tried.output;
  const Json facts = parse_json(tried.output, "pbn");
  EXPECT_GE(facts[0]["seconds_per_run"], 10.0) << "a hundred steps of a tenth of a second";
  EXPECT_GT(facts[0]["peak_memory_mib"], 0);
  const Json plan = parse_json(pbn("plan", endless, {"--json", "--quiet"}).output, "pbn");
  EXPECT_EQ(plan["cells"][0]["seconds_per_run"], facts[0]["seconds_per_run"]);
  EXPECT_FALSE(fs::exists(folder_ / "store/runs")) << "nothing was run";
}

TEST_F(TryExternal, AWorkerThatEndsIsMeasuredWhole) {
  const char* const done =
      "id=$(sed -n 's/.*\"run\": \"\\([0-9a-f]*\\)\".*/\\1/p' \"$2/config.json\")\n"
      "echo \"{\\\"run\\\": \\\"$id\\\", \\\"outcome\\\": {\\\"figures\\\": {\\\"error\\\": 1}}}\" > "
      "\"$2/result.json\"\n";
  const CommandOutcome tried = pbn("try", done);
  EXPECT_EQ(tried.code, 0) << tried.output;
  EXPECT_THAT(tried.output, HasSubstr("works"));
}

TEST_F(TryExternal, AFailureIsNamedWithTheLastLineOfTheOutput) {
  const CommandOutcome failed = pbn("try", "echo no such optimiser; exit 64\n");
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.output, HasSubstr("(exit code 64): no such optimiser"));
  EXPECT_THAT(pbn("try", "exit 0\n").output, HasSubstr("ended without a result of this run"));
}

TEST_F(TryExternal, AWorkerWithoutProgressIsStoppedAfterAWhile) {
  const CommandOutcome tried = pbn("try", "trap 'exit 75' USR2\nwhile :; do sleep 0.1; done\n", {"--patience", "1"});
  EXPECT_EQ(tried.code, 0) << tried.output;
  EXPECT_THAT(tried.output, HasSubstr("works, but reports no progress"));
}

}  // namespace
}  // namespace pbn::commands
