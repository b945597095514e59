#include "orchestrator/runs/reported_curves.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
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

// What counts the steps of a line: the finest that it has.
constexpr std::array counters{"global_step", "step", "iteration", "iter", "episode", "round", "generation", "epoch"};

bool is_position(const std::string& name) {
  return name == "epochs" || name == "steps" || std::ranges::find(counters, name) != counters.end();
}

// Numbers beyond 2^53 are no steps.
std::optional<std::int64_t> whole(std::optional<double> number) {
  if (!number || !(std::abs(*number) < 0x1p53)) return {};
  return static_cast<std::int64_t>(*number);
}

struct Position {
  std::string over = "report";
  std::optional<std::int64_t> step{};
};

Position position_of(const Json& line) {
  const auto epoch = number_at(line, "epoch"), step = number_at(line, "step"), steps = number_at(line, "steps");
  if (epoch && step && steps) return {"step", whole((*epoch - 1) * *steps + *step)};
  for (const char* counter : counters) {
    if (const auto at = whole(number_at(line, counter))) return {counter, at};
  }
  return {};
}

void add_numbers(ReportedCurves& curves, const Json& object, const std::string& prefix, const Position& position) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      add_numbers(curves, value, name == "figures" ? prefix : prefix + name + "/", position);
    } else if (value.is_number() && std::isfinite(value.get<double>()) && !is_position(name)) {
      ReportedCurve& curve = curves[prefix + name];
      if (curve.over.empty()) curve.over = position.over;
      curve.points[position.step.value_or(static_cast<std::int64_t>(curve.points.size()))] = value;
    }
  }
}

// Whether a line may have a number of one of these names: most lines of a long run are not worth parsing.
class WantedNames {
 public:
  explicit WantedNames(const std::vector<std::string>& names) : all_(names.begin(), names.end()) {
    for (const std::string& name : names) quoted_.insert(Json(name.substr(name.rfind('/') + 1)).dump());
  }

  bool may_be_in(const std::string& line) const {
    return all_.empty() || std::ranges::any_of(quoted_, [&](const auto& name) { return line.find(name) != line.npos; });
  }

  void keep(ReportedCurves& curves) const {
    if (!all_.empty()) std::erase_if(curves, [&](const auto& curve) { return !all_.contains(curve.first); });
  }

 private:
  std::set<std::string> all_, quoted_;
};

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

ReportedCurves reported_curves(const RunStore& store, const std::string& run, const std::vector<std::string>& wanted) {
  const WantedNames names(wanted);
  ReportedCurves curves;
  std::istringstream lines(read_file_if_there(store.folder(run) / "metrics.jsonl").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (!names.may_be_in(line)) continue;
    const Json entry = Json::parse(line, nullptr, false);
    if (!entry.is_object()) continue;
    const std::string kind = text_at(entry, "kind");
    add_numbers(curves, entry, kind.empty() ? "" : kind + "/", position_of(entry));
  }
  if (const auto result = store.result(run)) {
    const auto epoch = whole(result->final_epoch);
    for (const auto& [name, value] : result->figures) {
      ReportedCurve& curve = curves[(epoch ? "validation/" : "result/") + name];
      if (curve.over.empty()) curve.over = "epoch";
      curve.points[epoch.value_or(0)] = value;
    }
  }
  names.keep(curves);
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
      for (const auto& [step, value] : curve.points) file.add(tag, step, value);
      exported[i].points += curve.points.size();
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
