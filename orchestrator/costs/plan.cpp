#include "orchestrator/costs/plan.h"

#include <fmt/format.h>

#include <unordered_set>

namespace pbn::costs {
namespace {

struct PlannedRun {
  const grid::Cell* cell;
  const grid::Run* run;
  runs::RunState* state;  // in the plan
};

// Sets the states of all runs and returns the completed ones. Reads only the folders that exist.
std::unordered_set<const grid::Run*> find_states(Plan& plan, const grid::Sweep& sweep, const runs::RunStore& store,
                                                 const runs::SubmittedRuns& submitted) {
  std::vector<std::string> ids;
  std::vector<PlannedRun> runs;
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    const grid::Cell& cell = sweep.cells[i];
    plan.cells[i].states.assign(cell.runs.size(), runs::RunState::pending);
    for (std::size_t k = 0; k < cell.runs.size(); ++k) {
      ids.push_back(cell.runs[k].id);
      runs.push_back({&cell, &cell.runs[k], &plan.cells[i].states[k]});
    }
  }
  const std::vector<bool> has_folder = runs::have_folders(store, ids);
  std::vector<std::string> known_ids;
  std::vector<PlannedRun> known_runs;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!has_folder[i] && !submitted.contains(ids[i])) continue;
    known_ids.push_back(ids[i]);
    known_runs.push_back(runs[i]);
  }
  const std::vector<runs::RunFacts> facts = runs::facts_of(store, known_ids, submitted);
  std::unordered_set<const grid::Run*> completed;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& [cell, run, state] = known_runs[i];
    *state = facts[i].state;
    if (*state == runs::RunState::completed) completed.insert(run);
    if (!facts[i].damage.empty()) {
      plan.damaged.push_back(fmt::format("{}, seed {}: {}", cell->label, run->seed, facts[i].damage));
    }
  }
  return completed;
}

int threads_of(const grid::Cell& cell) {
  return cell.worker().is_external() ? cell.worker().threads() : cell.setting("run.threads").get<int>();
}

}  // namespace

Plan plan_of(const grid::Sweep& sweep, const runs::RunStore& store, const runs::SubmittedRuns& submitted) {
  Plan plan;
  plan.cells.resize(sweep.cells.size());
  const std::unordered_set<const grid::Run*> completed = find_states(plan, sweep, store, submitted);
  const Estimator estimate(
      find_measurements(store, sweep, [&](const grid::Run& run) { return completed.contains(&run); }));
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    CellPlan& cell = plan.cells[i];
    for (const runs::RunState state : cell.states) cell.done += state == runs::RunState::completed;
    cell.estimate = estimate(sweep.cells[i]);
    const std::size_t to_do = cell.states.size() - cell.done;
    plan.runs += cell.states.size();
    plan.done += cell.done;
    const double seconds = static_cast<double>(to_do) * cell.estimate.seconds.value_or(0);
    const double rank_hours = seconds * sweep.cells[i].ranks() / 3600;
    plan.seconds += seconds;
    plan.core_hours += rank_hours * threads_of(sweep.cells[i]);
    plan.gpu_hours += cell.estimate.on_gpus ? rank_hours : 0;
    plan.disk_bytes += static_cast<std::int64_t>(to_do) * cell.estimate.disk_bytes.value_or(0);
    if (to_do == 0) continue;
    if (!cell.estimate.seconds) plan.runs_without_estimate += to_do;
    plan.is_scaled |= cell.estimate.is_scaled;
  }
  return plan;
}

}  // namespace pbn::costs
