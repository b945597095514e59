// A store as workers and owners leave it, without grids and data: runs in any state, and a sweep that names them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"
#include "tests/temporary_folder.h"

namespace pbn {

class StoreExample {
 public:
  const runs::RunStore& store() const { return store_; }
  std::filesystem::path folder(const std::string& run) const { return store_.folder(run); }
  std::filesystem::path root() const { return store_.root(); }

  static std::string id(int number);  // 64 digits, other ones for other numbers

  // sweeps/NAME/cells.jsonl with one cell "cell 1" of these runs, seeds 1, 2, ...
  void record(const std::string& sweep, const std::vector<std::string>& runs) const;

  // result.json and everything else that a finished run leaves. Its figures follow from `loss`.
  void complete(const std::string& run, double loss = 0.5) const;
  Json result_of(const std::string& run, double loss = 0.5) const;

  // attempts/0001 of an owner on another machine; with an exit code, if one is given.
  void attempt(const std::string& run, std::optional<int> code = {}, const std::string& reason = "") const;

  void write(const std::string& run, const std::string& file, const std::string& content) const;

 private:
  TemporaryFolder folder_;
  runs::RunStore store_{folder_.path() / "the store"};
};

}  // namespace pbn
