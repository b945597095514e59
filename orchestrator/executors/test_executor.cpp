#include "orchestrator/executors/test_executor.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/progress.h"
#include "config/test_protocol.h"
#include "orchestrator/executors/worker_process.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

class TestExecutor {
 public:
  TestExecutor(const Sweep& sweep, const RunStore& store, const Testing& test)
      : sweep_(sweep),
        store_(store),
        test_(canonical(test)),
        protocol_(protocol_name(test)),
        progress_(protocol_, count_people(), "people") {}

  ExecutionSummary execute() {
    for (const Cell& cell : sweep_.cells) {
      for (const Run& run : cell.runs) {
        if (store_.test_result(run.id, protocol_)) {
          ++summary_.skipped;
        } else if (store_.result(run.id) && !stop_requested()) {
          carry_out(cell, run);
        }
      }
    }
    summary_.interrupted = stop_requested();
    return summary_;
  }

 private:
  bool is_to_do(const Run& run) const { return store_.result(run.id) && !store_.test_result(run.id, protocol_); }

  std::int64_t count_people() const {
    std::int64_t people = 0;
    for (const Cell& cell : sweep_.cells) {
      for (const Run& run : cell.runs) people += is_to_do(run) ? cell.validation().people : 0;
    }
    return people;
  }

  void carry_out(const Cell& cell, const Run& run) {
    const fs::path folder = fs::absolute(store_.test_folder(run.id, protocol_));
    make_writable_folder(folder);
    RunLease lease(store_.folder(run.id));
    if (!take_or_wait_for_orphans(lease)) {
      ++summary_.held;
      return;
    }
    const std::string name = fmt::format("{}, seed {}", cell.label, run.seed);
    const auto log_start = size_or_zero(folder / "log");
    people_of_run_ = 0;
    const int code = launcher_.run(job(cell, run, folder, lease.descriptor()), [&](const Json& line) {
      const Json& people = at_path(line, "people");
      if (people.is_number()) advance_to(people.get<std::int64_t>(), name);
    });
    const auto result = store_.test_result(run.id, protocol_);
    if (result) {
      advance_to(cell.validation().people, name);
      ++summary_.finished;
      const Json& figure = at_path(*result, "outcome.figures").value(sweep_.metric, Json());
      say_above_progress(fmt::format("{}: {} {}", name, sweep_.metric,
                                     figure.is_number() ? fmt::format("{:.1f}", figure.get<double>()) : "?"));
    } else if (!stop_requested()) {
      const std::string reason = code == 0 ? "ended without a result of this test" : exit_code_in_words(code);
      summary_.failures.push_back({name, reason, folder.string(), last_lines(folder / "log", log_start, 8)});
      say_above_progress(fmt::format("{}: {}", name, reason));
    }
  }

  WorkerJob job(const Cell& cell, const Run& run, const fs::path& folder, int lease) const {
    const auto text = [](bool value) { return value ? "true" : "false"; };
    return {cell.ranks(),
            {"--run", fs::absolute(store_.folder(run.id)).string(), "--test", "--test.scales",
             Json(test_.scales).dump(), "--test.flip", text(test_.flip), "--test.shift", text(test_.shift),
             "--validation", cell.validation().path.string()},
            folder / "log",
            folder / "metrics.jsonl",
            lease};
  }

  void advance_to(std::int64_t people_of_run, const std::string& note) {
    const std::int64_t ahead = std::max<std::int64_t>(0, people_of_run - people_of_run_);
    people_of_run_ += ahead;
    progress_.advance(ahead, note);
  }

  const Sweep& sweep_;
  const RunStore& store_;
  Testing test_;
  std::string protocol_;
  StopSignals signals_;
  WorkerLauncher launcher_;
  Progress progress_;
  std::int64_t people_of_run_ = 0;  // shown so far of the present run
  ExecutionSummary summary_;
};

}  // namespace

ExecutionSummary execute_tests(const Sweep& sweep, const RunStore& store, const Testing& test) {
  return TestExecutor(sweep, store, test).execute();
}

}  // namespace pbn
