// The report as JSON, which is aggregate.json:
//
//   {"name", "metric", "percent": true, "seeds": [1, 2], "seed_varies": "...", "columns": {"splits": [{"title",
//   "figure"}], ...},
//    "outcome": {                                  // the same bytes from the same results
//      "data": [{"role", "file", "dataset", "split", "source", "people", "box_pixels", "fingerprint"}],
//      "skeleton",                                 // null of an external worker, which has no floors and no data
//      either "settings": [{"key", "value"}],             // that all cells share "floors": [{"label", "figures":
//      {NAME: number}}], "cells": [{"label", "cell", "baseline", "settings", "groups", "parameters", "gflop_per_image",
//                 "figures": {NAME: [one per seed, null where there is none]},  // the columns' and the paper's
//                 "spreads": {NAME: SPREAD},       // of the columns' figures
//                 "training_loss": SPREAD,         // of the last epoch
//                 "against": {...},                // the baseline {"cell", "label", "figures": {NAME: COMPARISON}}
//                 "runs": [{"seed", "run", "state", "reason"}]}],
//      "curves": [...],                            // of a few cells (curves.h)
//      "relatedness": {...},                       // of the parts in the training people (relatedness.h), or null
//      "paper": [...]},                            // the published numbers that ours stand beside (paper.h)
//    "measured": {                                 // how it went: other times on other days
//      "cells": [{"images_per_second": SPREAD, "seconds": SPREAD, "core_hours", "gpu_hours",
//                 "runs": [{"run", "host", "device", "ranks", "threads", "seconds", "attempts"}]}],
//      "machines": ["..."], "versions": [{"name", "values": [{"value", "runs"}]}], "warnings": ["..."]}}
//
// SPREAD: {"n", "mean", "deviation", "low", "high"}; low to high is the 95% t-interval as far as the figure can reach
// (0 to 100 of percentages), not there where n < 2, where the deviation is null. figures are in percent where "percent"
// is true; parameters and gflop_per_image are null where they are not known.
//
// COMPARISON: {"n", "mean", "low", "high", "p", "draws", "holm", "least_p", "images": {"n", "low", "high"}}; what
// cannot be said with so few seeds is not there.
#include "data/groups/groups_report.h"
#include "orchestrator/report/content/report.h"

