#include "orchestrator/executors/local_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/shared_folder.h"
#include "config/test_protocol.h"
#include "orchestrator/costs/estimate.h"
#include "orchestrator/costs/measurements.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/figure_text.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::executors {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t percent_of_run = 100;  // the unit of progress if the number of steps is unknown

WorkerTask task_here(const grid::Cell& cell, const grid::Run& run, const fs::path& folder) {
  WorkerTask task;
  task.name = fmt::format("{}, seed {}", cell.label, run.seed);
  task.folder = fs::absolute(folder);
  task.environment = environment_here(cell);
  task.meta = {{"executor", "local"}};
  return task;
}

class TrainingWork : public LocalWork {
 public:
  // Without a number of slots, estimates the memory of each run from earlier runs and tries.
  TrainingWork(const grid::Sweep& sweep, const runs::RunStore& store, const LocalOptions& options)
      : metric_(sweep.metric), store_(store), container_(options.container) {
    if (options.slots == 0) {
      estimate_.emplace(
          costs::find_measurements(store, sweep, [&](const grid::Run& run) { return store.has_result(run.id); }));
    }
    for (const grid::Cell& cell : sweep.cells) counts_steps_ &= cell.steps > 0;
  }

  // The memory measured for a run on a GPU is the GPU's memory.
  MachineNeeds needs(const grid::Cell& cell) const override {
    MachineNeeds needs = needs_of(cell);
    if (estimate_ && needs.devices == 0) {
      needs.memory_mib = cell.ranks() * (*estimate_)(cell).peak_memory_mib.value_or(0);
    }
    return needs;
  }

  bool is_wanted(const grid::Run&) const override { return true; }
  bool is_done(const grid::Run& run) const override { return store_.has_result(run.id); }
  WorkerTask task(const grid::Cell& cell, const grid::Run& run) const override {
    WorkerTask task = task_here(cell, run, store_.folder(run.id));
    task.config = cell.config_of(run);
    task.command = worker_command(cell, run, task.folder, container_for(cell, container_));
    task.programs = fs::absolute(store_.programs());
    task.verdict = [this, id = run.id] { return store_.verdict(id); };
    return task;
  }

  std::string unit() const override { return counts_steps_ ? "steps" : "hundredths of a run"; }
  std::int64_t units(const grid::Cell& cell) const override { return counts_steps_ ? cell.steps : percent_of_run; }

  std::optional<std::int64_t> units_done(const grid::Cell& cell, const Json& line) const override {
    const Json& kind = at_path(line, "kind");
    const bool is_end_of_epoch = kind == "epoch" && at_path(line, "epochs").is_number();
    if (kind != "progress" && !is_end_of_epoch) return {};
    const auto number = [&](const char* key, double otherwise) {
      return runs::number_at(line, key).value_or(otherwise);
    };
    const double epoch = number("epoch", 1), epochs = std::max(1.0, number("epochs", 1));
    const double of_epoch = is_end_of_epoch ? 1 : number("step", 0) / std::max(1.0, number("steps", 1));
    const double share = (epoch - 1 + of_epoch) / epochs;
    return std::llround(std::clamp(share, 0.0, 1.0) * static_cast<double>(units(cell)));
  }

  std::string result_in_words(const grid::Run& run) const override {
    return runs::in_words(store_.result(run.id).value_or(runs::Result()), metric_);
  }

 private:
  std::string metric_;
  const runs::RunStore& store_;
  std::optional<Container> container_;
  std::optional<costs::Estimator> estimate_;
  bool counts_steps_ = true;  // all cells have a known number of steps
};

class TestingWork : public LocalWork {
 public:
  TestingWork(const grid::Sweep& sweep, const runs::RunStore& store, const config::TestProtocol& test,
              std::optional<Container> container)
      : metric_(sweep.metric),
        store_(store),
        test_(config::canonical_protocol(test)),
        protocol_(config::protocol_name(test)),
        container_(std::move(container)) {}

  bool is_wanted(const grid::Run& run) const override { return store_.has_result(run.id); }
  bool is_done(const grid::Run& run) const override { return store_.test(run.id, protocol_).verdict.is_whole(); }

  WorkerTask task(const grid::Cell& cell, const grid::Run& run) const override {
    const auto text = [](bool value) { return value ? "true" : "false"; };
    WorkerTask task = task_here(cell, run, store_.test_folder(run.id, protocol_));
    const fs::path& validation = cell.validation().path;
    std::optional<Container> container = container_for(cell, container_);
    if (container) container->bind.push_back(fs::absolute(validation).string());
    std::vector<std::string> words = pbn_worker_words(container);
    words.insert(words.end(),
                 {"test", "--run", fs::absolute(store_.folder(run.id)).string(), "--test.scales",
                  Json(test_.scales).dump(), "--test.flip", text(test_.flip), "--test.shift", text(test_.shift),
                  "--test.lineage_border", text(test_.lineage_border), "--validation", validation.string()});
    task.command = under_mpirun(cell.ranks(), words);
    task.verdict = [this, id = run.id] { return store_.test(id, protocol_).verdict; };
    return task;
  }

  std::string unit() const override { return "people"; }
  std::int64_t units(const grid::Cell& cell) const override { return cell.validation().people; }

  std::optional<std::int64_t> units_done(const grid::Cell&, const Json& line) const override {
    const Json& people = at_path(line, "people");
    return people.is_number() ? std::optional(people.get<std::int64_t>()) : std::nullopt;
  }

  std::string result_in_words(const grid::Run& run) const override {
    return runs::in_words(store_.test_result(run.id, protocol_).value_or(runs::Result()), metric_);
  }

 private:
  std::string metric_;
  const runs::RunStore& store_;
  config::TestProtocol test_;
  std::string protocol_;
  std::optional<Container> container_;
};

}  // namespace

ExecutionSummary train_runs(const grid::Sweep& sweep, const runs::RunStore& store, const LocalOptions& options) {
  make_writable_folder(store.root());
  require_publishing(store.root());
  return run_locally(sweep, TrainingWork(sweep, store, options), sweep.grid.name, options);
}

ExecutionSummary test_runs(const grid::Sweep& sweep, const runs::RunStore& store, const config::TestProtocol& test,
                           const LocalOptions& options) {
  if (sweep.grid.worker.is_external()) {
    throw usage_error(sweep.grid.file, "", "pbn cannot test the runs of an external worker");
  }
  return run_locally(sweep, TestingWork(sweep, store, test, options.container), config::protocol_name(test), options);
}

}  // namespace pbn::executors
