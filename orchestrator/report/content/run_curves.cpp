#include "orchestrator/report/content/run_curves.h"

#include <map>
#include <string_view>

#include "base/files.h"
#include "base/json.h"

namespace pbn {
namespace {

CurvePoints points_of(const std::map<double, double>& values) {
  CurvePoints points;
  for (const auto& [epoch, value] : values) points.push_back({epoch, value});
  return points;
}

void add(std::map<double, double>& values, const Json& epoch, const Json& value) {
  if (epoch.is_number() && value.is_number()) values[epoch] = value;
}

// Most lines of a long run tell of progress within an epoch: they are not taken apart.
bool may_hold_a_point(std::string_view line) {
  return line.find("\"epoch\"") != std::string_view::npos &&
         (line.find("training_loss") != std::string_view::npos || line.find("figures") != std::string_view::npos);
}

}  // namespace

RunCurves run_curves(const RunStore& store, const std::string& run, const std::string& metric) {
  const std::string text = read_file_if_there(store.folder(run) / "metrics.jsonl").value_or("");
  std::map<double, double> losses, validation;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    if (!may_hold_a_point(line)) continue;
    const Json entry = Json::parse(line, nullptr, false);
    const Json& epoch = at_path(entry, "epoch");
    if (at_path(entry, "kind") == "epoch") add(losses, epoch, at_path(entry, "training_loss"));
    const Json& figures = at_path(entry, "figures");
    if (at_path(entry, "kind") == "validation" && figures.is_object() && figures.contains(metric)) {
      add(validation, epoch, figures[metric]);
    }
  }
  // The worker tests the last epoch once: for its result.
  if (const auto result = store.result(run)) {
    const auto figure = result->figure(metric);
    if (result->final_epoch && figure) validation[*result->final_epoch] = *figure;
  }
  return {points_of(losses), points_of(validation)};
}

}  // namespace pbn
