#include "orchestrator/report/statistics/run_results.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "config/test_protocol.h"
#include "orchestrator/report/content/pose_study.h"
#include "orchestrator/runs/attempt.h"

namespace pbn::report {
namespace {

// Replaces the figures of the training's own test by those of a test under this protocol. False where there is none.
bool take_figures_of_test(const std::string& protocol, const grid::Run& run, const runs::RunStore& store,
                          runs::Result& result) {
  if (protocol.empty() || result.protocol == protocol) return true;
  const auto folder = store.tested(run.id, protocol);
  if (!folder) return false;
  if (*folder == store.folder(run.id)) return true;
  auto test = store.test_result(run.id, protocol);
  if (test) result.figures = std::move(test->figures);
  return test.has_value();
}

int attempts_of(const runs::RunStore& store, const std::string& run) {
  const auto newest = runs::newest_attempt(store.folder(run));
  return newest ? std::stoi(newest->filename().string()) : 0;
}

// The figures that columns.h may show: a third of the 240 in a result. Any other program has few, all of which count.
class ShownFigures {
 public:
  explicit ShownFigures(const grid::Sweep& sweep)
      : all_(!has_poses(sweep)),
        threshold_(sweep.metric.substr(0, sweep.metric.find('.') + 1)),
        joints_(sweep.metric.substr(sweep.metric.find('.') + 1)),
        also_(sweep.also) {}

  bool contains(const std::string& name) const {
    return all_ || name.starts_with(threshold_) || name.ends_with(joints_) || name == also_;
  }

 private:
  bool all_;
  std::string threshold_, joints_, also_;
};

std::string measured_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

// What the result does not say is known from the grid and from `work`, the attempts.
MeasuredRun measured_run(const grid::Cell& cell, const grid::Run& run, const runs::Result& result, int attempts,
                         const runs::RunWork& work) {
  const auto number = [&](const char* name, double otherwise) {
    return result.measured_number(name).value_or(otherwise);
  };
  const std::string host = measured_text(at_path(result.measured, "host"));
  const auto seconds = result.measured_number("seconds");
  return {run.id,
          host.empty() ? work.host : host,
          measured_text(at_path(result.measured, "device")),
          number("ranks", cell.ranks()),
          number("threads", cell.worker().threads()),
          seconds ? seconds : work.seconds,
          result.measured_number("images_per_second"),
          std::max(attempts, static_cast<int>(number("attempts", 1)))};
}

void read_run(const grid::Cell& cell, std::size_t number, const runs::RunStore& store, const std::string& protocol,
              const ShownFigures& shown, CellResults& results) {
  const grid::Run& run = cell.runs[number];
  RunResult& entry = results.runs[number];
  auto result = store.result(run.id);
  if (result) {
    entry.facts.state = runs::RunState::completed;
    entry.facts.attempts = attempts_of(store, run.id);
  } else {
    entry.facts = runs::facts_of(store, run.id);
  }
  entry.state = runs::word_of(entry.facts.state);
  const bool is_told = result && result->measured_number("seconds") && at_path(result->measured, "host").is_string();
  if (!is_told) entry.work = runs::work_of(store.folder(run.id));
  if (!result) return;
  if (!take_figures_of_test(protocol, run, store, *result)) {
    entry.state = "not tested under " + (protocol == protocol_of(cell) ? protocol_title_of(cell) : protocol);
    return;
  }
  auto place = results.figures.begin();  // both are sorted by name
  for (auto& [name, value] : result->figures) {
    if (!shown.contains(name)) continue;
    place = results.figures.try_emplace(place, std::move(name), cell.runs.size());
    place->second[number] = value;
    ++place;
  }
  entry.training_loss = result->last_training_loss();
  entry.measured = measured_run(cell, run, *result, entry.facts.attempts, entry.work);
  for (const auto& [name, version] : result->versions.items()) {
    entry.versions[name] = version.is_null() ? "?" : measured_text(version);
  }
}

}  // namespace

std::vector<CellResults> read_results(const grid::Sweep& sweep, const runs::RunStore& store,
                                      const std::string& protocol) {
  std::vector<CellResults> results(sweep.cells.size());
  const ShownFigures shown(sweep);
  in_parallel(results.size(), std::min<std::size_t>(16, sweep.cells.size() / 8), [&](std::size_t i) {
    const grid::Cell& cell = sweep.cells[i];
    const std::string wanted = protocol.empty() || cell.worker().is_external() ? protocol_of(cell) : protocol;
    results[i].runs.resize(cell.runs.size());
    for (std::size_t run = 0; run < cell.runs.size(); ++run) read_run(cell, run, store, wanted, shown, results[i]);
  });
  return results;
}

std::optional<evaluation::Predictions> predictions_of(const grid::Cell& cell, const grid::Run& run,
                                                      const runs::RunStore& store, const std::string& protocol,
                                                      const evaluation::GroundTruth& truth) {
  const std::string wanted = protocol.empty() ? protocol_of(cell) : protocol;
  const auto file_in = [](const std::filesystem::path& folder) { return folder / "predictions.h5"; };
  // RunStore::tested reads result.json, which takes long for ten thousand runs that kept no predictions.
  if (!exists(file_in(store.folder(run.id))) && !exists(file_in(store.test_folder(run.id, wanted)))) return {};
  const auto folder = store.tested(run.id, wanted);
  if (!folder || !exists(file_in(*folder))) return {};
  try {
    evaluation::Predictions predictions = evaluation::read_predictions(file_in(*folder));
    const bool fits = predictions.parts == truth.skeleton->size() && predictions.people() == truth.people();
    return fits ? std::optional(std::move(predictions)) : std::nullopt;
  } catch (const Error&) {
    return {};
  }
}

std::string protocol_of(const grid::Cell& cell) {
  return cell.worker().is_external() ? "" : config::protocol_name(config::test_protocol(cell.section("test")));
}

std::string protocol_title_of(const grid::Cell& cell) {
  return cell.worker().is_external() ? "" : config::protocol_title(config::test_protocol(cell.section("test")));
}

}  // namespace pbn::report
