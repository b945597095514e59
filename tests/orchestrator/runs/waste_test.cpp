// Where the time went, of stores with known attempts.
#include "orchestrator/runs/waste.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/waste_text.h"
#include "tests/orchestrator/store_example.h"

namespace pbn::runs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// 2026-01-01, in UTC
std::string at(const std::string& clock) { return "2026-01-01T" + clock + ":00Z"; }

class WastedTime : public testing::Test {
 protected:
  // Two processes of pbn may work for the runs; both cells hold 2 ranks of 3 threads.
  void attempt(const std::string& run, int number, const std::string& began, const std::string& ended, int code,
               const Json& meta = {{"pid", 1}}, const std::string& reason = "") {
    const std::string folder = fmt::format("attempts/{:04}/", number);
    Json all = {{"host", "node7"}, {"boot", "b"}, {"pid_started", 1}, {"began", at(began)}};
    all.update(meta);
    example_.write(run, folder + "meta.json", all.dump());
    example_.write(run, folder + "exit.json", Json({{"code", code}, {"reason", reason}, {"ended", at(ended)}}).dump());
    example_.write(run, "config.json", R"({"run": {"ranks": 2, "threads": 3, "device": "cpu"}})");
  }

  SweepWaste waste(const SubmitTimes& submitted = {}) const {
    return waste_of(example_.store(), {"sweep", {{"one", {{1, a_}, {2, b_}}}, {"other", {{1, c_}}}}}, submitted);
  }

  StoreExample example_;
  const std::string a_ = example_.id(1), b_ = example_.id(2), c_ = example_.id(3);
};

