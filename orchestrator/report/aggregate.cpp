#include "orchestrator/report/aggregate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/suggestion.h"
#include "config/test_protocol.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/statistics.h"
#include "orchestrator/runs/run_state.h"

namespace pbn {
namespace {

using Samples = std::map<std::string, std::vector<double>>;

Json to_json(const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  return {{"n", spread.n}, {"mean", spread.mean}, {"deviation", spread.deviation}};
}

void add_number(Samples& samples, const std::string& name, const Json& value) {
  if (value.is_number()) samples[name].push_back(value);
}

struct CellHalves {
  Json outcome, measured;
};

// A run's result, with the figures of this test.
std::optional<Json> result_under(const std::string& protocol, const Run& run, const RunStore& store) {
  const auto folder = store.tested(run.id, protocol);
  if (!folder) return std::nullopt;
  auto result = store.result(run.id);
  if (*folder != store.folder(run.id)) {
    (*result)["outcome"]["figures"] = at_path(*store.test_result(run.id, protocol), "outcome.figures");
  }
  return result;
}

CellHalves results_of(const Cell& cell, const RunStore& store, const std::string& asked_protocol, Json& machines,
                      Json& versions) {
  const std::string protocol = asked_protocol.empty() ? protocol_of(cell) : asked_protocol;
  Samples figures, others;
  Json runs = Json::array();
  for (const Run& run : cell.runs) {
    const RunFacts facts = facts_of(store, run.id);
    Json entry = {{"seed", run.seed}, {"run", run.id}, {"state", word_of(facts.state)}};
    if (const auto result = result_under(protocol, run, store)) {
      entry["figures"] = at_path(*result, "outcome.figures");
      for (const auto& [name, value] : entry["figures"].items()) add_number(figures, name, value);
      const Json& losses = at_path(*result, "outcome.training_loss");
      if (losses.is_array() && !losses.empty()) add_number(others, "training_loss", losses.back());
      add_number(others, "images_per_second", at_path(*result, "measured.images_per_second"));
      add_number(others, "seconds", at_path(*result, "measured.seconds"));
      machines.push_back(fmt::format("{}, {}, {} ranks", at_path(*result, "measured").value("host", "?"),
                                     at_path(*result, "measured").value("device", "?"),
                                     at_path(*result, "measured").value("ranks", 0)));
      versions.push_back(at_path(*result, "versions"));
    } else {
      const bool only_untested = store.result(run.id).has_value();
      if (only_untested) entry["state"] = "not tested under " + protocol;  // pbn test does that
      entry["reason"] = facts.reason;
    }
    runs.push_back(std::move(entry));
  }
  Json figure_spreads = Json::object();
  for (const auto& [name, values] : figures) figure_spreads[name] = to_json(values);
  const bool has_groups = cell.setting("model.head") == "pbn";
  return {{{"label", cell.label},
           {"cell", cell.id},
           {"baseline", cell.is_baseline},
           {"settings", cell.differing()},
           {"groups", has_groups ? cell.setting("model.groups") : Json()},
           {"parameters", cell.parameters},
           {"gflop_per_image", cell.gflop_per_image},
           {"figures", figure_spreads},
           {"training_loss", to_json(others["training_loss"])},
           {"runs", runs}},
          {{"images_per_second", to_json(others["images_per_second"])}, {"seconds", to_json(others["seconds"])}}};
}

void keep_distinct(Json& list) {
  std::set<Json> seen;
  Json distinct = Json::array();
  for (Json& value : list) {
    if (seen.insert(value).second) distinct.push_back(value);
  }
  list = std::move(distinct);
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

// What the average pose of the training people would score, for each pair of training and validation file.
Json floors_of(const Sweep& sweep) {
  std::set<std::pair<std::string, std::string>> known;
  std::vector<const Cell*> cells;
  for (const Cell& cell : sweep.cells) {
    if (known.emplace(cell.train()[0].info.fingerprint, cell.validation().info.fingerprint).second) cells.push_back(&cell);
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

void require_metric(const Sweep& sweep, const Json& outcome) {
  std::vector<std::string> known;
  for (const Json& floor : outcome["floors"]) {
    for (const auto& [name, value] : floor["figures"].items()) known.push_back(name);
  }
  for (const Json& cell : outcome["cells"]) {
    for (const auto& [name, value] : cell["figures"].items()) known.push_back(name);
  }
  if (std::find(known.begin(), known.end(), sweep.metric) != known.end()) return;
  throw usage_error(sweep.grid.file, suggestion(sweep.metric, known), "metric: there is no figure \"{}\"",
                    sweep.metric);
}

bool has_occlusion(const Json& outcome, const std::string& metric) {
  const std::string occluded = metric + "@occluded";
  const auto has = [&](const Json& entry) { return entry["figures"].contains(occluded); };
  return std::any_of(outcome["floors"].begin(), outcome["floors"].end(), has) ||
         std::any_of(outcome["cells"].begin(), outcome["cells"].end(), has);
}

}  // namespace

Json aggregate(const Sweep& sweep, const RunStore& store, const std::string& protocol) {
  Json outcome = {{"cells", Json::array()}, {"data", Json::array()}};
  Json measured = {{"cells", Json::array()}, {"machines", Json::array()}, {"versions", Json::array()}};
  for (const Cell& cell : sweep.cells) {
    CellHalves halves = results_of(cell, store, protocol, measured["machines"], measured["versions"]);
    outcome["cells"].push_back(std::move(halves.outcome));
    measured["cells"].push_back(std::move(halves.measured));
    for (const DataFile& file : cell.train()) outcome["data"].push_back(describe(file, "training"));
    outcome["data"].push_back(describe(cell.validation(), "validation"));
  }
  for (Json* list : {&outcome["data"], &measured["machines"], &measured["versions"]}) keep_distinct(*list);
  outcome["skeleton"] = sweep.cells.front().validation().info.skeleton;
  outcome["floors"] = floors_of(sweep);
  require_metric(sweep, outcome);
  return {{"name", sweep.grid.name},       {"metric", sweep.metric},
          {"seeds", sweep.grid.seeds},     {"occlusion", has_occlusion(outcome, sweep.metric)},
          {"outcome", std::move(outcome)}, {"measured", std::move(measured)}};
}

std::string protocol_of(const Cell& cell) { return protocol_name(testing(cell.setting("test"))); }

}  // namespace pbn
