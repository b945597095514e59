// The report as JSON, which is aggregate.json:
//
//   {"name", "metric", "percent": true, "seeds": [1, 2], "seed_varies": "...",
//    "protocol": "pyramid (scale-1-flip-shift)",   // of the tests, where it has a name or was asked for
//    "columns": {"splits": [{"title", "figure"}], "others", and of pose runs "parts", "occluded_parts"},
//    "outcome": {                                  // the same bytes from the same results
//      "settings": [{"key", "value"}],             // those that all cells share
//      "cells": [{"label", "cell", "baseline", "settings", "groups", "parameters", "gflop_per_image",
//                 "figures": {NAME: [one per seed, null without a result]},  // the columns' and the paper's
//                 "spreads": {NAME: SPREAD},       // of the columns' figures
//                 "training_loss": SPREAD,         // of the last epoch
//                 "against": {"cell", "label", "figures": {NAME: COMPARISON}},  // the baseline
//                 "runs": [{"seed", "run", "state", "reason"}]}],
//      // Of pose runs alone; with an external worker these are empty or null:
//      "data": [{"role", "file", "dataset", "split", "source", "people", "box_pixels", "fingerprint"}],
//      "skeleton",
//      "floors": [{"label", "figures": {NAME: number}}],
//      "curves": [{"cell", "label", "runs": [{"seed", "training_loss": [[epoch, value]], "validation",
//      "thresholds"}]}], "relatedness": {...},                       // of the parts in the training people, or null
//      "paper": [...],                             // the paper's tables beside measured rows (paper.h)
//      "question": {"figures": [{"figure", "better", "margin"}], "alpha",  // where the grid states one
//      (grid/question.h)
//                   "seeds": {"until", "least", "most", "rounds", "over"}}},  // where they are a rule
//    "measured": {                                 // differs when the same runs are trained again
//      "cells": [{"images_per_second": SPREAD, "seconds": SPREAD, "core_hours", "gpu_hours",
//                 "runs": [{"run", "host", "device", "ranks", "threads", "seconds", "attempts"}]}],  // if known
//      "curves": [{"cell", "label", "runs": [{"seed", "curves": [{"name", "over", "points": [[step, value]]}]}]}],
//                                                  // with an external worker, whose speeds and times are among them
//      "waste": {...},                             // of all runs, and in "cells" of each cell (runs/waste.h)
//      "machines": ["..."], "versions": [{"name", "values": [{"value", "runs"}]}], "warnings": ["..."]}}
//
// SPREAD: {"n", "mean", "deviation", "low", "high"}. low to high is the 95% t-interval within the figure's bounds (0 to
// 100 for percentages); where n < 2 it is absent and the deviation is null. Figures are in percent where "percent" is
// true; parameters and gflop_per_image are null where they are unknown.
//
// COMPARISON: {"n", "mean", "low", "high", "p", "draws", "holm", "least_p", "images": {"n", "low", "high"}}. Statistics
// that need more seeds are absent. Where the grid states a question, its figures have "effect" (mean in deviations of
// the differences) and "verdict" (better, worse, higher, lower, equivalent or undecided). Under a rule of seeds p,
// holm, low and high are those of the sequential test, ends that are infinite are null, and no SPREAD has an interval.
#include <cmath>

#include "data/groups/groups_report.h"
#include "orchestrator/report/content/report.h"
#include "orchestrator/report/content/verdicts.h"

