// A sweep of counting workers (counting_worker.cpp) in a separate folder, run by real processes of pbn.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/process.h"
#include "tests/orchestrator/study.h"

namespace pbn {

class CountingSweep {
 public:
  // `settings` as YAML, {steps: 5, milliseconds: 10}; runs: so many seeds of each cell. The name and the store's folder
  // may be anything.
  CountingSweep(const std::string& settings, int seeds, const std::string& cells = "[{}]",
                const std::string& name = "counting", const std::string& store = "the store");

  std::vector<std::string> command(const std::string& command, std::vector<std::string> more = {}) const;
  std::vector<std::pair<std::string, std::string>> environment() const;

  CommandOutcome run(std::vector<std::string> more = {}) const;
  // pbn run in the background; what it prints goes to `output`.
  ProcessOptions start(std::vector<std::string> more = {}) const;

  std::vector<std::string> runs() const;  // the names of their folders, from the plan
  std::filesystem::path folder(const std::string& run) const;
  std::filesystem::path store() const { return folder_.path() / store_; }
  std::filesystem::path output() const { return folder_.path() / "output"; }

  struct DiaryEntry {
    std::string word, run;
    pid_t process;
    std::string processors;
  };
  std::vector<DiaryEntry> diary() const;
  int count(const std::string& word, const std::string& run = "") const;  // in the diary; of this run, or of all

  int finished() const;  // runs that have a result

  // Of the report: what it says about the results, byte for byte.
  std::string reported_outcome() const;

  // Every run has one valid result; none was worked at by two at once, begun again or finished twice.
  void expect_each_run_once() const;

 private:
  TemporaryFolder folder_;
  std::string store_;
};

}  // namespace pbn
