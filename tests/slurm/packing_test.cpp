// How runs are packed into the elements of job arrays.
#include "orchestrator/slurm/packing.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/files.h"
#include "orchestrator/slurm/chunks.h"
#include "orchestrator/slurm/job_size.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr int any_places = std::numeric_limits<int>::max();

class PackedRuns : public ::testing::Test {
 protected:
  static grid::Sweep sweep(int seeds, const std::string& worker = "{command: [work]}") {
    return grid::plan_sweep(grid::parse_grid(
        fmt::format("name: study\nmetric: value\nseeds: 1..{}\nworker: {}\ncells: [{{settings.kind: [a, b]}}]\n", seeds,
                    worker),
        "grid.yaml"));
  }

  // A finished run of this cell that took so long.
  void finish(const grid::Cell& cell, double seconds) const {
    const grid::Run& run = cell.runs.back();
    make_writable_folder(store_.folder(run.id));
    write_json(store_.folder(run.id) / "result.json",
               {{"run", run.id}, {"outcome", {{"figures", {{"value", 1}}}}}, {"measured", {{"seconds", seconds}}}});
  }

  MissingRuns packed(const grid::Sweep& sweep, const std::string& profile, int largest_chunk = 1001,
                     int places = any_places) const {
    return missing_runs(sweep, store_, {}, largest_chunk, places,
                        Packing(parse_slurm_profile(profile, "cluster.yaml"), sweep, store_));
  }

  static std::vector<std::vector<int>> sizes_of_elements(const MissingRuns& missing) {
    std::vector<std::vector<int>> sizes;
    for (const SlurmChunk& chunk : missing.chunks) {
      auto& of_chunk = sizes.emplace_back();
      for (const auto& element : chunk.elements) of_chunk.push_back(static_cast<int>(element.size()));
    }
    return sizes;
  }

  const TemporaryFolder folder_;
  const runs::RunStore store_{folder_.path()};
};

TEST_F(PackedRuns, FillOneElementAfterTheOther) {
  const MissingRuns missing = packed(sweep(5), "time: 60\narray: {runs_per_element: 4}\n");
  EXPECT_THAT(sizes_of_elements(missing), ElementsAre(ElementsAre(4, 4, 2)));
  EXPECT_EQ(missing.chunks[0].size(), "10 runs in 3 elements, 1 at a time in each");
  EXPECT_EQ(packed(sweep(5), "time: 60\n").chunks[0].size(), "10 runs");
}

TEST_F(PackedRuns, AreAsManySideBySideAsFitOnANode) {
  const auto side_by_side = [&](const std::string& profile, const std::string& worker = "{command: [work]}") {
    return packed(sweep(5, worker), "time: 60\narray: {runs_per_element: 8}\n" + profile).chunks[0].side_by_side;
  };
  EXPECT_EQ(side_by_side(""), 1) << "the size of a node is unknown";
  EXPECT_EQ(side_by_side("node: {cpus: 16}\ncpus: 3\n"), 5);
  EXPECT_EQ(side_by_side("node: {cpus: 64}\n"), 8) << "more are not in an element";
  EXPECT_EQ(side_by_side("node: {cpus: 64, gpus: 4}\ngpus: 1\n"), 4);
  EXPECT_EQ(side_by_side("node: {cpus: 64, gpus: 4}\ngpus: 1\n", "{command: [work], ranks: 2}"), 2);
  EXPECT_EQ(side_by_side("node: {cpus: 64, memory: 20G}\nmemory: 6G\n"), 3);
  EXPECT_EQ(side_by_side("node: {cpus: 2}\ncpus: 4\n"), 1) << "the cluster refuses it, in its own words";
  EXPECT_EQ(side_by_side("node: {cpus: 64}\nnodes: 2\n"), 1) << "each run needs several nodes";
  EXPECT_EQ(packed(sweep(5), "time: 60\narray: {runs_per_element: 8, parallel: 3}\nnode: {cpus: 64}\n")
                .chunks[0]
                .side_by_side,
            3);
}

TEST_F(PackedRuns, ASmallSweepAsksForNoMoreRoomThanItNeeds) {
  const MissingRuns missing = packed(sweep(1), "time: 60\narray: {runs_per_element: 8}\nnode: {cpus: 64}\n");
  EXPECT_EQ(missing.chunks[0].side_by_side, 2);
}

TEST_F(PackedRuns, ArraysAndPlacesCountElements) {
  const std::string profile = "time: 60\narray: {runs_per_element: 3}\n";
  EXPECT_THAT(sizes_of_elements(packed(sweep(5), profile, 2)), ElementsAre(ElementsAre(3, 3), ElementsAre(3, 1)));
  const MissingRuns missing = packed(sweep(5), profile, 1001, 2);
  EXPECT_THAT(sizes_of_elements(missing), ElementsAre(ElementsAre(3, 3)));
  EXPECT_EQ(missing.waiting, 4);
}

TEST_F(PackedRuns, AutoFillsFourFifthsOfTheTimeLimit) {
  const grid::Sweep study = sweep(6);
  const std::string profile = "time: 62\nseconds_to_save: 120\narray: {runs_per_element: auto}\nnode: {cpus: 2}\n";
  EXPECT_THAT(sizes_of_elements(packed(study, profile)), ElementsAre(ElementsAre(2, 2, 2, 2, 2, 2)))
      << "of unknown length: no run waits for another";
  finish(study.cells[0], 900);
  finish(study.cells[1], 900);
  // 48 of 60 minutes, of 15 each, on two places
  EXPECT_THAT(sizes_of_elements(packed(study, profile)), ElementsAre(ElementsAre(6, 4)));
}

TEST_F(PackedRuns, AutoGivesALongRunAPlaceOfItsOwn) {
  const grid::Sweep study = sweep(3);
  finish(study.cells[0], 90000);
  finish(study.cells[1], 600);
  const std::string profile = "time: 1:00:00\narray: {runs_per_element: auto}\nnode: {cpus: 1}\n";
  EXPECT_THAT(sizes_of_elements(packed(study, profile)), ElementsAre(ElementsAre(1, 1, 2)));
}

TEST(TimeLimit, HasTheFormsOfSbatch) {
  EXPECT_THAT(seconds_of("90"), Optional(5400));
  EXPECT_THAT(seconds_of("90:30"), Optional(5430));
  EXPECT_THAT(seconds_of("12:00:00"), Optional(43200));
  EXPECT_THAT(seconds_of("1-12"), Optional(129600));
  EXPECT_THAT(seconds_of("1-12:30"), Optional(131400));
  EXPECT_THAT(seconds_of("1-12:30:05"), Optional(131405));
  EXPECT_EQ(seconds_of("auto"), std::nullopt);
}

}  // namespace
}  // namespace pbn::slurm
