// What every rank is doing, in files of the run's folder: ranks can still read them when they no longer answer each
// other through MPI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbn::worker {

enum class RankPhase { starting, training, validating, saving, writing_result };

// The last report of a rank.
struct Activity {
  std::string host;
  std::int64_t process = 0;   // 0: the rank has not reported yet
  std::int64_t beats = 0;     // increased by a thread of its own, even when training makes no progress
  std::int64_t progress = 0;  // increased whenever the rank has done anything
  RankPhase phase = RankPhase::starting;
  std::int64_t epoch = 0, step = 0;  // the last finished step, 1-based; 0: none yet
  std::int64_t sums = 0;             // sums over the ranks, such as gradient buckets, requested since that step
  bool is_waiting = false;           // for the other ranks, to finish these sums
};

// DIR/activity/RANK: a small file for each rank, mapped into the rank's memory. Reporting costs nothing, and the last
// report outlives the process. Readers open the files again each time, which on NFS shows the changes of other hosts.
class ActivityBoard {
 public:
  // Throws environment errors, also when the disk is full: a write to an unallocated page would kill the process.
  ActivityBoard(const std::filesystem::path& run_folder, int rank, int ranks, const std::string& name = "activity");
  ~ActivityBoard();  // removes this rank's file
  ActivityBoard(const ActivityBoard&) = delete;
  ActivityBoard& operator=(const ActivityBoard&) = delete;

  void enter(RankPhase phase);
  void finished_step(int epoch, std::int64_t step);
  void requested_sum();
  void set_waiting(bool for_others);
  void made_progress();  // of any other kind
  void beat();           // and makes this rank's reports visible to other hosts

  std::int64_t progress() const;       // of this rank
  std::vector<Activity> read() const;  // of all ranks; default values for a rank that has not reported
  int rank() const { return rank_; }

 private:
  struct Record;
  std::filesystem::path folder_;
  int rank_, ranks_;
  Record* own_;  // mapped
};

}  // namespace pbn::worker
