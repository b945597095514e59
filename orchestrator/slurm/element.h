// An element of a job array performs one run. Its parameters are a line of the array's list runs.jsonl, so that no
// shell interprets them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::slurm {

struct SlurmElement {
  std::string run;                  // 64 digits
  std::string name;                 // for messages: "pbn D1, seed 2"
  std::string store;                // absolute path
  Json config;                      // the content of the run's config.json
  std::vector<std::string> worker;  // command of an external worker, or all words of a script; empty: pbn_worker
  int retries = 0;                  // of a failed run
  int attempts_before = 0;          // attempts that the run had at submission
  int seconds_to_save = 30;         // that the worker gets to save its state
};

// Writes runs.jsonl of an array: line i is for element i.
void write_elements(const std::filesystem::path& list, const std::vector<SlurmElement>& elements);

// Throws a data error if the list is damaged, a usage error if it has no such element.
SlurmElement read_element(const std::filesystem::path& list, int index);

// Makes an attempt at the element's run (run_attempt.h) and returns the exit code of the batch script. `launcher`
// starts the worker; empty starts it as one process. If the run saved its state, or failed and may be retried, this
// element is requeued, which ends the script at once; if Slurm refuses that, the run is submitted again as an array of
// one.
int work_on_element(const std::filesystem::path& list, int index, const std::vector<std::string>& launcher);

}  // namespace pbn::slurm