TEST_F(WastedTime, AnAttemptThatFailedOrWasKilledIsLost) {
  attempt(a_, 1, "10:00", "11:00", 70);
  attempt(a_, 2, "11:00", "13:00", 0);
  example_.write(a_, "result.json", example_.result_of(a_).dump());
  attempt(b_, 1, "10:00", "10:30", 75);  // has saved itself
  attempt(b_, 2, "11:00", "11:30", 75, {{"pid", 1}}, std::string("was interrupted ") + not_saved + "; killed");
  attempt(b_, 3, "12:00", "12:00", 0);
  std::filesystem::remove(example_.folder(b_) / "attempts/0003/exit.json");  // killed after 180 beats
  example_.write(b_, "attempts/0003/heartbeat", "000000000180\n");
  std::filesystem::last_write_time(example_.folder(b_) / "attempts/0003/heartbeat",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const Waste all = waste().all;
  EXPECT_EQ(all.attempts, 5);
  EXPECT_EQ(all.lost_attempts, 3);
  EXPECT_DOUBLE_EQ(all.used->cores, 6 * (1 + 2 + 0.5 + 0.5 + 0.5));
  EXPECT_DOUBLE_EQ(all.lost->cores, 6 * (1 + 0.5 + 0.5));
  EXPECT_EQ(all.used->gpus, 0);
}

TEST_F(WastedTime, WaitingIsWhatTheWorkersReport) {
  attempt(a_, 1, "10:00", "13:00", 0);
  for (const int epoch : {1, 2}) {
    example_.write(a_, "metrics.jsonl",
                   read_file_if_there(example_.folder(a_) / "metrics.jsonl").value_or("") +
                       Json({{"kind", "epoch"},
                             {"epoch", epoch},
                             {"seconds_waiting_for_data", 900},
                             {"seconds_waiting_for_ranks", 360},
                             {"checkpoint_stall_ms", 18000}})
                           .dump() +
                       "\n");
  }
  const SweepWaste found = waste();
  EXPECT_DOUBLE_EQ(found.cells[0].for_data->cores, 6 * 0.5);
  EXPECT_DOUBLE_EQ(found.cells[0].for_ranks->cores, 6 * 0.2);
  EXPECT_DOUBLE_EQ(found.cells[0].for_checkpoints->cores, 6 * 0.01);
  EXPECT_FALSE(found.cells[1].for_data) << "nothing is known of a cell that has not begun";
  EXPECT_EQ(in_words(found.all),
            "18 core-hours in 1 attempt: 3 (17%) waiting for data, 1.2 (6.7%) waiting for ranks, 0.06 (0.33%) waiting "
            "for checkpoints");
}

TEST_F(WastedTime, TheSumOfTheWaitsForCheckpointsCountsWhereItIsReported) {
  attempt(a_, 1, "10:00", "13:00", 0);
  const Json older = {{"kind", "epoch"}, {"checkpoint_stall_ms", 18000}},
             newer = {{"kind", "epoch"}, {"checkpoint_stall_ms", 18000}, {"seconds_waiting_for_checkpoints", 54}};
  example_.write(a_, "metrics.jsonl", older.dump() + "\n" + newer.dump() + "\n");
  EXPECT_DOUBLE_EQ(waste().all.for_checkpoints->cores, 6 * 0.02);
}

TEST_F(WastedTime, IsCountedInGpusWhereRunsHoldThem) {
  attempt(a_, 1, "10:00", "12:00", 0);
  attempt(b_, 1, "12:00", "13:00", 70);
  for (const std::string& run : {a_, b_}) example_.write(run, "config.json", R"({"run": {"ranks": 2, "threads": 3}})");
  Json result = example_.result_of(a_);
  result["measured"]["device"] = "NVIDIA H200 (GPU-0123)";
  example_.write(a_, "result.json", result.dump());
  example_.write(a_, "metrics.jsonl", "{\"seconds_waiting_for_data\": 360, \"seconds_waiting_for_ranks\": 0}\n");
  const Waste all = waste().all;
  EXPECT_EQ(all.used->cores, 0);
  EXPECT_DOUBLE_EQ(all.used->gpus, 6);
  EXPECT_DOUBLE_EQ(all.lost->gpus, 2) << "a run without a result is where others of its cell are";
  EXPECT_DOUBLE_EQ(all.for_data->gpus, 0.2);
  EXPECT_FALSE(all.for_ranks) << "a recorded step does not measure it";
}

TEST_F(WastedTime, TheQueueIsLeftAtTheBeginOfAnAttempt) {
  const Json job = {{"pid", 1}, {"executor", "slurm"}, {"slurm_job", "7_0"}};
  attempt(a_, 1, "10:00", "10:30", 75, job);
  attempt(a_, 2, "11:30", "12:00", 0, job);  // requeued
  attempt(b_, 1, "10:00", "10:30", 0, job);  // nobody knows when it was submitted
  EXPECT_DOUBLE_EQ(*waste({{a_, at("09:00")}}).all.in_queue, 1 + 1);
  EXPECT_DOUBLE_EQ(*waste().all.in_queue, 1);
  EXPECT_THAT(in_words(waste({{a_, at("09:00")}}).all), HasSubstr("; 2 h 00 min in the queue"));
}

TEST_F(WastedTime, IsIdleWhereAProcessHasFewerRunsThanAtAnotherTime) {
  attempt(a_, 1, "10:00", "11:00", 0);
  attempt(b_, 1, "10:00", "10:30", 0);
  attempt(c_, 1, "10:00", "10:10", 0, {{"pid", 2}});  // the only run of another process
  const SweepWaste found = waste();
  EXPECT_DOUBLE_EQ(found.all.idle->cores, 6 * 0.5);
  EXPECT_FALSE(found.cells[0].idle);
}

TEST_F(WastedTime, IsLeftOutWhereItIsNotKnown) {
  EXPECT_EQ(in_words(waste().all), "");
  EXPECT_TRUE(waste_table(waste(), {"one", "other"}).rows.empty());
  attempt(a_, 1, "10:00", "11:00", 0);
  EXPECT_EQ(to_json(waste().all), Json({{"attempts", 1},
                                        {"lost_attempts", 0},
                                        {"used", {{"core_hours", 6.0}, {"gpu_hours", 0.0}}},
                                        {"lost", {{"core_hours", 0.0}, {"gpu_hours", 0.0}}}}));
  const Table table = waste_table(waste(), {"one", "other"});
  EXPECT_THAT(table.columns, ElementsAre("cell", "attempts", "used", "lost"));
  EXPECT_THAT(table.rows[1], ElementsAre("one", "1", "6 core-hours", "0"));
  EXPECT_THAT(table.rows[2], ElementsAre("other", "0", "–", "–"));
}

}  // namespace
}  // namespace pbn::runs
