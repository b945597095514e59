#include "orchestrator/costs/plan.h"

#include <fmt/format.h>

#include "orchestrator/runs/run_store.h"

namespace pbn {
namespace {

// Looks at the folders of those runs alone that have one.
void find_states(Plan& plan, const Sweep& sweep, const RunStore& store, const SubmittedRuns& submitted) {
  std::vector<std::string> ids;
  std::vector<RunState*> states;
  std::vector<std::pair<const Cell*, const Run*>> runs;
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    plan.cells[i].states.assign(sweep.cells[i].runs.size(), RunState::pending);
    for (std::size_t k = 0; k < sweep.cells[i].runs.size(); ++k) {
      ids.push_back(sweep.cells[i].runs[k].id);
      states.push_back(&plan.cells[i].states[k]);
      runs.emplace_back(&sweep.cells[i], &sweep.cells[i].runs[k]);
    }
  }
  const std::vector<bool> known = have_folders(store, ids);
  std::vector<std::string> known_ids;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!known[i] && !submitted.contains(ids[i])) continue;
    known_ids.push_back(ids[i]);
    places.push_back(i);
  }
  const std::vector<RunFacts> facts = facts_of(store, known_ids, submitted);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    *states[places[i]] = facts[i].state;
    const auto& [cell, run] = runs[places[i]];
    if (!facts[i].damage.empty()) {
      plan.damaged.push_back(fmt::format("{}, seed {}: {}", cell->label, run->seed, facts[i].damage));
    }
  }
}

// One finished run of each cell, or an empty id.
std::vector<std::string> finished_runs(const Plan& plan, const Sweep& sweep) {
  std::vector<std::string> finished(sweep.cells.size());
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    for (std::size_t k = 0; k < plan.cells[i].states.size() && finished[i].empty(); ++k) {
      if (plan.cells[i].states[k] == RunState::completed) finished[i] = sweep.cells[i].runs[k].id;
    }
  }
  return finished;
}

}  // namespace

Plan plan_of(const Sweep& sweep, const RunStore& store, const SubmittedRuns& submitted) {
  Plan plan;
  plan.cells.resize(sweep.cells.size());
  find_states(plan, sweep, store, submitted);
  const Estimator estimate(find_measurements(store, sweep, finished_runs(plan, sweep)));
  for (std::size_t i = 0; i < sweep.cells.size(); ++i) {
    CellPlan& cell = plan.cells[i];
    for (const RunState state : cell.states) cell.done += state == RunState::completed;
    cell.estimate = estimate(sweep.cells[i]);
    const std::size_t to_do = cell.states.size() - cell.done;
    plan.runs += cell.states.size();
    plan.done += cell.done;
    plan.seconds += static_cast<double>(to_do) * cell.estimate.seconds.value_or(0);
    plan.disk_bytes += static_cast<std::int64_t>(to_do) * cell.estimate.disk_bytes.value_or(0);
    if (to_do == 0) continue;
    if (!cell.estimate.seconds) plan.runs_without_estimate += to_do;
    plan.is_scaled |= cell.estimate.is_scaled;
  }
  return plan;
}

}  // namespace pbn
