#include "orchestrator/report/aggregate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/suggestion.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/comparison.h"
#include "orchestrator/report/curves.h"
#include "orchestrator/report/image_comparison.h"
#include "orchestrator/report/measured_half.h"
#include "orchestrator/report/paper.h"
#include "orchestrator/report/relatedness.h"
#include "orchestrator/report/run_results.h"
#include "orchestrator/report/settings.h"
#include "orchestrator/report/spread_json.h"

namespace pbn {
namespace {

std::vector<double> present(const std::vector<std::optional<double>>& values) {
  std::vector<double> numbers;
  for (const auto& value : values) {
    if (value) numbers.push_back(*value);
  }
  return numbers;
}

Json by_seed(const std::vector<std::optional<double>>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(value ? Json(*value) : Json());
  return list;
}

Json runs_of(const Cell& cell, const CellResults& results) {
  Json runs = Json::array();
  for (std::size_t i = 0; i < cell.runs.size(); ++i) {
    Json run = {{"seed", cell.runs[i].seed}, {"run", cell.runs[i].id}, {"state", results.runs[i].state}};
    if (!results.runs[i].has_figures) run["reason"] = results.runs[i].facts.reason;
    runs.push_back(std::move(run));
  }
  return runs;
}

// What the report shows, and what the paper is compared by: a fifth of what a result has.
struct Chosen {
  std::vector<std::string> shown;
  std::set<std::string> kept;
};

Json outcome_of(const Cell& cell, const CellResults& results, const Chosen& chosen) {
  Json figures = Json::object(), spreads = Json::object();
  const bool is_own = cell.worker().is_own();
  const Interval bounds = is_own ? unbounded : percentage;
  for (const std::string& name : chosen.kept) {
    const auto values = results.figures.find(name);
    if (values != results.figures.end()) figures[name] = by_seed(values->second);
  }
  for (const std::string& name : chosen.shown) {
    const auto values = results.figures.find(name);
    if (values != results.figures.end()) spreads[name] = spread_json(present(values->second), bounds);
  }
  std::vector<double> losses;
  for (const RunResult& run : results.runs) {
    if (run.training_loss) losses.push_back(*run.training_loss);
  }
  const bool has_groups = cell.setting("model.head") == "pbn";
  const bool is_known = cell.parameters > 0;
  return {{"label", cell.label},
          {"cell", cell.id},
          {"baseline", cell.is_baseline},
          {"settings", cell.differing()},
          {"groups", has_groups ? cell.setting("model.groups") : Json()},
          {"parameters", is_known ? Json(cell.parameters) : Json()},
          {"gflop_per_image", is_known ? Json(cell.gflop_per_image) : Json()},
          {"figures", std::move(figures)},
          {"spreads", std::move(spreads)},
          {"training_loss", spread_json(losses, is_own ? unbounded : not_negative)},
          {"runs", runs_of(cell, results)}};
}

Json describe(const DataFile& file, const char* role) {
  return {{"role", role},
          {"file", file.path.filename().string()},
          {"dataset", file.info.dataset},
          {"split", file.info.split},
          {"source", file.info.source},
          {"people", file.people},
          {"box_pixels", file.info.box_pixels},
          {"fingerprint", file.info.fingerprint}};
}

Json data_of(const Sweep& sweep) {
  std::set<std::pair<std::string, std::string>> seen;
  Json data = Json::array();
  const auto add = [&](const DataFile& file, const char* role) {
    if (seen.emplace(role, file.path.string()).second) data.push_back(describe(file, role));
  };
  for (const Cell& cell : sweep.cells) {
    for (const DataFile& file : cell.train()) add(file, "training");
    add(cell.validation(), "validation");
  }
  return data;
}

// What the average pose of the training people would score, for each pair of training and validation file.
Json floors_of(const Sweep& sweep) {
  std::set<std::pair<std::string, std::string>> known;
  std::vector<const Cell*> cells;
  for (const Cell& cell : sweep.cells) {
    if (known.emplace(cell.train()[0].info.fingerprint, cell.validation().info.fingerprint).second)
      cells.push_back(&cell);
  }
  Json floors = Json::array();
  for (const Cell* cell : cells) {
    const PoseFile train(cell->train()[0].path), validation(cell->validation().path);
    const Figures figures = evaluate(mean_pose_predictions(train, validation), ground_truth(validation));
    const std::string of = fmt::format("mean pose of {}", cell->train()[0].path.stem().string());
    floors.push_back({{"label", cells.size() > 1 ? of : "mean pose"}, {"figures", figures}});
  }
  return floors;
}

std::set<std::string> known_figures(const std::vector<CellResults>& results, const Json& floors) {
  std::set<std::string> known;
  for (const Json& floor : floors) {
    for (const auto& [name, value] : floor["figures"].items()) known.insert(name);
  }
  for (const CellResults& cell : results) {
    for (const auto& [name, values] : cell.figures) known.insert(name);
  }
  return known;
}

// An own worker's grid need not name one: then it is the first figure there is.
std::string metric_of(const Sweep& sweep, const std::set<std::string>& known) {
  const bool nothing_yet = sweep.cells.front().worker().is_own() && known.empty();
  if (known.contains(sweep.metric) || nothing_yet) return sweep.metric;
  if (sweep.metric.empty()) return *known.begin();
  throw usage_error(sweep.grid.file, suggestion(sweep.metric, std::vector<std::string>(known.begin(), known.end())),
                    "metric: there is no figure \"{}\"", sweep.metric);
}

// A network that leaves out the ankles has another mean over the lower body than one that learns them.
bool counts_the_same_parts(const Skeleton& skeleton, const Json& cell, const Json& other, const std::string& name) {
  const auto left_out = [](const Json& of) { return of["settings"].value("model.without", Json::array()); };
  if (left_out(cell) == left_out(other)) return true;
  const std::string figure = name.substr(name.find('.') + 1, name.find('@') - name.find('.') - 1);
  for (const int part : parts_of_figure(skeleton, figure)) {
    const Json part_name = skeleton.parts[static_cast<std::size_t>(part)];
    const auto leaves_out = [&](const Json& of) {
      const Json list = left_out(of);
      return std::find(list.begin(), list.end(), part_name) != list.end();
    };
    if (leaves_out(cell) != leaves_out(other)) return false;
  }
  return true;
}

// --only chooses cells of a grid, and may leave out what they are compared with. Labels depend on the choice, ids do
// not.
std::vector<std::string> baselines_left_out(const Sweep& sweep) {
  std::vector<std::string> left_out;
  if (sweep.grid.only.empty() || sweep.grid.baseline.empty()) return left_out;
  std::set<std::string> chosen;
  for (const Cell& cell : sweep.cells) chosen.insert(cell.id);
  Grid whole = sweep.grid;
  whole.only.clear();
  for (const Cell& cell : plan_sweep(std::move(whole)).cells) {
    if (cell.is_baseline && !chosen.contains(cell.id)) left_out.push_back(cell.label);
  }
  return left_out;
}

void warn_of_left_out_baselines(const Sweep& sweep, Json& warnings) {
  const std::vector<std::string> left_out = baselines_left_out(sweep);
  if (left_out.empty()) return;
  const bool any =
      std::any_of(sweep.cells.begin(), sweep.cells.end(), [](const Cell& cell) { return cell.is_baseline; });
  warnings.push_back(fmt::format(
      "--only leaves {} out: {}. {}",
      left_out.size() == 1 ? "a baseline" : fmt::format("{} baselines", left_out.size()), fmt::join(left_out, "; "),
      any ? "Cells are compared with the nearest baseline that is left." : "No cell is compared with a baseline."));
}

std::string what_the_seed_varies(bool own_worker) {
  if (own_worker) return "What the seed varies is the worker's own affair; it is handed over in the run's config.json.";
  return "The seed varies the initial weights, the order of the training people and their augmentation; the data and "
         "its "
         "split stay the same.";
}

}  // namespace

Json aggregate(const Sweep& sweep, const RunStore& store, const std::string& protocol) {
  const bool own_worker = sweep.cells.front().worker().is_own();
  const std::vector<CellResults> results = read_results(sweep, store, protocol);
  Json outcome = {{"cells", Json::array()},
                  {"data", own_worker ? Json::array() : data_of(sweep)},
                  {"floors", own_worker ? Json::array() : floors_of(sweep)},
                  {"skeleton", own_worker ? Json() : Json(sweep.cells.front().skeleton().name)},
                  {"settings", shared_settings(sweep)}};
  const std::set<std::string> known = known_figures(results, outcome["floors"]);
  const std::string metric = metric_of(sweep, known);
  const Columns columns = columns_of(metric, own_worker ? nullptr : &sweep.cells.front().skeleton(), known);
  Chosen chosen{columns.figures(), {}};
  chosen.kept.insert(chosen.shown.begin(), chosen.shown.end());
  chosen.kept.merge(figures_of_the_paper(metric));
  for (std::size_t i = 0; i < results.size(); ++i) {
    outcome["cells"].push_back(outcome_of(sweep.cells[i], results[i], chosen));
  }
  compare_with_baseline(outcome, chosen.shown, own_worker ? unbounded : difference_of_percentages,
                        [&](const Json& cell, const Json& other, const std::string& figure) {
                          return own_worker ||
                                 counts_the_same_parts(sweep.cells.front().skeleton(), cell, other, figure);
                        });
  std::vector<std::string> of_splits;
  for (const Column& split : columns.splits) of_splits.push_back(split.figure);
  compare_over_images(outcome, sweep, store, of_splits, protocol);
  outcome["curves"] = curves_of(sweep, store, metric, protocol);
  outcome["relatedness"] = relatedness_of(sweep);
  outcome["paper"] = beside_the_paper(sweep, outcome, metric);
  Json measured = measured_half(sweep, results);
  warn_of_left_out_baselines(sweep, measured["warnings"]);
  return {{"name", sweep.grid.name},
          {"metric", metric},
          {"percent", !own_worker},
          {"seeds", sweep.grid.seeds},
          {"seed_varies", what_the_seed_varies(own_worker)},
          {"columns", to_json(columns)},
          {"outcome", std::move(outcome)},
          {"measured", std::move(measured)}};
}

}  // namespace pbn
