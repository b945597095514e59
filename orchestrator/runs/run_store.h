// Where runs live, known by their content: DIR/runs/ab/<first 12 digits of the id>/. There is no database; what state a
// run is in is read off its files (runs/run_state.h, docs/file-formats.md). Runs are shared by all sweeps of a store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/runs/result.h"

namespace pbn {

class RunStore {
 public:
  explicit RunStore(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path folder(const std::string& run) const;  // run: 64 digits, or their first 12

  // Its result.json (runs/result.h): what it is worth, and what it says when it is whole.
  ResultVerdict verdict(const std::string& run) const { return judge_result(folder(run), run); }
  bool has_result(const std::string& run) const { return verdict(run).is_whole(); }
  std::optional<Result> result(const std::string& run) const { return read_result(folder(run), run).result; }

  // tests/<protocol>/result.json of a finished run, when it was made with the run's present weights; absent else.
  FoundResult test(const std::string& run, const std::string& protocol) const;
  std::optional<Result> test_result(const std::string& run, const std::string& protocol) const {
    return test(run, protocol).result;
  }

  // The folder with the figures and predictions of a finished run under this protocol (config/test_protocol.h): the
  // run's own where its training ended with that very test, else tests/<protocol>. Nothing where it was never tested
  // so.
  std::optional<std::filesystem::path> tested(const std::string& run, const std::string& protocol) const;
  std::filesystem::path test_folder(const std::string& run, const std::string& protocol) const;
  std::vector<std::string> tests(const std::string& run) const;  // the protocols that have a folder, sorted

 private:
  std::filesystem::path root_;
};

// Whether each of these runs has a folder. Of many runs the folders are listed and not asked for one by one, which a
// shared file system would answer slowly: 256 requests instead of 100,000. Empty ids have none.
std::vector<bool> have_folders(const RunStore& store, const std::vector<std::string>& runs);

}  // namespace pbn
