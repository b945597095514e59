#include "orchestrator/report/tables/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/tables/paper_tables.h"

namespace pbn {
namespace {

constexpr const char* nothing = "–";

std::string interval_text(const SeedSpread& spread, bool percent) {
  if (!spread.interval) return nothing;
  return fmt::format("[{}, {}]", report_number(spread.interval->low, percent),
                     report_number(spread.interval->high, percent));
}

std::string p_text(std::optional<double> p) { return p ? significant_text(*p, 3) : nothing; }

std::string label_of(const ReportedCell& cell) {
  return one_line(cell.label) + (cell.is_baseline ? " (baseline)" : "");
}

// An empty one where there is none.
template <typename Value>
const Value& entry_of(const std::map<std::string, Value>& entries, const std::string& name) {
  static const Value none;
  const auto found = entries.find(name);
  return found == entries.end() ? none : found->second;
}

std::string anchor_of_cell(const ReportedCell& cell) { return anchor_of("cell", cell.cell); }

// One row for each mean pose and each cell, with the first column filled.
ReportTable table_of_cells(const Report& report, std::string name, std::string title, std::string note) {
  ReportTable table{std::move(name), std::move(title), std::move(note), {{"cell"}, {}}};
  for (const Floor& floor : report.floors) table.table.rows.push_back({one_line(floor.label)});
  table.floors = table.table.rows.size();
  table.about.resize(table.floors);
  for (const ReportedCell& cell : report.cells) {
    table.table.rows.push_back({label_of(cell)});
    table.about.push_back(anchor_of_cell(cell));
  }
  return table;
}

// `text_of` a cell and its place; "–" of mean poses unless `floor_text` knows better.
template <typename OfCell, typename OfFloor>
void add_column(ReportTable& table, const Report& report, const std::string& title, OfCell text_of,
                OfFloor floor_text) {
  table.table.columns.push_back(one_line(title));
  for (std::size_t i = 0; i < table.floors; ++i) table.table.rows[i].push_back(floor_text(report.floors[i]));
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    table.table.rows[table.floors + i].push_back(text_of(report.cells[i], i));
  }
}

template <typename OfCell>
void add_column(ReportTable& table, const Report& report, const std::string& title, OfCell text_of) {
  add_column(table, report, title, text_of, [](const Floor&) { return std::string(nothing); });
}

void add_figure(ReportTable& table, const Report& report, const Column& column) {
  const bool percent = report.is_percent;
  add_column(
      table, report, column.title,
      [&](const ReportedCell& cell, std::size_t) {
        return spread_text(entry_of(cell.spreads, column.figure), cell.runs.size(), percent);
      },
      [&](const Floor& floor) {
        const auto value = floor.figures.find(column.figure);
        return value == floor.figures.end() ? std::string(nothing) : report_number(value->second, percent);
      });
}

void drop_floors(ReportTable& table) {
  table.table.rows.erase(table.table.rows.begin(),
                         table.table.rows.begin() + static_cast<std::ptrdiff_t>(table.floors));
  table.about.erase(table.about.begin(), table.about.begin() + static_cast<std::ptrdiff_t>(table.floors));
  table.floors = 0;
}

ReportTable figures_table(const Report& report, const std::vector<Column>& columns, std::string name, std::string title,
                          std::string note) {
  ReportTable table = table_of_cells(report, std::move(name), std::move(title), std::move(note));
  if (columns.empty()) table.table.rows.clear();
  if (columns.empty()) return table;
  for (const Column& column : columns) add_figure(table, report, column);
  return table;
}

ReportTable others_table(const Report& report) {
  ReportTable table =
      table_of_cells(report, "others", "Other figures",
                     "Other thresholds and means, the area under the curve of thresholds up to 0.5, and "
                     "the training loss of the last epoch, in thousandths.");
  for (const Column& column : report.columns.others) add_figure(table, report, column);
  add_column(table, report, "training loss", [](const ReportedCell& cell, std::size_t) {
    const SeedSpread& loss = cell.training_loss;
    if (!loss.mean) return std::string(nothing);
    return fixed_text(1000 * *loss.mean, 3) + (loss.deviation ? " ± " + fixed_text(1000 * *loss.deviation, 3) : "");
  });
  return table;
}

ReportTable cost_table(const Report& report) {
  ReportTable table =
      table_of_cells(report, "cost", "Size and cost",
                     "Parameters and operations (2 per multiply-add, one image forward) are closed forms. "
                     "Speed and hours were measured, on the machines named below; hours are those of all "
                     "finished runs of a cell.");
  const std::vector<MeasuredCell>& measured = report.measured.cells;
  add_column(table, report, "parameters", [](const ReportedCell& cell, std::size_t) {
    return cell.parameters ? grouped_digits(*cell.parameters) : std::string(nothing);
  });
  add_column(table, report, "GFLOP/image", [](const ReportedCell& cell, std::size_t) {
    return cell.gflop_per_image ? significant_text(*cell.gflop_per_image, 3) : std::string(nothing);
  });
  add_column(table, report, "images/s", [&](const ReportedCell&, std::size_t i) {
    const auto& speed = measured[i].images_per_second.mean;
    return speed ? fixed_text(*speed, 0) : std::string(nothing);
  });
  for (const auto& [hours_of, title] :
       {std::pair(&MeasuredCell::core_hours, "core hours"), std::pair(&MeasuredCell::gpu_hours, "GPU hours")}) {
    add_column(table, report, title, [&, member = hours_of](const ReportedCell&, std::size_t i) {
      const double hours = measured[i].*member;
      return hours == 0 ? std::string(nothing) : significant_text(hours, 3);
    });
  }
  drop_floors(table);
  return table;
}

void add_comparison(ReportTable& table, const ReportedCell& cell, const Column& column, const Comparison& comparison,
                    bool percent) {
  const auto text_of = [&](const Interval& interval) {
    return fmt::format("[{}, {}]", report_difference(interval.low, percent), report_difference(interval.high, percent));
  };
  table.about.push_back(anchor_of_cell(cell));
  table.table.rows.push_back(
      {label_of(cell), one_line(column.title), one_line(cell.against->label),
       report_difference(comparison.mean, percent), comparison.interval ? text_of(*comparison.interval) : nothing,
       fmt::format("{}/{}", comparison.n, cell.runs.size()), p_text(comparison.p), p_text(comparison.holm),
       p_text(comparison.least_p), comparison.images ? text_of(comparison.images->interval) : nothing});
}

bool has_draws(const Report& report) {
  for (const ReportedCell& cell : report.cells) {
    if (!cell.against) continue;
    for (const auto& [figure, comparison] : cell.against->figures) {
      if (comparison.draws) return true;
    }
  }
  return false;
}

std::string comparison_note(const Report& report) {
  const std::string drawn =
      has_draws(report)
          ? fmt::format(" (of more than {} pairs: estimated from {} random choices of signs, always the same ones)",
                        most_exact_pairs, sign_flip_draws)
          : "";
  return "Differences are paired by seed, with their 95% t-interval. p is the exact two-sided sign-flip test" + drawn +
         ", Holm the same corrected for all cells that are compared by that figure, also those without results yet; so "
         "few seeds cannot give a p below the least p, however large the difference. 95% over images answers another "
         "question: it takes the trained networks as they are, draws the validation photographs anew (2000 paired "
         "bootstrap resamples, percentiles) and says nothing about other seeds.";
}

}  // namespace

