#include "orchestrator/report/run_details.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/foreign_text.h"
#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/run_curves.h"
#include "orchestrator/report/settings.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/runs/attempt_history.h"
#include "orchestrator/runs/log_end.h"

namespace pbn {
namespace {

constexpr std::size_t most_points = 80;  // of a curve
constexpr std::size_t log_lines = 12, letters_of_a_line = 300;

bool is_broken(const Json& cell) {
  return std::any_of(cell["runs"].begin(), cell["runs"].end(),
                     [](const Json& run) { return run["state"] == "failed" || run["state"] == "lost"; });
}

std::vector<std::size_t> shown_cells(const Json& cells, std::size_t most_runs) {
  std::vector<std::size_t> chosen;
  std::size_t runs = 0;
  for (const bool broken : {true, false}) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (is_broken(cells[i]) != broken || runs + cells[i]["runs"].size() > most_runs) continue;
      runs += cells[i]["runs"].size();
      chosen.push_back(i);
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::string text_at(const Json& object, const char* path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? one_line(value.get<std::string>()) : "";
}

Json attempts_of(const std::filesystem::path& folder, const RunFacts& facts) {
  Json attempts = Json::array();
  for (const Json& attempt : attempt_history(folder, facts)) {
    const std::string job = text_at(attempt, "slurm_job");
    attempts.push_back({{"number", text_at(attempt, "attempt")},
                        {"began", text_at(attempt, "began")},
                        {"ended", text_at(attempt, "exit.ended")},
                        {"where", text_at(attempt, "host") + (job.empty() ? "" : ", job " + job)},
                        {"how", text_at(attempt, "how")}});
  }
  return attempts;
}

std::string log_end_of(const std::filesystem::path& folder) {
  std::vector<std::string> lines;
  for (const std::string& line : last_lines_of(folder / "log", log_lines)) {
    lines.push_back(one_line(fit_to_show(line, letters_of_a_line)));
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

// Four digits are more than a curve shows.
Json rounded(const CurvePoints& points) {
  Json list = Json::array();
  for (const auto& [x, y] : thinned(points, most_points)) list.push_back({x, std::stod(fmt::format("{:.4g}", y))});
  return list;
}

std::string cost_of(const Json& measured_cell, const std::string& run) {
  for (const Json& measured : measured_cell["runs"]) {
    if (measured["run"] != run) continue;
    return fmt::format("{} s on {}: {}, {:g} x {:g} threads", fixed_text(measured["seconds"], 1),
                       text_at(measured, "host"), text_at(measured, "device"), measured["ranks"].get<double>(),
                       measured["threads"].get<double>());
  }
  return "";
}

std::string figure_of(const Json& cell, const Json& aggregate, std::size_t number) {
  const auto values = cell["figures"].find(aggregate["metric"].get<std::string>());
  if (values == cell["figures"].end() || !(*values)[number].is_number()) return "";
  return spread_text({{"n", 1}, {"mean", (*values)[number]}}, 1, aggregate["percent"]);
}

}  // namespace

Json run_details(const Sweep& sweep, const RunStore& store, const Json& aggregate, std::size_t most_runs) {
  const Json& outcome = aggregate["outcome"];
  Json cells = Json::array(), curves = Json::object();
  std::size_t shown = 0, wanted = 0;
  for (const Cell& cell : sweep.cells) wanted += cell.runs.size();
  for (const std::size_t i : shown_cells(outcome["cells"], most_runs)) {
    const Json& cell = outcome["cells"][i];
    Json runs = Json::array();
    for (std::size_t number = 0; number < cell["runs"].size(); ++number) {
      const Json& run = cell["runs"][number];
      const std::string id = run["run"], anchor = anchor_of("run", id);
      const std::filesystem::path folder = store.folder(id);
      const RunCurves of_run = run_curves(store, id, aggregate["metric"]);
      const bool has_curves = of_run.training_loss.size() > 1 || of_run.validation.size() > 1;
      if (has_curves) {
        curves[anchor] = {{"training_loss", rounded(of_run.training_loss)}, {"validation", rounded(of_run.validation)}};
      }
      runs.push_back({{"anchor", anchor},
                      {"seed", run["seed"].dump()},
                      {"folder", folder.lexically_relative(store.root()).string()},
                      {"state", run["state"]},
                      {"reason", text_at(run, "reason")},
                      {"figure", figure_of(cell, aggregate, number)},
                      {"cost", cost_of(aggregate["measured"]["cells"][i], id)},
                      {"attempts", attempts_of(folder, facts_of(store, id))},
                      {"log", log_end_of(folder)},
                      {"has_curves", has_curves}});
    }
    shown += runs.size();
    cells.push_back({{"anchor", anchor_of("cell", cell["cell"])},
                     {"label", one_line(cell["label"].get<std::string>())},
                     {"settings", own_settings(sweep.cells[i], outcome["settings"])},
                     {"runs", std::move(runs)}});
  }
  return {{"shown", shown}, {"wanted", wanted}, {"cells", std::move(cells)}, {"curves", std::move(curves)}};
}

}  // namespace pbn
