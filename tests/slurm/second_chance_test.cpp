#include "orchestrator/slurm/second_chance.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/runs/run_state.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum executors::AttemptEnding;

TEST(LackOfMemory, IsToldByTheKillersLines) {
  EXPECT_TRUE(tells_of_lack_of_memory(
      {"step 7",
       "slurmstepd: error: Detected 1 oom_kill event in StepId=17.0. Some of the step tasks have been OOM Killed."}));
  EXPECT_TRUE(tells_of_lack_of_memory({"slurmstepd: error: JOB 17 exceeded memory limit (2 > 1), being killed"}));
  EXPECT_TRUE(tells_of_lack_of_memory({"Out of memory: Killed process 17 (pbn_worker)"}));
  EXPECT_FALSE(tells_of_lack_of_memory({"step 7", "loss 0.1", "there is room"}));
}

TEST(LackOfMemory, IsCountedInTheJobsControlGroups) {
  const TemporaryFolder root;
  const auto write = [&](const std::string& file, const std::string& text) {
    fs::create_directories((root / file).parent_path());
    write_atomically(root / file, text);
  };
  write("groups-2", "0::/system.slice/slurmd.service/job_17/step_batch/user\n");
  write("system.slice/slurmd.service/job_17/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
  write("system.slice/slurmd.service/memory.events", "oom_kill 9\n");
  EXPECT_EQ(kills_for_lack_of_memory(root / "groups-2", root.path()), 2) << "those of the job, not of its surroundings";
  write("groups-1", "3:cpu:/slurm/job_17\n7:memory:/slurm/uid_0/job_17/step_batch\n");
  write("memory/slurm/uid_0/job_17/step_batch/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  EXPECT_EQ(kills_for_lack_of_memory(root / "groups-1", root.path()), 1);
  write("groups-0", "0::/user.slice\n");
  write("memory.events", "oom_kill 5\n");
  EXPECT_EQ(kills_for_lack_of_memory(root / "groups-0", root.path()), 0);
}

class SecondChance : public ::testing::Test {
 protected:
  SecondChance() {
    fs::create_directories(run_ / "attempts/0001");
    write_json(run_ / "attempts/0001/meta.json", {{"began", ""}});
    began(std::chrono::minutes(58));
  }
  void began(std::chrono::minutes ago) const {
    fs::last_write_time(run_ / "attempts/0001/meta.json", fs::file_time_type::clock::now() - ago);
  }

  std::optional<runs::Shortage> after(executors::AttemptEnding ending, int code, bool made_progress = false,
                                      const MostGiven& most = {}, int side_by_side = 1) const {
    return shortage_behind({ending, code, "", made_progress}, run_, given_, most, side_by_side);
  }

  const TemporaryFolder folder_;
  const fs::path run_ = folder_.path();
  JobGiven given_{.memory_mib = 4096, .minutes = 60, .minutes_left = 30, .seconds_to_save = 120, .kills = 0};
};

TEST_F(SecondChance, HalfAsMuchMemoryAgain) {
  given_.kills = 1;
  const auto shortage = after(failed, 137);
  ASSERT_TRUE(shortage);
  EXPECT_EQ(shortage->had, 4096);
  EXPECT_EQ(shortage->next, 6144);
  EXPECT_EQ(after(failed, 137, false, {}, 4)->next, 1536) << "of the share that the run had of a packed element";
  EXPECT_EQ(after(failed, 137, false, {.memory_mib = 5000})->next, 5000);
  EXPECT_EQ(after(failed, 137, false, {.memory_mib = 2000})->next, 4096) << "not less than before";
  EXPECT_FALSE(after(failed, 1));
  given_.kills = 0;
  EXPECT_FALSE(after(failed, 137)) << "nothing names memory";
  write_atomically(run_ / "log", "Out of memory: Killed process 17\n");
  EXPECT_TRUE(after(failed, 137));
}

TEST_F(SecondChance, GrowsToFourTimesTheFirstAmount) {
  given_.kills = 1;
  runs::record_shortage(run_ / "attempts/0001", {runs::Shortage::memory, 1024, 1536});
  given_.memory_mib = 3456;
  EXPECT_EQ(after(failed, 137)->next, 4096);
}

TEST_F(SecondChance, TwiceTheTimeAtTheLimitWithoutACheckpoint) {
  EXPECT_FALSE(after(saved, 75)) << "half an hour was left: a preemption";
  given_.minutes_left = 3;
  EXPECT_FALSE(after(saved, 75, true)) << "a checkpoint: goes on from there";
  EXPECT_EQ(after(saved, 75)->next, 120);
  EXPECT_EQ(after(interrupted, 137)->next, 120);
  EXPECT_EQ(after(interrupted, 137, false, {.minutes = 90})->next, 90);
  EXPECT_FALSE(after(finished, 0));
  began(std::chrono::minutes(10));
  EXPECT_FALSE(after(saved, 75)) << "it began late in a packed element";
}

TEST_F(SecondChance, AlsoAfterSlurmEndedTheWholeJob) {
  EXPECT_EQ(shortage_behind_state("OUT_OF_MEMORY", run_, given_, {}, 1)->next, 6144);
  EXPECT_EQ(shortage_behind_state("TIMEOUT", run_, given_, {}, 1)->next, 120);
  EXPECT_FALSE(shortage_behind_state("NODE_FAIL", run_, given_, {}, 1));
  fs::create_directory(run_ / "ckpt");
  write_atomically(run_ / "ckpt/state.json", "{}");
  fs::last_write_time(run_ / "ckpt/state.json", fs::file_time_type::clock::now() + std::chrono::seconds(1));
  EXPECT_FALSE(shortage_behind_state("TIMEOUT", run_, given_, {}, 1)) << "there is a new checkpoint";
}

TEST_F(SecondChance, IsToldAndAskedOfSlurm) {
  EXPECT_THAT(options_against({}), IsEmpty());
  runs::record_shortage(run_ / "attempts/0001", {runs::Shortage::memory, 4096, 6144});
  fs::create_directories(run_ / "attempts/0002");
  runs::record_shortage(run_ / "attempts/0002", {runs::Shortage::time, 60, 120});
  EXPECT_THAT(options_against(runs::shortages_of_run(run_)), ElementsAre("--mem=6144M", "--time=02:00:00"));
  const Json history = runs::attempt_history(run_, {});
  EXPECT_EQ(history[0]["how"],
            "was killed, or its machine died; 4 GiB of memory were too little, the next attempt gets 6 GiB");
  EXPECT_EQ(
      history[1]["how"],
      "was killed, or its machine died; 1 h 00 min were too little for a checkpoint, the next attempt gets 2 h 00 min");
}

}  // namespace
}  // namespace pbn::slurm
