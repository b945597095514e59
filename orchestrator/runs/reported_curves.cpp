#include "orchestrator/runs/reported_curves.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>

#include "base/files.h"
#include "base/parallel.h"
#include "base/text.h"
#include "orchestrator/runs/event_file.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_name = 200;  // bytes; file systems allow 255

bool is_position(const std::string& name) {
  return name == "epoch" || name == "epochs" || name == "step" || name == "steps";
}

// Numbers beyond 2^53 are no steps.
std::optional<std::int64_t> whole(std::optional<double> number) {
  if (!number || !(std::abs(*number) < 0x1p53)) return {};
  return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> step_of(const Json& line) {
  const auto epoch = number_at(line, "epoch"), step = number_at(line, "step"), steps = number_at(line, "steps");
  if (epoch && step && steps) return whole((*epoch - 1) * *steps + *step);
  return whole(step ? step : epoch);
}

void add_numbers(ReportedCurves& curves, const Json& object, const std::string& prefix,
                 const std::optional<std::int64_t>& step) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      add_numbers(curves, value, name == "figures" ? prefix : prefix + name + "/", step);
    } else if (value.is_number() && std::isfinite(value.get<double>()) && !is_position(name)) {
      ReportedCurve& curve = curves[prefix + name];
      curve[step.value_or(static_cast<std::int64_t>(curve.size()))] = value;
    }
  }
}

// The lines of metrics.jsonl have no times: the last change of the file stands for all.
double time_of(const fs::path& run_folder) {
  struct stat status {};
  const bool is_there = ::stat((run_folder / "metrics.jsonl").c_str(), &status) == 0 ||
                        ::stat((run_folder / "result.json").c_str(), &status) == 0;
  return is_there ? static_cast<double>(status.st_mtime) : 0;
}

std::string folder_name_of(const NamedRun& run) {
  std::string name = one_line(run.name.empty() ? run.run : run.name);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\\'; }, '_');
  if (name.front() == '.') name.front() = '_';
  return std::string(cut_to_bytes(name, longest_name));
}

std::vector<std::string> folder_names_of(const std::vector<NamedRun>& runs) {
  std::map<std::string, int> uses;
  std::vector<std::string> names;
  for (const NamedRun& run : runs) ++uses[names.emplace_back(folder_name_of(run))];
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (uses[names[i]] > 1) names[i] += fmt::format(" ({})", runs[i].run);
  }
  return names;
}

}  // namespace

ReportedCurves reported_curves(const RunStore& store, const std::string& run) {
  ReportedCurves curves;
  std::istringstream lines(read_file_if_there(store.folder(run) / "metrics.jsonl").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line, nullptr, false);
    if (!entry.is_object()) continue;
    const std::string kind = text_at(entry, "kind");
    add_numbers(curves, entry, kind.empty() ? "" : kind + "/", step_of(entry));
  }
  if (const auto result = store.result(run)) {
    const auto epoch = whole(result->final_epoch);
    for (const auto& [name, value] : result->figures) {
      curves[(epoch ? "validation/" : "result/") + name][epoch.value_or(0)] = value;
    }
  }
  return curves;
}

ExportedCurves export_for_tensorboard(const RunStore& store, const std::vector<NamedRun>& runs,
                                      const fs::path& folder) {
  make_writable_folder(folder);
  const std::vector<std::string> names = folder_names_of(runs);
  std::vector<ExportedCurves> exported(runs.size());
  in_parallel(runs.size(), std::min<std::size_t>(16, runs.size() / 8), [&](std::size_t i) {
    const ReportedCurves curves = reported_curves(store, runs[i].run);
    if (curves.empty()) return;
    EventFile file(time_of(store.folder(runs[i].run)));
    for (const auto& [tag, curve] : curves) {
      for (const auto& [step, value] : curve) file.add(tag, step, value);
      exported[i].points += curve.size();
    }
    exported[i].runs = 1;
    exported[i].curves = curves.size();
    make_writable_folder(folder / names[i]);
    write_atomically(folder / names[i] / ("events.out.tfevents." + runs[i].run), file.content(), Durability::cached);
  });
  ExportedCurves all;
  for (const ExportedCurves& one : exported) {
    all.runs += one.runs;
    all.curves += one.curves;
    all.points += one.points;
  }
  return all;
}

}  // namespace pbn::runs
