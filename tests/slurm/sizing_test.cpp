#include "orchestrator/slurm/sizing.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/shortage.h"
#include "orchestrator/slurm/job_size.h"
#include "tests/orchestrator/study.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(JobSize, IsReadInSlurmsForms) {
  EXPECT_EQ(minutes_of("90"), 90);
  EXPECT_EQ(minutes_of("9:45"), 10);
  EXPECT_EQ(minutes_of("12:00:00"), 720);
  EXPECT_EQ(minutes_of("1-12"), 2160);
  EXPECT_EQ(minutes_of("1-00:30:01"), 1471);
  EXPECT_EQ(minutes_of("UNLIMITED"), std::nullopt);
  EXPECT_EQ(time_limit_of(45), "45");
  EXPECT_EQ(time_limit_of(720), "12:00:00");
  EXPECT_EQ(time_limit_of(2160), "1-12:00:00");
}

TEST(JobSize, IsRounded) {
  EXPECT_EQ(rounded_minutes(0.1), 5);
  EXPECT_EQ(rounded_minutes(5.1), 15);
  EXPECT_EQ(rounded_minutes(30), 30);
  EXPECT_EQ(rounded_minutes(31), 60);
  EXPECT_EQ(rounded_minutes(121), 180);
  EXPECT_EQ(rounded_mib(1), 1024);
  EXPECT_EQ(rounded_mib(2049), 3072);
}

// Two cells, of which the first has a run that took an hour and 2000 MiB.
class SizingOf : public ::testing::Test {
 protected:
  SizingOf() {
    const grid::Cell& cell = sweep_.cells[0];
    Json result = result_of(cell, cell.runs[0], 1);
    result["identity"] = {{"train.precision", "fp32"}};
    result["gflop_per_image"] = cell.gflop_per_image;
    result["measured"] = {{"seconds", 3600},
                          {"images_per_second", static_cast<double>(cell.images) / 3600},
                          {"ranks", 1},
                          {"peak_memory_mib", 2000}};
    make_writable_folder(store_.folder(cell.runs[0].id));
    write_json(store_.folder(cell.runs[0].id) / "result.json", result);
  }

  JobNeed need(const std::string& profile, std::size_t cell = 0) const {
    return Sizing(parse_slurm_profile(profile, "cluster.yaml"), sweep_, store_)
        .of(sweep_.cells[cell], sweep_.cells[cell].runs[1]);
  }
  std::string refusal(const std::string& profile, const grid::Sweep& sweep, const runs::RunStore& store) const {
    try {
      Sizing(parse_slurm_profile(profile, "cluster.yaml"), sweep, store).of(sweep.cells[0], sweep.cells[0].runs[0]);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }
  // An attempt at the second run of the first cell that lacked something.
  void lack(const runs::Shortage& shortage) const {
    const fs::path folder = store_.folder(sweep_.cells[0].runs[1].id) / "attempts/0001";
    fs::create_directories(folder);
    runs::record_shortage(folder, shortage);
  }

  const grid::Sweep sweep_ =
      small_sweep("seeds: [1, 2]\ntrain: {precision: fp32}\ncells: [{model.head: [plain, deep]}]\n");
  TemporaryFolder folder_;
  const runs::RunStore store_{folder_.path()};
};

TEST_F(SizingOf, FixedEntriesIsAsTheProfileSays) {
  EXPECT_EQ(need("time: 30\nmemory: 4G\n"), JobNeed());
  const SlurmProfile profile = parse_slurm_profile("time: 30\nmemory: 4G\n", "cluster.yaml");
  EXPECT_EQ(sized(profile, {}).time, "30");
  EXPECT_EQ(sized(profile, {}).memory_mib, 4096);
}

TEST_F(SizingOf, AutoHasAMarginAndRoundNumbers) {
  const JobNeed own = need("time: auto\nmemory: auto\n");
  EXPECT_EQ(own.minutes, 120) << "60 x 1.5 + 5 + 2, rounded";
  EXPECT_EQ(own.memory_mib, 3072) << "2000 x 1.25 + 256, rounded";
  const JobNeed scaled = need("time: auto\nmemory: auto\n", 1);
  EXPECT_GT(scaled.minutes, own.minutes) << "another cell, with more operations and a larger margin";
  EXPECT_EQ(need("time: auto\nmemory: auto\ngpus: 1\n").memory_mib, 8192) << "the measured memory is the GPU's";
}

TEST_F(SizingOf, AutoIsCutAtTheLimits) {
  const JobNeed cut = need("time: auto\nmemory: auto\nlimits: {time: \"1:00:00\", memory: 1G}\n");
  EXPECT_EQ(cut.minutes, 60);
  EXPECT_EQ(cut.memory_mib, 1024);
}

TEST_F(SizingOf, AutoNeedsAMeasurementOrALimit) {
  const TemporaryFolder nothing;
  const runs::RunStore empty(nothing.path());
  EXPECT_THAT(refusal("time: auto\n", sweep_, empty), HasSubstr("pbn try GRID measures it; or write limits"));
  EXPECT_THAT(refusal("time: 10\nmemory: auto\n", sweep_, empty), HasSubstr("nothing is known about the memory of"));
  EXPECT_EQ(refusal("time: auto\nmemory: auto\nlimits: {time: 60, memory: 4G}\n", sweep_, empty), "none");
}

TEST_F(SizingOf, ARunThatLackedSomethingIsRaised) {
  lack({runs::Shortage::memory, 4096, 6144});
  const JobNeed raised = need("time: 30\nmemory: 4G\n");
  EXPECT_TRUE(raised.is_raised);
  EXPECT_EQ(raised.memory_mib, 6144);
  EXPECT_EQ(raised.minutes, 0);
  EXPECT_FALSE(need("time: 30\nmemory: 8G\n").is_raised) << "the profile gives more by now";
  lack({runs::Shortage::time, 30, 60});
  EXPECT_EQ(need("time: 30\n").minutes, 60);
}

TEST_F(SizingOf, RunsThatFollowOneAnotherNeedTimeForEach) {
  const SlurmProfile profile = parse_slurm_profile("time: auto\nlimits: {time: \"12:00:00\"}\n", "cluster.yaml");
  EXPECT_EQ(sized(profile, {.minutes = 120}, 3).time, "06:00:00");
  EXPECT_EQ(sized(profile, {.minutes = 120}, 30).time, "12:00:00");
}

}  // namespace
}  // namespace pbn::slurm