namespace pbn {
namespace {

Json to_json(const SeedSpread& spread);
Json to_json(const Comparison& comparison);
Json to_json(const std::vector<std::optional<double>>& by_seed);
Json to_json(const ReportedRun& run);
Json to_json(const ReportedCell& cell);
Json to_json(const Floor& floor);
Json to_json(const DataSource& data);
Json to_json(const SettingText& setting);
Json to_json(const RunTrace& run);
Json to_json(const CellTrace& cell);
Json to_json(const PaperRow& row);
Json to_json(const PaperComparison& finding);
Json to_json(const MeasuredRun& run);
Json to_json(const MeasuredCell& cell);

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <typename List>
Json json_list(const List& list) {
  Json all = Json::array();
  for (const auto& element : list) all.push_back(to_json(element));
  return all;
}

template <typename Value>
Json json_object(const std::map<std::string, Value>& entries) {
  Json object = Json::object();
  for (const auto& [name, value] : entries) object[name] = to_json(value);
  return object;
}

void add_interval(Json& object, const std::optional<Interval>& interval) {
  if (!interval) return;
  object["low"] = interval->low;
  object["high"] = interval->high;
}

Json to_json(const SeedSpread& spread) {
  Json json = {{"n", spread.n}, {"mean", or_null(spread.mean)}, {"deviation", or_null(spread.deviation)}};
  add_interval(json, spread.interval);
  return json;
}

Json to_json(const Comparison& comparison) {
  Json json = {{"n", comparison.n}, {"mean", or_null(comparison.mean)}, {"least_p", comparison.least_p}};
  add_interval(json, comparison.interval);
  if (comparison.p) json["p"] = *comparison.p;
  if (comparison.draws) json["draws"] = *comparison.draws;
  if (comparison.holm) json["holm"] = *comparison.holm;
  if (comparison.images) {
    json["images"]["n"] = comparison.images->photographs;
    add_interval(json["images"], comparison.images->interval);
  }
  return json;
}

Json to_json(const ReportedRun& run) {
  Json json = {{"seed", run.seed}, {"run", run.run}, {"state", run.state}};
  if (run.reason) json["reason"] = *run.reason;
  return json;
}

Json to_json(const std::vector<std::optional<double>>& by_seed) {
  Json list = Json::array();
  for (const auto& value : by_seed) list.push_back(or_null(value));
  return list;
}

Json to_json(const ReportedCell& cell) {
  Json json = {{"label", cell.label},
               {"cell", cell.cell},
               {"baseline", cell.is_baseline},
               {"settings", cell.settings},
               {"groups", or_null(cell.groups)},
               {"parameters", or_null(cell.parameters)},
               {"gflop_per_image", or_null(cell.gflop_per_image)},
               {"figures", json_object(cell.figures)},
               {"spreads", json_object(cell.spreads)},
               {"training_loss", to_json(cell.training_loss)},
               {"runs", json_list(cell.runs)}};
  if (cell.against) {
    json["against"] = {
        {"cell", cell.against->cell}, {"label", cell.against->label}, {"figures", json_object(cell.against->figures)}};
  }
  return json;
}

Json to_json(const Floor& floor) { return {{"label", floor.label}, {"figures", floor.figures}}; }

Json to_json(const DataSource& data) {
  return {{"role", data.role},
          {"file", data.file},
          {"dataset", data.dataset},
          {"split", data.split},
          {"source", data.source},
          {"people", data.people},
          {"box_pixels", data.box_pixels},
          {"fingerprint", data.fingerprint}};
}

Json to_json(const SettingText& setting) { return {{"key", setting.key}, {"value", setting.value}}; }

Json to_json(const RunTrace& run) {
  return {{"seed", run.seed},
          {"training_loss", run.curves.training_loss},
          {"validation", run.curves.validation},
          {"thresholds", run.thresholds}};
}

Json to_json(const CellTrace& cell) {
  return {{"cell", cell.cell}, {"label", cell.label}, {"runs", json_list(cell.runs)}};
}

// The report of `pbn groups`, but for how many people each pair counts, and the same wherever the data lies.
Json to_json(const RelatedParts& related) {
  Json json = groups_report(related);
  json.erase("counted");
  json["from"]["file"] = related.source;
  return json;
}

Json to_json(const StatedNumber& number) {
  if (!number.value) return {{"n", 1}, {"mean", nullptr}};
  const Json value = number.is_whole ? Json(static_cast<std::int64_t>(*number.value)) : Json(*number.value);
  return {{"n", 1}, {"mean", value}};
}

Json to_json(std::monostate) { return nullptr; }

Json to_json(const PaperRow& row) {
  Json values = Json::array();
  for (const PaperValue& value : row.values) {
    values.push_back(std::visit([](const auto& stated) { return to_json(stated); }, value));
  }
  Json json = {{"label", row.label},   {"source", row.is_published ? "paper" : "measured here"},
               {"data", row.data},     {"pixels", row.pixels},
               {"epochs", row.epochs}, {"test", row.test},
               {"values", values}};
  if (row.seeds) json["seeds"] = *row.seeds;
  return json;
}

Json to_json(const PaperComparison& finding) {
  return {{"place", finding.place},
          {"title", finding.title},
          {"differences", finding.are_differences},
          {"figures", finding.figures},
          {"rows", json_list(finding.rows)}};
}

Json to_json(const MeasuredRun& run) {
  return {{"run", run.run},         {"host", run.host},       {"device", run.device},    {"ranks", run.ranks},
          {"threads", run.threads}, {"seconds", run.seconds}, {"attempts", run.attempts}};
}

Json to_json(const MeasuredCell& cell) {
  return {{"images_per_second", to_json(cell.images_per_second)},
          {"seconds", to_json(cell.seconds)},
          {"core_hours", cell.core_hours},
          {"gpu_hours", cell.gpu_hours},
          {"runs", json_list(cell.runs)}};
}

Json to_json(const Versions& versions) {
  Json list = Json::array();
  for (const auto& [name, values] : versions) {
    Json counted = Json::array();
    for (const auto& [value, runs] : values) counted.push_back({{"value", value}, {"runs", runs}});
    list.push_back({{"name", name}, {"values", counted}});
  }
  return list;
}

Json to_json(const Measured& measured) {
  return {{"cells", json_list(measured.cells)},
          {"machines", measured.machines},
          {"versions", to_json(measured.versions)},
          {"warnings", measured.warnings}};
}

Json to_json(const std::vector<Column>& columns) {
  Json list = Json::array();
  for (const Column& column : columns) list.push_back({{"title", column.title}, {"figure", column.figure}});
  return list;
}

Json to_json(const Columns& columns) {
  return {{"splits", to_json(columns.splits)},
          {"parts", to_json(columns.parts)},
          {"occluded_parts", to_json(columns.occluded_parts)},
          {"others", to_json(columns.others)}};
}

}  // namespace

Json to_json(const Report& report) {
  Json outcome = {{"data", json_list(report.data)},
                  {"skeleton", or_null(report.skeleton)},
                  {"settings", json_list(report.settings)},
                  {"floors", json_list(report.floors)},
                  {"cells", json_list(report.cells)},
                  {"curves", json_list(report.curves)},
                  {"relatedness", report.relatedness ? to_json(*report.relatedness) : Json()},
                  {"paper", json_list(report.paper)}};
  return {{"name", report.name},
          {"metric", report.metric},
          {"percent", report.is_percent},
          {"seeds", report.seeds},
          {"seed_varies", report.seed_varies},
          {"columns", to_json(report.columns)},
          {"outcome", std::move(outcome)},
          {"measured", to_json(report.measured)}};
}

}  // namespace pbn