std::string seed_statement(const Report& report) {
  return report.seed_varies + " Values are means ± standard deviations over the seeds" +
         (report.is_percent ? ", in percent" : "") +
         "; intervals in brackets are 95% t-intervals of the mean. (4/6): of six seeds four have a result.";
}

std::string anchor_of(const char* kind, const std::string& id) { return fmt::format("{}-{:.12}", kind, id); }

std::string grouped_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), "\u202f");
  }
  return digits;
}

std::string report_number(double value, bool percent) {
  return percent ? fixed_text(value, 1) : significant_text(value, 4);
}

std::string report_difference(std::optional<double> value, bool percent) {
  if (!value) return nothing;
  return percent ? fixed_text(*value, 2, Sign::always) : significant_text(*value, 4, Sign::always);
}

std::string spread_text(const SeedSpread& spread, std::size_t wanted, bool percent) {
  if (!spread.mean) return nothing;
  const std::string deviation =
      spread.n < 2 ? "" : fmt::format(" ± {}", spread.deviation ? report_number(*spread.deviation, percent) : nothing);
  const bool is_whole = static_cast<std::size_t>(spread.n) >= wanted;
  return report_number(*spread.mean, percent) + deviation + (is_whole ? "" : fmt::format(" ({}/{})", spread.n, wanted));
}

ReportTable results_table(const Report& report) {
  ReportTable table = table_of_cells(report, "results", "Results", metric_description(report.metric) + ".");
  const bool percent = report.is_percent;
  std::vector<Column> splits = report.columns.splits;
  const std::string metric = splits.front().figure;
  splits.front().title = metric_title(metric);
  for (const Column& split : splits) {
    add_figure(table, report, split);
    if (split.figure != metric) continue;
    add_column(table, report, "95%", [&](const ReportedCell& cell, std::size_t) {
      return interval_text(entry_of(cell.spreads, metric), percent);
    });
  }
  return table;
}

