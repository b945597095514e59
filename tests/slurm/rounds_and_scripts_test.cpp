// Scripts, and rounds of a seed rule, through pbn submit on a real Slurm: the outcome is that of pbn run.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/places.h"
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A shell script that computes an error from its seed and the setting `gain`: far lower for 5 than for 0, and for 1 as
// often higher as lower.
class ShellScriptOnSlurm : public OnSlurm {
 protected:
  void write_grid(const std::string& more) const {
    write_atomically(
        folder_ / "grid.yaml",
        "name: shell\nworker:\n  script: [sh, -c, 'echo \"{{\\\"error\\\": $((200 + $1 * 7 % 5 - $2 * ($2 - 1) "
        "* (3 + $1 % 2) - $2 * (5 - $2) * ($1 / 2 % 2 * 2 - 1)))}}\" > \"$0/out.json\"', \"{run}\", "
        "\"{seed}\", \"{gain}\"]\nresult: {file: out.json}\n" +
            more);
  }

  CommandOutcome pbn(const std::string& command, const std::string& store, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{built_program("pbn"), command, (folder_ / "grid.yaml").string(), "--store",
                                   (folder_ / store).string()};
    words.insert(words.end(), more.begin(), more.end());
    return cluster_->run(std::move(words));
  }

  CommandOutcome submit(const std::string& profile, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--profile", cluster_->profile(profile)});
    return pbn("submit", "store", std::move(more));
  }

  std::string outcome_of_report(const std::string& store) const {
    const CommandOutcome report = pbn("report", store);
    EXPECT_EQ(report.code, 0) << report.output;
    const fs::path sweep = fs::directory_iterator(folder_ / store / "sweeps")->path();
    return read_json(sweep / "report/aggregate.json").at("outcome").dump();
  }

  TemporaryFolder folder_;
};

TEST_F(ShellScriptOnSlurm, AScriptHasTheOutcomeOfPbnRun) {
  start({.nodes = 1});
  write_grid("settings: {gain: 5}\nseeds: 1..3\nmetric: error\n");
  const CommandOutcome submitted = submit("");
  ASSERT_EQ(submitted.code, 0) << submitted.output;
  EXPECT_THAT(submitted.output, HasSubstr("3 runs submitted"));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_THAT(submit("").output, HasSubstr("0 runs submitted, 3 done"));
  const CommandOutcome local = pbn("run", "local");
  ASSERT_EQ(local.code, 0) << local.output;
  EXPECT_EQ(outcome_of_report("store"), outcome_of_report("local"));
}

// Every round is one pbn submit; the last one finds nothing to do.
TEST_F(ShellScriptOnSlurm, RoundsOfASeedRuleAskForTheSeedsOfPbnRun) {
  start({.nodes = 1});
  write_grid(
      "cells: [{settings.gain: [0, 1, 5]}]\nbaseline: {settings.gain: 0}\nmetric: {name: error, better: lower}\n"
      "seeds: {until: decided, least: 4, most: 10}\n");
  const std::string profile = "array: {runs_per_element: 12}\n";
  ASSERT_THAT(submit(profile).output, HasSubstr("12 runs submitted"));
  ASSERT_TRUE(cluster_->wait_for_end());
  int rounds = 1;
  for (; rounds < 10; ++rounds) {
    const std::string output = "\n" + submit(profile).output;
    if (output.find("\n0 runs submitted") != std::string::npos) break;
    ASSERT_THAT(output, HasSubstr("submitted"));
    ASSERT_TRUE(cluster_->wait_for_end());
  }
  EXPECT_GT(rounds, 2);
  EXPECT_LT(rounds, 10);
  const CommandOutcome local = pbn("run", "local");
  ASSERT_EQ(local.code, 0) << local.output;
  EXPECT_EQ(outcome_of_report("store"), outcome_of_report("local"));
}

TEST_F(ShellScriptOnSlurm, NextRoundWaitsForTheRunsOfTheLastOne) {
  start({.nodes = 1});
  write_grid(
      "cells: [{settings.gain: [0, 5]}]\nbaseline: {settings.gain: 0}\nmetric: {name: error, better: lower}\n"
      "seeds: {until: decided, least: 4, most: 24}\n");
  ASSERT_THAT(submit("sbatch: [--hold]\n").output, HasSubstr("8 runs submitted"));
  EXPECT_THAT(submit("").output, HasSubstr("0 runs submitted, 8 already in Slurm's queue"));
}

}  // namespace
}  // namespace pbn::slurm
