// What every rank does, for all to see, in files of the run's folder: what ranks can still ask when they no longer
// answer each other by MPI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pbn {

enum class Doing { starting, training, validating, saving, writing_result };

// The last that a rank told of itself.
struct Activity {
  std::string host;
  std::int64_t process = 0;  // 0: it has told nothing
  std::int64_t beats = 0;    // raised by a thread of its own, whatever training does
  std::int64_t moves = 0;    // raised whenever it did anything
  Doing doing = Doing::starting;
  std::int64_t epoch = 0, step = 0;  // the last step that it finished, 1-based; 0: none yet
  std::int64_t sums = 0;             // sums over the ranks, such as gradient buckets, that it has asked for since then
  bool waits = false;                // for the others, to finish these
};

// DIR/activity/RANK, one small file per rank, which it has mapped into memory: telling costs nothing, and what was told
// outlives the process. Readers open the files afresh, which on NFS is what shows other hosts' changes.
class ActivityBoard {
 public:
  // Throws environment errors, also when the disk has no room: writing to a mapped file there would be fatal.
  ActivityBoard(const std::filesystem::path& run_folder, int rank, int ranks, const std::string& name = "activity");
  ~ActivityBoard();  // removes this rank's file
  ActivityBoard(const ActivityBoard&) = delete;
  ActivityBoard& operator=(const ActivityBoard&) = delete;

  void does(Doing what);
  void finished_step(int epoch, std::int64_t step);
  void asked_for_sum();
  void waits(bool for_others);
  void moved();  // anything else that is progress
  void beat();   // and shows other hosts what this one told

  std::int64_t moves() const;          // of this rank
  std::vector<Activity> read() const;  // of all; of a rank that has told nothing an empty one
  int rank() const { return rank_; }

 private:
  struct Record;
  std::filesystem::path folder_;
  int rank_, ranks_;
  Record* own_;  // mapped
};

}  // namespace pbn
