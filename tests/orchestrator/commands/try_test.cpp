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

}  // namespace
}  // namespace pbn::commands
