#include "orchestrator/report/content/curves.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "orchestrator/report/content/pose_study.h"
#include "orchestrator/runs/reported_curves.h"

namespace pbn::report {
namespace {

constexpr std::size_t most_kinds = 6, most_points = 100;

std::vector<const grid::Cell*> charted_cells(const grid::Sweep& sweep) {
  std::vector<const grid::Cell*> cells;
  for (const bool baselines : {true, false}) {
    for (const grid::Cell& cell : sweep.cells) {
      if (cell.is_baseline == baselines && cells.size() < most_charted_cells) cells.push_back(&cell);
    }
  }
  return cells;
}

// "validation.error" of "validation/error", "loss" of "progress/loss".
std::string name_of(const std::string& source) {
  const std::string progress = "progress/";
  std::string name = source.starts_with(progress) ? source.substr(progress.size()) : source;
  std::ranges::replace(name, '/', '.');
  return name;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// Less is shown first.
int rank_of(const std::string& name, const std::string& metric) {
  if (!metric.empty() && (name == metric || name.ends_with("." + metric))) return 0;
  if (contains(name, "second") || contains(name, "time")) return 3;
  return contains(name, "loss") || contains(name, "error") ? 1 : 2;
}

// "curve-validation-error", and "curve-validation-error-2" where that is taken.
std::string file_of(const std::string& name, std::set<std::string>& taken) {
  std::string file = "curve-";
  for (const char c : name.substr(0, 60)) file += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  std::string unique = file;
  for (int number = 2; !taken.insert(unique).second; ++number) unique = file + "-" + std::to_string(number);
  return unique;
}

bool has_changed(const runs::ReportedCurve& curve) {
  return std::ranges::any_of(curve.points,
                             [&](const auto& point) { return point.second != curve.points.begin()->second; });
}

// What counts each number that has changed in some run of the charted cells, by its source.
std::map<std::string, std::string> reported_numbers(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::map<std::string, std::string> numbers;
  for (const grid::Cell* cell : charted_cells(sweep)) {
    for (const grid::Run& run : cell->runs) {
      for (const auto& [source, curve] : runs::reported_curves(store, run.id)) {
        if (has_changed(curve)) numbers.emplace(source, curve.over);
      }
    }
  }
  return numbers;
}

std::vector<CurveKind> pose_kinds(const std::string& metric) {
  return {{"epoch/training_loss", "training_loss", "Training loss", "epoch", "training-loss"},
          {"validation/" + metric, "validation", pose_metric_title(metric) + " on the validation set", "epoch",
           "validation"}};
}

}  // namespace

std::vector<CurveKind> curve_kinds_of(const grid::Sweep& sweep, const runs::RunStore& store,
                                      const std::string& metric) {
  if (has_poses(sweep)) return pose_kinds(metric);
  std::vector<CurveKind> kinds;
  std::set<std::string> files;
  for (const auto& [source, over] : reported_numbers(sweep, store)) {
    const std::string name = name_of(source);
    kinds.push_back({source, name, name, over, file_of(name, files)});
  }
  std::ranges::stable_sort(kinds, {}, [&](const CurveKind& kind) { return rank_of(kind.name, metric); });
  if (kinds.size() > most_kinds) kinds.resize(most_kinds);
  return kinds;
}

RunCurves run_curves(const runs::RunStore& store, const std::string& run, const std::vector<CurveKind>& kinds) {
  RunCurves curves(kinds.size());
  if (kinds.empty()) return curves;
  std::vector<std::string> wanted;
  for (const CurveKind& kind : kinds) wanted.push_back(kind.source);
  const runs::ReportedCurves reported = runs::reported_curves(store, run, wanted);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto found = reported.find(kinds[i].source);
    if (found == reported.end()) continue;
    for (const auto& [at, value] : found->second.points) curves[i].push_back({static_cast<double>(at), value});
    if (kinds[i].over != "epoch") curves[i] = drawing::thinned(curves[i], most_points);
  }
  return curves;
}

std::vector<CellTrace> curves_of(const grid::Sweep& sweep, const runs::RunStore& store,
                                 const std::vector<CurveKind>& kinds) {
  std::vector<CellTrace> traces;
  for (const grid::Cell* cell : charted_cells(sweep)) {
    CellTrace& trace = traces.emplace_back(CellTrace{cell->id, cell->label, {}});
    for (const grid::Run& run : cell->runs) trace.runs.push_back({run.seed, run_curves(store, run.id, kinds), {}});
  }
  return traces;
}

}  // namespace pbn::report