namespace pbn::report {

template <typename Value>
static Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

// nlohmann::json finds the functions below by their argument, also for the elements of vectors and maps.

static void to_json(Json& json, const Column& column) { json = {{"title", column.title}, {"figure", column.figure}}; }

static void to_json(Json& json, const Columns& columns) {
  json = {{"splits", columns.splits}, {"others", columns.others}};
  if (columns.parts.empty() && columns.occluded_parts.empty()) return;
  json["parts"] = columns.parts;
  json["occluded_parts"] = columns.occluded_parts;
}

static void add_interval(Json& object, const std::optional<evaluation::Interval>& interval) {
  if (!interval) return;
  object["low"] = std::isfinite(interval->low) ? Json(interval->low) : Json();
  object["high"] = std::isfinite(interval->high) ? Json(interval->high) : Json();
}

static void to_json(Json& json, const SeedSpread& spread) {
  json = {{"n", spread.n}, {"mean", or_null(spread.mean)}, {"deviation", or_null(spread.deviation)}};
  add_interval(json, spread.interval);
}

static void to_json(Json& json, const Comparison& comparison) {
  json = {{"n", comparison.n}, {"mean", or_null(comparison.mean)}, {"least_p", comparison.least_p}};
  add_interval(json, comparison.interval);
  if (comparison.p) json["p"] = *comparison.p;
  if (comparison.draws) json["draws"] = *comparison.draws;
  if (comparison.holm) json["holm"] = *comparison.holm;
  if (comparison.images) {
    json["images"]["n"] = comparison.images->photographs;
    add_interval(json["images"], comparison.images->interval);
  }
}

static void to_json(Json& json, const ReportedRun& run) {
  json = {{"seed", run.seed}, {"run", run.run}, {"state", run.state}};
  if (run.reason) json["reason"] = *run.reason;
}

static void to_json(Json& json, const ReportedCell& cell) {
  json = {{"label", cell.label},
          {"cell", cell.cell},
          {"baseline", cell.is_baseline},
          {"settings", cell.settings},
          {"groups", or_null(cell.groups)},
          {"parameters", or_null(cell.parameters)},
          {"gflop_per_image", or_null(cell.gflop_per_image)},
          {"figures", Json::object()},
          {"spreads", cell.spreads},
          {"training_loss", cell.training_loss},
          {"runs", cell.runs}};
  for (const auto& [name, values] : cell.figures) {
    for (const auto& value : values) json["figures"][name].push_back(or_null(value));
  }
  if (cell.against) {
    json["against"] = {
        {"cell", cell.against->cell}, {"label", cell.against->label}, {"figures", cell.against->figures}};
  }
}

static void to_json(Json& json, const Floor& floor) { json = {{"label", floor.label}, {"figures", floor.figures}}; }

static void to_json(Json& json, const DataSource& data) {
  json = {{"role", data.role},
          {"file", data.file},
          {"dataset", data.dataset},
          {"split", data.split},
          {"source", data.source},
          {"people", data.people},
          {"box_pixels", data.box_pixels},
          {"fingerprint", data.fingerprint}};
}

static void to_json(Json& json, const SettingText& setting) { json = {{"key", setting.key}, {"value", setting.value}}; }

// Of pose runs; of other programs the lists are empty.
static Json pose_trace(const RunTrace& run, const Report& report) {
  Json json = {{"seed", run.seed},
               {"training_loss", Json::array()},
               {"validation", Json::array()},
               {"thresholds", run.thresholds}};
  for (std::size_t i = 0; report.pose && i < run.curves.size(); ++i) json[report.curve_kinds[i].name] = run.curves[i];
  return json;
}

static Json plain_trace(const RunTrace& run, const Report& report) {
  Json json = {{"seed", run.seed}, {"curves", Json::array()}};
  for (std::size_t i = 0; i < run.curves.size(); ++i) {
    const CurveKind& kind = report.curve_kinds[i];
    json["curves"].push_back({{"name", kind.name}, {"over", kind.over}, {"points", run.curves[i]}});
  }
  return json;
}

template <typename Trace>
static Json curves_json(const Report& report, Trace trace) {
  Json cells = Json::array();
  for (const CellTrace& cell : report.curves) {
    Json runs = Json::array();
    for (const RunTrace& run : cell.runs) runs.push_back(trace(run, report));
    cells.push_back({{"cell", cell.cell}, {"label", cell.label}, {"runs", std::move(runs)}});
  }
  return cells;
}

// As `pbn groups` reports it, without the number of people for each pair of parts.
static Json relatedness_json(const data::RelatedParts& related) {
  Json json = data::groups_report(related);
  json.erase("counted");
  return json;
}

static void to_json(Json& json, const StatedNumber& number) {
  json = {{"n", 1}, {"mean", or_null(number.value)}};
  if (number.value && number.is_whole) json["mean"] = static_cast<std::int64_t>(*number.value);
}

static void to_json(Json& json, const PaperRow& row) {
  json = {{"label", row.label}, {"source", row.is_published ? "paper" : "measured here"},
          {"data", row.data},   {"pixels", row.pixels},
          {"test", row.test},   {"epochs", row.epochs}};
  Json& values = json["values"] = Json::array();
  for (const PaperValue& value : row.values) {
    if (std::holds_alternative<std::monostate>(value)) values.push_back(nullptr);
    if (const auto* number = std::get_if<StatedNumber>(&value)) values.push_back(*number);
    if (const auto* spread = std::get_if<SeedSpread>(&value)) values.push_back(*spread);
    if (const auto* comparison = std::get_if<Comparison>(&value)) values.push_back(*comparison);
  }
  if (row.seeds) json["seeds"] = *row.seeds;
}

static void to_json(Json& json, const PaperComparison& table) {
  json = {{"place", table.place},
          {"title", table.title},
          {"differences", table.are_differences},
          {"figures", table.figures},
          {"rows", table.rows}};
}

static void to_json(Json& json, const MeasuredRun& run) {
  json = {{"run", run.run}, {"ranks", run.ranks}, {"threads", run.threads}, {"attempts", run.attempts}};
  if (!run.host.empty()) json["host"] = run.host;
  if (!run.device.empty()) json["device"] = run.device;
  if (run.seconds) json["seconds"] = *run.seconds;
}

static void to_json(Json& json, const MeasuredCell& cell) {
  json = {{"images_per_second", cell.images_per_second},
          {"seconds", cell.seconds},
          {"core_hours", cell.core_hours},
          {"gpu_hours", cell.gpu_hours},
          {"runs", cell.runs}};
}

static void to_json(Json& json, const Measured& measured) {
  Json versions = Json::array();
  for (const auto& [name, values] : measured.versions) {
    Json counted = Json::array();
    for (const auto& [value, runs] : values) counted.push_back({{"value", value}, {"runs", runs}});
    versions.push_back({{"name", name}, {"values", counted}});
  }
  json = {{"cells", measured.cells},
          {"machines", measured.machines},
          {"versions", versions},
          {"warnings", measured.warnings}};
  const runs::SweepWaste& waste = measured.waste;
  if (waste.all.attempts == 0) return;
  json["waste"] = runs::to_json(waste.all);
  for (std::size_t i = 0; i < waste.cells.size(); ++i) json["cells"][i]["waste"] = runs::to_json(waste.cells[i]);
}

static Json question_json(const Question& question) {
  Json json = {{"figures", Json::array()}, {"alpha", question.alpha}};
  for (const AskedFigure& asked : question.figures) {
    json["figures"].push_back(
        {{"figure", asked.figure}, {"better", better_word(asked.better)}, {"margin", or_null(asked.margin)}});
  }
  if (question.rule) {
    json["seeds"] = {{"until", "decided"},
                     {"least", question.rule->least},
                     {"most", question.rule->most},
                     {"rounds", question.rounds},
                     {"over", question.is_over}};
  }
  return json;
}

// To the comparisons of the figures that the study asks about.
static void add_verdicts(Json& cells, const Report& report) {
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    if (!report.cells[i].against) continue;
    for (const AskedFigure& asked : report.question.figures) {
      const Comparison* const found = entry_of(report.cells[i].against->figures, asked.figure);
      if (!found) continue;
      Json& json = cells[i]["against"]["figures"][asked.figure];
      json["effect"] = or_null(found->effect());
      if (found->finding) json["verdict"] = verdict_word(*found->finding, asked.better);
    }
  }
}

Json to_json(const Report& report) {
  const PoseStudy none, &pose = report.pose ? *report.pose : none;
  Json outcome = {{"data", pose.data},
                  {"skeleton", report.pose ? Json(pose.skeleton->name) : Json()},
                  {"settings", report.settings},
                  {"floors", pose.floors},
                  {"cells", report.cells},
                  {"curves", curves_json(report, pose_trace)},
                  {"relatedness", pose.relatedness ? relatedness_json(*pose.relatedness) : Json()},
                  {"paper", pose.paper}};
  if (report.question.is_stated) {
    outcome["question"] = question_json(report.question);
    add_verdicts(outcome["cells"], report);
  }
  Json measured = report.measured;
  if (!report.pose) measured["curves"] = curves_json(report, plain_trace);
  Json json = {{"name", report.name},
               {"metric", report.metric},
               {"percent", report.is_percent},
               {"seeds", report.seeds},
               {"seed_varies", report.words.seed_varies},
               {"columns", report.columns},
               {"outcome", std::move(outcome)},
               {"measured", std::move(measured)}};
  if (!report.protocol.empty()) json["protocol"] = report.protocol;
  return json;
}

}  // namespace pbn::report
