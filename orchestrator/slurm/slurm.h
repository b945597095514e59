// Slurm through its command-line programs, started without a shell. Works without accounting. Slurm's answers are
// hints; the files in a run's folder decide.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pbn::slurm {

// A job, or one element of a job array, in the output of squeue.
struct QueueElement {
  std::string job;    // the number of the job or of the whole array
  int index = 0;      // in the array; 0 for a job that is not an array
  std::string state;  // "PENDING", "RUNNING", ...
  std::string reason;
  std::string name;  // of the job

  bool is_live() const;  // waiting, running or ending
  bool is_held() const;  // Slurm failed to start it and waits for a release
  std::string id() const;
};

class Slurm {
 public:
  Slurm();  // throws an environment error when Slurm's commands are not in PATH

  // The largest number of elements in an array (MaxArraySize).
  int largest_array() const;

  // All jobs of this user that Slurm remembers. Repeats the query at growing intervals while the controller does not
  // answer; throws an environment error after a minute.
  std::vector<QueueElement> queue() const;

  struct Submitted {
    std::string job;    // the job's number; empty if it was refused or is unknown
    std::string error;  // the output of sbatch, fit to be shown
    bool is_temporary;  // another try may succeed; the job may even have been accepted
    bool is_accepted;   // sbatch succeeded
  };
  // `inherited` stays open in sbatch: the lock that keeps other processes from submitting meanwhile.
  Submitted submit(const std::vector<std::string>& options, const std::filesystem::path& script, int inherited) const;

  // Takes element ids such as "17_3" and ignores elements that no longer exist.
  void cancel(const std::vector<std::string>& elements) const;
  void release(const std::string& element) const;

  // Queues one element again. Slurm kills the element's processes at once, so an element calls this last for itself.
  // False if Slurm refuses.
  bool requeue(const std::string& element) const;

  // The array elements that ended badly, perhaps because they lacked memory or time, by id.
  struct EndedElement {
    std::string state;   // "OUT_OF_MEMORY", "TIMEOUT" or "FAILED"
    std::string time;    // its limit: "1:00:00"
    int memory_mib = 0;  // on a node; 0: unknown
  };
  std::map<std::string, EndedElement> ended_badly() const;

  // The time limit of an element and what is left of it, as squeue prints them ("1:00:00"); empty if unknown.
  std::pair<std::string, std::string> time_limit(const std::string& element) const;

  // The state of an element, such as "RUNNING"; nothing if Slurm does not know the element.
  std::optional<std::string> state(const std::string& element) const;
};

// Questions for a dry run and before a submission. Each asks once and waits for seconds at most, since there may be no
// Slurm here, or one that does not answer.
std::optional<int> largest_array_if_known();  // MaxArraySize
std::string list_of_mpi_flavours();           // of srun --mpi=list; empty: unknown

// The job's number in the output of a successful sbatch: a line 123, 123;cluster, or "Submitted batch job 123". A site
// may print other lines before and after it. Empty if no line has a number, or if lines contradict each other.
std::string job_number_in(const std::string& output);

// The id of the array element that this process runs in, "17_3"; nothing outside of a job array.
std::optional<std::string> own_slurm_element();

}  // namespace pbn::slurm
