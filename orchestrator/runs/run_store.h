// A store of runs, addressed by their identity: DIR/runs/ab/<first 12 digits of the id>/. There is no database: the
// state of a run is derived from its files (runs/run_state.h, docs/file-formats.md). All sweeps of a store share runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/runs/result.h"

namespace pbn::runs {

class RunStore {
 public:
  explicit RunStore(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path sweeps() const { return root_ / "sweeps"; }  // a folder for each recorded sweep, by its name
  std::filesystem::path programs() const { return sweeps() / "programs"; }  // of external workers (program_copy.h)
  std::filesystem::path folder(const std::string& run) const;               // run: 64 digits, or their first 12

  // Validate and read the run's result.json (runs/result.h).
  ResultVerdict verdict(const std::string& run) const { return judge_result(folder(run), run); }
  bool has_result(const std::string& run) const { return verdict(run).is_whole(); }
  std::optional<Result> result(const std::string& run) const { return read_result(folder(run), run).result; }

  // tests/<protocol>/result.json of a completed run. Absent unless it was made with the run's current weights.
  FoundResult test(const std::string& run, const std::string& protocol) const;
  std::optional<Result> test_result(const std::string& run, const std::string& protocol) const {
    return test(run, protocol).result;
  }

  // The folder with a completed run's figures and predictions under a protocol (config/test_protocol.h): the run's
  // folder if its training ended with this test, otherwise tests/<protocol>. Nothing if the test was never done.
  std::optional<std::filesystem::path> tested(const std::string& run, const std::string& protocol) const;
  std::filesystem::path test_folder(const std::string& run, const std::string& protocol) const;
  std::vector<std::string> tests(const std::string& run) const;  // the protocols that have folders, sorted

 private:
  std::filesystem::path root_;
};

// Whether each of these runs has a folder; false for empty ids. For many runs it lists the parent folders instead of
// querying each run, because shared file systems are slow: 256 requests instead of 100,000.
std::vector<bool> have_folders(const RunStore& store, const std::vector<std::string>& runs);

}  // namespace pbn::runs
