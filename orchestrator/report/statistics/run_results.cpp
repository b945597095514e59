#include "orchestrator/report/statistics/run_results.h"

#include <algorithm>

#include "base/parallel.h"
#include "config/test_protocol.h"
#include "orchestrator/runs/attempt.h"

namespace pbn {
namespace {

// Puts the figures of a test under this protocol in the place of the training's. False when there is none.
bool take_figures_of_test(const std::string& protocol, const Run& run, const RunStore& store, Result& result) {
  if (protocol.empty() || result.protocol == protocol) return true;
  const auto folder = store.tested(run.id, protocol);
  if (!folder) return false;
  if (*folder == store.folder(run.id)) return true;
  auto test = store.test_result(run.id, protocol);
  if (test) result.figures = std::move(test->figures);
  return test.has_value();
}

int attempts_of(const RunStore& store, const std::string& run) {
  const auto newest = newest_attempt(store.folder(run));
  return newest ? std::stoi(newest->filename().string()) : 0;
}

// A report shows the metric of every joint and every metric of its joints (columns.h): of 240 figures a third. Own
// workers have few, and who knows which.
class ShownFigures {
 public:
  explicit ShownFigures(const Sweep& sweep)
      : all_(sweep.cells.front().worker().is_external()),
        threshold_(sweep.metric.substr(0, sweep.metric.find('.') + 1)),
        counted_(sweep.metric.substr(sweep.metric.find('.') + 1)) {}

  bool contains(const std::string& name) const {
    return all_ || name.starts_with(threshold_) || name.ends_with(counted_);
  }

 private:
  bool all_;
  std::string threshold_, counted_;
};

void read_run(const Cell& cell, std::size_t number, const RunStore& store, const std::string& protocol,
              const ShownFigures& shown, CellResults& results) {
  const Run& run = cell.runs[number];
  RunResult& entry = results.runs[number];
  entry.measured = entry.versions = Json::object();
  auto result = store.result(run.id);
  if (result) {
    entry.facts.state = RunState::completed;
    entry.facts.attempts = attempts_of(store, run.id);
  } else {
    entry.facts = facts_of(store, run.id);
  }
  entry.state = word_of(entry.facts.state);
  if (!result) return;
  if (!take_figures_of_test(protocol, run, store, *result)) {
    entry.state = "not tested under " + protocol;
    return;
  }
  entry.has_figures = true;
  auto place = results.figures.begin();  // both are sorted by name
  for (auto& [name, value] : result->figures) {
    if (!shown.contains(name)) continue;
    place = results.figures.try_emplace(place, std::move(name), cell.runs.size());
    place->second[number] = value;
    ++place;
  }
  entry.training_loss = result->last_training_loss();
  entry.measured = std::move(result->measured);
  entry.versions = std::move(result->versions);
}

}  // namespace

std::vector<CellResults> read_results(const Sweep& sweep, const RunStore& store, const std::string& protocol) {
  std::vector<CellResults> results(sweep.cells.size());
  const ShownFigures shown(sweep);
  in_parallel(results.size(), std::min<std::size_t>(16, sweep.cells.size() / 8), [&](std::size_t i) {
    const Cell& cell = sweep.cells[i];
    const std::string asked = protocol.empty() || cell.worker().is_external() ? protocol_of(cell) : protocol;
    results[i].runs.resize(cell.runs.size());
    for (std::size_t run = 0; run < cell.runs.size(); ++run) read_run(cell, run, store, asked, shown, results[i]);
  });
  return results;
}

std::optional<std::filesystem::path> predictions_file(const Cell& cell, const Run& run, const RunStore& store,
                                                      const std::string& protocol) {
  const std::string asked = protocol.empty() ? protocol_of(cell) : protocol;
  const char* const name = "predictions.h5";
  // Ten thousand results are not taken apart where nobody kept predictions.
  if (!std::filesystem::exists(store.folder(run.id) / name) &&
      !std::filesystem::exists(store.test_folder(run.id, asked) / name)) {
    return {};
  }
  const auto folder = store.tested(run.id, asked);
  return folder && std::filesystem::exists(*folder / name) ? std::optional(*folder / name) : std::nullopt;
}

std::string protocol_of(const Cell& cell) {
  return cell.worker().is_external() ? "" : protocol_name(testing(cell.section("test")));
}

}  // namespace pbn
