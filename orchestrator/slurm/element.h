// One element of a job array: what it has to know, in one line of its array's list, and what it does. No shell reads
// any of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

struct SlurmElement {
  std::string run;                  // 64 digits
  std::string name;                 // for people: "pbn D1, seed 2"
  std::filesystem::path store;      // absolute
  Json config;                      // what the run's config.json is to hold
  std::vector<std::string> worker;  // the command of an external worker; empty: the pbn_worker beside this program
  int retries = 0;                  // of a run that fails
  int attempts_before = 0;          // that its folder had when it was handed over
  int seconds_to_save = 30;         // that the run gets when it is asked to save itself
};

// runs.jsonl of an array: line i is for element i.
void write_elements(const std::filesystem::path& list, const std::vector<SlurmElement>& elements);

// Throws a data error when the list is damaged, a usage error when it has no such element.
SlurmElement read_element(const std::filesystem::path& list, int index);

// Attempts this run (run_attempt.h), started by `launcher` (no words: as one process), and gives back the exit code
// of the batch script. A run that saved itself, or failed and may be tried again, is queued again as this element and
// only this, which ends the script at once; where Slurm will not do that it is handed over again as an array of one.
int work_on_element(const std::filesystem::path& list, int index, const std::vector<std::string>& launcher);

}  // namespace pbn
