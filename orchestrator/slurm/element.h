// An element of a job array performs a list of runs: one, or several that are packed (packing.h). Their parameters are
// a line of the array's list runs.jsonl, so that no shell interprets them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/slurm/second_chance.h"

namespace pbn::slurm {

struct SlurmRun {
  std::string run;                  // 64 digits
  std::string name;                 // for messages: "pbn D1, seed 2"
  std::string store;                // absolute path
  Json config;                      // the content of the run's config.json
  std::vector<std::string> worker;  // command of an external worker, or all words of a script; empty: pbn_worker
  int retries = 0;                  // of a failed run
  int attempts_before = 0;          // attempts that the run had at submission
  int seconds_to_save = 30;         // that the worker gets to save its state
};

struct SlurmElement {
  std::vector<SlurmRun> runs;  // in the order in which they begin
  int side_by_side = 1;        // runs at a time, for which the job has processors, GPUs and memory
};

// Writes runs.jsonl of an array: line i is for element i, {"runs": [{"run", ...}, ...], "side_by_side"}; for an element
// of one run just {"run", ...}, as in earlier versions.
void write_elements(const std::filesystem::path& list, const std::vector<SlurmElement>& elements);

// Throws a data error if the list is damaged, a usage error if it has no such element.
SlurmElement read_element(const std::filesystem::path& list, int index);

// Whether the run has failed more often since its submission than it may, was refused for its configuration or data, or
// lacked memory or time: its element leaves it out when it is started again.
bool has_failed_for_good(const SlurmRun& run);

// Makes an attempt at each of the element's runs (attempt_list.h) and returns the exit code of the batch script: that
// of the first worker that failed, else 75 if runs are left, else 0. `launcher` starts a worker; empty starts it as one
// process. If runs saved their state, have not begun, or failed and may be retried, this element is requeued once the
// others have ended, which ends the script at once; if Slurm refuses that, it is submitted again as an array of one.
// Started again, it performs the runs that are not done, without those that have failed for good,
// unless it has no others. A run that lacked memory or time is submitted again alone, with more of it but at `most` so
// much (second_chance.h).
int work_on_element(const std::filesystem::path& list, int index, const std::vector<std::string>& launcher,
                    const MostGiven& most = {});

}  // namespace pbn::slurm
