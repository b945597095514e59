// Tests that submit a grid of counting workers to their own Slurm.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/slurm/cluster.h"

namespace pbn::slurm {

class OnSlurm : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = SingleMachineSlurm::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }

  void start(const SingleMachineSlurm::Options& options = {}) { cluster_ = std::make_unique<Cluster>(options); }

  CommandOutcome submit(const CountingSweep& sweep, const std::string& profile = "", std::vector<std::string> more = {},
                        std::vector<std::pair<std::string, std::string>> environment = {}) {
    more.insert(more.end(), {"--profile", cluster_->profile(profile)});
    for (const auto& variable : sweep.environment()) environment.push_back(variable);
    return cluster_->run(sweep.command("submit", std::move(more)), std::move(environment));
  }

  static bool has_begun(const CountingSweep& sweep) {
    return becomes_true([&] { return sweep.count("begin") > 0; }, std::chrono::seconds(30));
  }

  static int attempts(const CountingSweep& sweep, const std::string& run) {
    const auto newest = runs::newest_attempt(sweep.folder(run));
    return newest ? std::stoi(newest->filename().string()) : 0;
  }

  static Json exit_of(const CountingSweep& sweep, const std::string& run, const std::string& attempt) {
    return read_json(sweep.folder(run) / "attempts" / attempt / "exit.json");
  }

  std::unique_ptr<Cluster> cluster_;
};

}  // namespace pbn::slurm