ReportTable comparison_table(const Report& report) {
  ReportTable table{"comparison",
                    "Against the baseline",
                    comparison_note(report),
                    {{"cell", "joints", "baseline", "difference", "95% over seeds", "seeds", "p", "Holm", "least p",
                      "95% over images"},
                     {}}};
  for (const ReportedCell& cell : report.cells) {
    if (!cell.against) continue;
    for (const Column& column : report.columns.splits) {
      const auto found = cell.against->figures.find(column.figure);
      if (found != cell.against->figures.end()) add_comparison(table, cell, column, found->second, report.is_percent);
    }
  }
  return table;
}

namespace {

std::string gain_text(const std::map<std::string, Comparison>& gains, const std::string& figure) {
  const auto found = gains.find(figure);
  if (found == gains.end()) return nothing;
  const Comparison& gain = found->second;
  const std::string text = report_difference(gain.mean, true);
  if (!gain.interval) return text;
  return fmt::format("{} [{}, {}]", text, fixed_text(gain.interval->low, 1, Sign::always),
                     fixed_text(gain.interval->high, 1, Sign::always));
}

}  // namespace

ReportTable occluded_gain_table(const Report& report) {
  ReportTable table{"occluded-gain",
                    "Gain on occluded parts",
                    "Difference to the baseline on occluded joints, paired by seed "
                    "(the form of the paper's Table 7), with its 95% t-interval.",
                    {{"cell", "baseline"}, {}}};
  const std::vector<Column>& parts = report.columns.occluded_parts;
  for (const Column& part : parts) table.table.columns.push_back(part.title);
  for (const ReportedCell& cell : report.cells) {
    if (parts.empty() || !cell.against || cell.against->figures.empty()) continue;
    std::vector<std::string> row{label_of(cell), one_line(cell.against->label)};
    for (const Column& part : parts) {
      row.push_back(gain_text(cell.against->figures, part.figure));
    }
    table.table.rows.push_back(std::move(row));
    table.about.push_back(anchor_of_cell(cell));
  }
  return table;
}

namespace {

// The commands that help runs in these states. Those that run need none.
std::string advice_on(const std::set<std::string>& states) {
  const auto is_untested = [](const std::string& state) { return state.starts_with("not tested"); };
  std::vector<std::string> sentences;
  if (states.contains("cancelled")) sentences.push_back("pbn retry GRID gives back what is cancelled.");
  const bool is_to_run = std::any_of(states.begin(), states.end(), [&](const std::string& state) {
    return state != "running" && !is_untested(state);
  });
  if (is_to_run) sentences.push_back("pbn run GRID carries out what is missing.");
  if (states.contains("failed")) sentences.push_back("pbn explain RUN tells what is wrong with a failed one.");
  if (std::any_of(states.begin(), states.end(), is_untested))
    sentences.push_back("pbn test GRID tests what is trained.");
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace

ReportTable missing_runs_table(const Report& report) {
  std::set<std::string> states;
  ReportTable table{"missing", "Runs without a result", "", {{"cell", "seed", "run", "state"}, {}}};
  for (const ReportedCell& cell : report.cells) {
    for (const ReportedRun& run : cell.runs) {
      if (!run.reason) continue;
      const std::string reason = one_line(*run.reason);
      states.insert(run.state);
      table.table.rows.push_back({one_line(cell.label), std::to_string(run.seed), run.run.substr(0, 12),
                                  reason.empty() ? run.state : run.state + ": " + reason});
      table.about.push_back(anchor_of("run", run.run));
    }
  }
  table.note = advice_on(states);
  return table;
}

std::vector<ReportTable> report_tables(const Report& report) {
  const Columns& shown = report.columns;
  const std::string title = metric_title(report.metric);
  std::vector<ReportTable> tables{results_table(report), comparison_table(report)};
  for (ReportTable& table : paper_tables(report)) tables.push_back(std::move(table));
  tables.push_back(
      figures_table(report, shown.parts, "parts", "By part", title + " of each part, left and right averaged."));
  tables.push_back(figures_table(report, shown.occluded_parts, "occluded", "Occluded parts",
                                 title + " of each part's occluded joints, left and right averaged."));
  tables.push_back(occluded_gain_table(report));
  tables.push_back(others_table(report));
  tables.push_back(cost_table(report));
  tables.push_back(missing_runs_table(report));
  std::erase_if(tables, [](const ReportTable& table) { return table.table.rows.empty(); });
  return tables;
}

}  // namespace pbn
