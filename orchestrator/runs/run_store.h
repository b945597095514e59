// Where runs live, known by their content: DIR/runs/ab/<first 12 digits of the id>/. There is no database; what state a
// run is in is read off its files (runs/run_state.h, docs/file-formats.md). Runs are shared by all sweeps of a store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

class RunStore {
 public:
  explicit RunStore(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path folder(const std::string& run) const;  // run: 64 digits, or their first 12

  // result.json when it is there, whole, and of this very run.
  std::optional<Json> result(const std::string& run) const;

  // Whether result() would find one, for looking at many runs: reads the file, but does not take it apart.
  bool has_result(const std::string& run) const;

  // tests/<protocol>/result.json of a finished run, when it is whole and was made with the run's present weights.
  std::optional<Json> test_result(const std::string& run, const std::string& protocol) const;

  // The folder with the figures and predictions of a finished run under this protocol (config/test_protocol.h): the
  // run's own where its training ended with that very test, else tests/<protocol>. Nothing where it was never tested
  // so.
  std::optional<std::filesystem::path> tested(const std::string& run, const std::string& protocol) const;
  std::filesystem::path test_folder(const std::string& run, const std::string& protocol) const;
  std::vector<std::string> tests(const std::string& run) const;  // the protocols that have a folder, sorted

 private:
  std::filesystem::path root_;
};

}  // namespace pbn
