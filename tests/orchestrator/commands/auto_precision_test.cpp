#include "orchestrator/commands/auto_precision.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"
#include "tests/orchestrator/study.h"

namespace pbn::commands {
namespace {

using ::testing::HasSubstr;

const std::string here = has_bf16() ? "bf16" : "fp32", elsewhere = has_bf16() ? "fp32" : "bf16";

class AutoPrecision : public testing::Test {
 protected:
  static grid::Grid grid_of(const std::string& text = "", const grid::GridOptions& options = {}) {
    const std::string data =
        "data: {train: " + small_train_file().string() + ", validation: " + small_validation_file().string() + "}\n";
    return grid::parse_grid("name: study\n" + data + "train: {global_batch: 4}\n" + text, "study.yaml", options);
  }

  // What the first `run` or `submit` does on a machine that computes in this precision.
  void begin(const grid::Grid& grid, const std::string& precision) const {
    const grid::Sweep sweep = grid::plan_sweep(grid, precision);
    make_writable_folder(store_.root() / "sweeps" / sweep.folder_name());
    record_precision(sweep, store_);
  }

  static slurm::SlurmProfile profile(const std::string& text) {
    return slurm::parse_slurm_profile("time: 10\n" + text, "c.yaml");
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path()};
};

TEST_F(AutoPrecision, IsWhatTheFirstRunOrSubmitRecordedOnEveryMachine) {
  begin(grid_of(), elsewhere);
  const grid::Sweep sweep = plan_as_recorded(grid_of(), store_);
  EXPECT_EQ(sweep.cells[0].setting("train.precision"), elsewhere);
  EXPECT_TRUE(sweep.is_precision_recorded);
  EXPECT_EQ(plan_as_recorded(grid_of("", {.seeds = "7"}), store_).auto_precision, elsewhere) << "a part of the grid";
}

TEST_F(AutoPrecision, IsTheOneOfTheSweepItselfWhereItsGridHasBoth) {
  begin(grid_of(), elsewhere);
  begin(grid_of("seeds: 1..2\n"), here);
  EXPECT_EQ(plan_as_recorded(grid_of(), store_).auto_precision, elsewhere);
  EXPECT_EQ(plan_as_recorded(grid_of("seeds: 1..2\n"), store_).auto_precision, here);
  EXPECT_EQ(plan_as_recorded(grid_of("seeds: 1..3\n"), store_).auto_precision, here);
}

TEST_F(AutoPrecision, IsReadFromTheRecordsOfThisGridAlone) {
  begin(grid_of(), elsewhere);
  make_writable_folder(store_.root() / "sweeps/another-12345678");
  write_atomically(store_.root() / "sweeps/another-12345678/precision.json", "{\"auto\": ");
  EXPECT_EQ(plan_as_recorded(grid_of(), store_).auto_precision, elsewhere);
  const std::string folder = grid::plan_sweep(grid_of(), elsewhere).folder_name();
  write_atomically(store_.root() / "sweeps" / folder / "precision.json", "{\"auto\": \"fp8\", \"grid\": \"study\"}");
  EXPECT_THROW(plan_as_recorded(grid_of(), store_), Error);
}

// Version 0.1.0 recorded nothing.
TEST_F(AutoPrecision, IsWhatThisMachineComputesInAStoreOfAnEarlierVersion) {
  const grid::Sweep sweep = grid::plan_sweep(grid_of());
  finish(store_, sweep.cells[0], sweep.cells[0].runs[0], 0);
  make_writable_folder(store_.root() / "sweeps" / sweep.folder_name());
  EXPECT_EQ(plan_as_recorded(grid_of(), store_).cells[0].runs[0].id, sweep.cells[0].runs[0].id);
  for (const std::string entries : {"", "gpus: 1\n", "precision: bf16\n", "precision: fp32\n"}) {
    EXPECT_EQ(plan_for_cluster(grid_of(), store_, profile(entries)).cells[0].id, sweep.cells[0].id) << entries;
  }
}

TEST_F(AutoPrecision, IsWhatTheProfileSaysForACluster) {
  const auto submitted = [&](const std::string& entries, const std::string& text = "") {
    return plan_for_cluster(grid_of(text), store_, profile(entries)).cells[0].setting("train.precision");
  };
  EXPECT_EQ(submitted("gpus: 1\n"), "bf16");
  EXPECT_EQ(submitted("precision: bf16\n"), "bf16");
  EXPECT_EQ(submitted("precision: fp32\n"), "fp32");
  EXPECT_EQ(submitted("gpus: 1\nprecision: fp32\n"), "fp32");
  EXPECT_EQ(submitted("", "run: {device: cuda}\n"), "bf16");
  EXPECT_EQ(submitted("", "train.precision: fp64\n"), "fp64");
}

TEST_F(AutoPrecision, IsRefusedForAClusterOnlyWhereTheProfileDoesNotSayIt) {
  const auto refusal = [&](const std::string& entries, const std::string& text) -> std::string {
    try {
      plan_for_cluster(grid_of(text), store_, profile(entries));
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::usage);
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("", ""), HasSubstr("write precision: bf16 or precision: fp32 into the profile"));
  EXPECT_THAT(refusal("gpus: 1\n", "run: {device: cpu}\n"), HasSubstr("train.precision"));
  begin(grid_of(), "fp32");
  EXPECT_EQ(refusal("", ""), "accepted");
}

TEST_F(AutoPrecision, IsNotRecordedWhereNoCellAsksForIt) {
  begin(grid_of("train.precision: fp32\n"), here);
  const grid::Sweep sweep = plan_as_recorded(grid_of("train.precision: fp32\n"), store_);
  EXPECT_FALSE(std::filesystem::exists(store_.root() / "sweeps" / sweep.folder_name() / "precision.json"));
}

}  // namespace
}  // namespace pbn::commands
