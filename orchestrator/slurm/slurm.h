// Slurm, asked through its own commands, each started without a shell. Needs no accounting. What Slurm says is a hint;
// what a run's folder holds is the truth.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pbn {

// A job, or one element of a job array, as squeue knows it.
struct QueueElement {
  std::string job;    // the array's number, whichever element it is
  int index = 0;      // in the array; 0 for a job that is none
  std::string state;  // "PENDING", "RUNNING", ...
  std::string reason;
  std::string name;  // of the job

  bool is_live() const;  // waits, runs or is just ending
  bool is_held() const;  // Slurm could not start it and waits for somebody to release it
  std::string id() const;
};

class Slurm {
 public:
  Slurm();  // throws an environment error when Slurm's commands are not in PATH

  // One more than the highest index of an element (MaxArraySize).
  int largest_array() const;

  // All that Slurm remembers of this user's jobs, in one query. While the controller does not answer it is asked again,
  // less and less often; after a minute that is an environment error.
  std::vector<QueueElement> queue() const;

  struct Answer {
    std::string job;        // its number; empty when it was not taken, or nobody knows
    std::string complaint;  // what sbatch said, fit to be shown
    bool is_passing;        // trouble that another try may not meet: then it may even have been taken
    bool is_taken;          // sbatch was content
  };
  // `inherited` stays open in sbatch: the lock that keeps others from submitting meanwhile.
  Answer submit(const std::vector<std::string>& options, const std::filesystem::path& script, int inherited) const;

  // Element ids such as "17_3". Those that are not there any more are passed over.
  void cancel(const std::vector<std::string>& elements) const;
  void release(const std::string& element) const;

  // Queues this element again, and only it, ending what runs in it at once: the last thing that it does. False where
  // Slurm refuses.
  bool requeue(const std::string& element) const;

  // "RUNNING"; nothing when Slurm does not know it.
  std::optional<std::string> state(const std::string& element) const;
};

// The job's number in what a contented sbatch printed: 123, 123;cluster, or "Submitted batch job 123", on a line of its
// own. Sites print greetings and accounts before and after it. Empty where there is none, or where lines disagree.
std::string job_number_in(const std::string& said);

// "17_3" of the element that we run in; nothing outside a job array.
std::optional<std::string> own_slurm_element();

}  // namespace pbn
