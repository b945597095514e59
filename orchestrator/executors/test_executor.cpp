#include "orchestrator/executors/test_executor.h"

#include <fmt/format.h>

#include "base/error.h"
#include "config/test_protocol.h"
#include "orchestrator/executors/worker_command.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

class Retesting : public LocalWork {
 public:
  Retesting(const Sweep& sweep, const RunStore& store, const Testing& test)
      : metric_(sweep.metric), store_(store), test_(canonical(test)), protocol_(protocol_name(test)) {}

  bool is_wanted(const Run& run) const override { return store_.has_result(run.id); }
  bool is_done(const Run& run) const override { return store_.test(run.id, protocol_).verdict.is_whole(); }

  WorkerTask task(const Cell& cell, const Run& run) const override {
    const auto text = [](bool value) { return value ? "true" : "false"; };
    WorkerTask task;
    task.name = fmt::format("{}, seed {}", cell.label, run.seed);
    task.folder = fs::absolute(store_.test_folder(run.id, protocol_));
    task.command = under_mpirun(
        cell.ranks(),
        {find_worker().string(), "test", "--run", fs::absolute(store_.folder(run.id)).string(), "--test.scales",
         Json(test_.scales).dump(), "--test.flip", text(test_.flip), "--test.shift", text(test_.shift),
         "--test.lineage_border", text(test_.lineage_border), "--validation", cell.validation().path.string()});
    task.environment = mpirun_environment();
    task.meta = {{"executor", "local"}};
    task.verdict = [this, id = run.id] { return store_.test(id, protocol_).verdict; };
    return task;
  }

  std::string unit() const override { return "people"; }
  std::int64_t units(const Cell& cell) const override { return cell.validation().people; }

  std::optional<std::int64_t> units_done(const Cell&, const Json& line) const override {
    const Json& people = at_path(line, "people");
    return people.is_number() ? std::optional(people.get<std::int64_t>()) : std::nullopt;
  }

  std::string result_in_words(const Run& run) const override {
    return in_words(store_.test_result(run.id, protocol_).value_or(Result()), metric_);
  }

 private:
  std::string metric_;
  const RunStore& store_;
  Testing test_;
  std::string protocol_;
};

}  // namespace

ExecutionSummary execute_tests(const Sweep& sweep, const RunStore& store, const Testing& test,
                               const LocalOptions& options) {
  if (sweep.grid.worker.is_own()) {
    throw usage_error(sweep.grid.file, "", "its worker is a program of its own, which only that program can test");
  }
  return work_through(sweep, Retesting(sweep, store, test), protocol_name(test), options);
}

}  // namespace pbn
