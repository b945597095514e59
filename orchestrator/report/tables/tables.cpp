#include "orchestrator/report/tables/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string>

#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/content/verdicts.h"
#include "orchestrator/report/tables/cell_table.h"
#include "orchestrator/report/tables/pose_tables.h"
#include "orchestrator/runs/waste_text.h"

namespace pbn::report {
namespace {

// With narrow spaces: "3 641 424".
std::string grouped_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), "\u202f");
  }
  return digits;
}

std::string or_no_value(std::string text) { return text.empty() ? no_value : std::move(text); }

std::string p_text(std::optional<double> p) { return p ? significant_text(*p, 3) : no_value; }

// Without columns that have no value, and without rows if only names are left.
ReportTable known_columns(ReportTable table) {
  table.table.remove_columns_of(no_value);
  if (table.table.columns.size() == 1) table.table.rows.clear();
  return table;
}

ReportTable others_table(const Report& report) {
  CellTable table(report, "others", "Other figures", report.words.others_note);
  for (const Column& column : report.columns.others) table.add_figure(column);
  table.add("training loss", [&](const ReportedCell& cell, std::size_t) {
    const SeedSpread& loss = cell.training_loss;
    if (!report.is_percent || !loss.mean) return spread_text(loss, cell.runs.size(), false);
    return fixed_text(1000 * *loss.mean, 3) + (loss.deviation ? " ± " + fixed_text(1000 * *loss.deviation, 3) : "");
  });
  return known_columns(std::move(table).table());
}

ReportTable cost_table(const Report& report) {
  CellTable table(report, "cost", report.words.cost_title, report.words.cost_note, false);
  const std::vector<MeasuredCell>& measured = report.measured.cells;
  const auto hours_text = [](double hours) { return hours == 0 ? no_value : significant_text(hours, 3); };
  table.add("parameters", [](const ReportedCell& cell, std::size_t) {
    return cell.parameters ? grouped_digits(*cell.parameters) : no_value;
  });
  table.add("GFLOP/image", [](const ReportedCell& cell, std::size_t) {
    return cell.gflop_per_image ? significant_text(*cell.gflop_per_image, 3) : no_value;
  });
  table.add("images/s", [&](const ReportedCell&, std::size_t i) {
    const auto& speed = measured[i].images_per_second.mean;
    return speed ? fixed_text(*speed, 0) : no_value;
  });
  table.add("core hours", [&](const ReportedCell&, std::size_t i) { return hours_text(measured[i].core_hours); });
  table.add("GPU hours", [&](const ReportedCell&, std::size_t i) { return hours_text(measured[i].gpu_hours); });
  return known_columns(std::move(table).table());
}

ReportTable waste_table(const Report& report) {
  std::vector<std::string> labels;
  ReportTable table{"waste", "Where the time went", runs::waste_note, {}, 1, {""}};
  for (const ReportedCell& cell : report.cells) {
    labels.push_back(label_of(cell));
    table.anchors.push_back(anchor_of_cell(cell));
  }
  table.table = runs::waste_table(report.measured.waste, labels);
  return table;
}

std::string verdict_text(const Comparison& comparison, const std::string& figure, const Question& question) {
  for (const AskedFigure& asked : question.figures) {
    if (asked.figure == figure && comparison.finding) return verdict_word(*comparison.finding, asked.better);
  }
  return no_value;
}

std::vector<std::string> comparison_row(const ReportedCell& cell, const Column& column, const Comparison& comparison,
                                        const Report& report) {
  const bool percent = report.is_percent;
  const std::optional<double> effect = comparison.effect();
  const auto bracketed = [&](const evaluation::Interval& interval) {
    return fmt::format("[{}, {}]", report_difference(interval.low, percent), report_difference(interval.high, percent));
  };
  return {label_of(cell),
          one_line(column.title),
          one_line(cell.against->label),
          report_difference(comparison.mean, percent),
          or_no_value(difference_interval(comparison, percent)),
          verdict_text(comparison, column.figure, report.question),
          fmt::format("{}/{}", comparison.n, cell.runs.size()),
          effect ? fixed_text(*effect, 2, Sign::always) : no_value,
          p_text(comparison.p),
          p_text(comparison.holm),
          p_text(comparison.least_p),
          comparison.images ? bracketed(comparison.images->interval) : no_value};
}

// The columns whose differences are shown: the splits, and a second figure that the study asks about.
std::vector<Column> compared_columns(const Report& report) {
  std::vector<Column> columns = report.columns.splits;
  for (const AskedFigure& asked : report.question.figures) {
    const auto is_it = [&](const Column& column) { return column.figure == asked.figure; };
    if (std::none_of(columns.begin(), columns.end(), is_it)) columns.push_back({asked.figure, asked.figure});
  }
  return columns;
}

// Whether a comparison fulfils the condition.
template <typename Condition>
bool any_comparison(const Report& report, Condition condition) {
  return std::ranges::any_of(report.cells, [&](const ReportedCell& cell) {
    return cell.against &&
           std::ranges::any_of(cell.against->figures, [&](const auto& entry) { return condition(entry.second); });
  });
}

double percent_of_paired_intervals(const Report& report) {
  const Question& question = report.question;
  return 100 * (1 - (question.rule ? question.alpha : evaluation::accepted_error));
}

std::string comparison_note(const Report& report) {
  const std::string drawn =
      any_comparison(report, [](const Comparison& comparison) { return comparison.draws.has_value(); })
          ? fmt::format(" (for more than {} pairs estimated from {} random choices of signs, always the same ones)",
                        evaluation::most_exact_pairs, evaluation::sign_flip_draws)
          : "";
  const std::string effect = " Effect is the mean difference in standard deviations of the differences.";
  const std::string bonferroni =
      report.question.has_margin()
          ? " With a margin p is corrected by Bonferroni's method, for all comparisons that were planned."
          : "";
  if (report.question.rule) {
    return fmt::format(
               "Differences are paired by seed, up to the first seed without a result. p may be looked at after every "
               "seed (a test martingale, for differences that are symmetric given the earlier ones); the intervals of "
               "all cells hold together with {:g}%. Holm is p corrected for all comparisons that were planned.",
               percent_of_paired_intervals(report)) +
           bonferroni + effect;
  }
  const std::string images =
      has_image_intervals(report)
          ? " \"95% over images\" answers another question: it takes the trained networks as they are, resamples the "
            "validation photographs (2000 paired bootstrap resamples, percentiles) and says nothing about other seeds."
          : "";
  return std::string("Differences are paired by seed, with their 95% t-interval") +
         (has_pairs_of_seeds(report) ? " (of two seeds with both differences)." : ".") + effect + bonferroni +
         " p is the exact two-sided sign-flip test" + drawn +
         ". Holm is p corrected for all cells that are compared by the figure, including those without results yet. "
         "With few seeds p cannot fall below the least p, however large the difference." +
         images;
}

// The commands for runs in these states. Runs that are running need none.
std::string advice_on(const std::set<std::string>& states) {
  const auto is_untested = [](const std::string& state) { return state.starts_with("not tested"); };
  const auto needs_run = [&](const std::string& state) { return state != "running" && !is_untested(state); };
  const auto any = [&](const auto& condition) { return std::any_of(states.begin(), states.end(), condition); };
  std::vector<std::string> sentences;
  if (states.contains("cancelled")) sentences.push_back("pbn retry GRID restores cancelled runs.");
  if (any(needs_run)) sentences.push_back("pbn run GRID trains the missing runs.");
  if (states.contains("failed")) sentences.push_back("pbn explain RUN says why a run failed.");
  if (any(is_untested)) sentences.push_back("pbn test GRID tests the trained networks.");
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace

std::string seed_statement(const Report& report) {
  const char* const intervals = report.question.rule ? "" : "; intervals in brackets are 95% t-intervals of the mean";
  return report.words.seed_varies + " Values are means ± standard deviations over the seeds" +
         (report.is_percent ? ", in percent" : "") + intervals +
         (has_pairs_of_seeds(report) ? ", two numbers in parentheses are the results of two seeds." : ".") +
         " (4/6): four of six seeds have a result.";
}

std::string anchor_of(const char* kind, const std::string& id) { return fmt::format("{}-{:.12}", kind, id); }

std::string report_number(double value, bool percent) {
  return percent ? fixed_text(value, 1) : significant_text(value, 4);
}

std::string report_difference(std::optional<double> value, bool percent) {
  if (!value) return no_value;
  if (!std::isfinite(*value)) return *value < 0 ? "-∞" : "+∞";
  return percent ? fixed_text(*value, 2, Sign::always) : significant_text(*value, 4, Sign::always);
}

std::string direction_note(const Report& report, const char* lower) {
  const std::vector<AskedFigure>& asked = report.question.figures;
  return !asked.empty() && asked.front().better == grid::Better::lower ? lower : "";
}

std::string difference_interval(const Comparison& comparison, bool percent) {
  return interval_text(comparison, [&](double value) { return report_difference(value, percent); });
}

std::string spread_text(const SeedSpread& spread, std::size_t seeds, bool percent) {
  if (!spread.mean) return no_value;
  const std::string deviation =
      spread.n < 2 ? "" : fmt::format(" ± {}", spread.deviation ? report_number(*spread.deviation, percent) : no_value);
  const bool is_whole = static_cast<std::size_t>(spread.n) >= seeds;
  return report_number(*spread.mean, percent) + deviation + (is_whole ? "" : fmt::format(" ({}/{})", spread.n, seeds));
}

ReportTable results_table(const Report& report) {
  CellTable table(report, "results", "Results",
                  report.words.metric_in_full + "." + direction_note(report, " Lower is better."));
  const bool percent = report.is_percent;
  const std::vector<Column>& splits = report.columns.splits;
  table.add_figure({report.words.metric, report.metric});
  table.add("95%", [&](const ReportedCell& cell, std::size_t) {
    const SeedSpread* const spread = entry_of(cell.spreads, report.metric);
    if (!spread) return std::string(no_value);
    return or_no_value(interval_text(*spread, [&](double value) { return report_number(value, percent); }));
  });
  for (std::size_t i = 1; i < splits.size(); ++i) table.add_figure(splits[i]);
  return std::move(table).table();
}

std::string paired_intervals(const Report& report) {
  return fmt::format("{:g}% {}", percent_of_paired_intervals(report),
                     report.question.rule ? "intervals of the sequential test" : "t-intervals");
}

ReportTable comparison_table(const Report& report) {
  const std::string intervals = fmt::format("{:g}% over seeds", percent_of_paired_intervals(report));
  ReportTable table{"comparison",
                    "Against the baseline",
                    comparison_note(report),
                    {{"cell", report.words.split, "baseline", "difference", intervals, "verdict", "seeds", "effect",
                      "p", "Holm", "least p", "95% over images"},
                     {}}};
  const std::vector<Column> columns = compared_columns(report);
  for (const ReportedCell& cell : report.cells) {
    if (!cell.against) continue;
    for (const Column& column : columns) {
      const Comparison* const comparison = entry_of(cell.against->figures, column.figure);
      if (!comparison) continue;
      table.table.rows.push_back(comparison_row(cell, column, *comparison, report));
      table.anchors.push_back(anchor_of_cell(cell));
    }
  }
  table.table.remove_columns_of(no_value, 11);  // over images
  return table;
}

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
      table.anchors.push_back(anchor_of("run", run.run));
    }
  }
  table.note = advice_on(states);
  return table;
}

bool has_pairs_of_seeds(const Report& report) {
  return std::ranges::any_of(report.cells, [&](const ReportedCell& cell) {
    const SeedSpread* const spread = entry_of(cell.spreads, report.metric);
    return spread && !spread->two.empty();
  });
}

bool has_image_intervals(const Report& report) {
  return any_comparison(report, [](const Comparison& comparison) { return comparison.images.has_value(); });
}

std::vector<ReportTable> report_tables(const Report& report) {
  std::vector<ReportTable> tables{results_table(report), comparison_table(report)};
  if (report.pose) std::ranges::move(pose_tables(report), std::back_inserter(tables));
  tables.push_back(others_table(report));
  tables.push_back(cost_table(report));
  tables.push_back(waste_table(report));
  tables.push_back(missing_runs_table(report));
  std::erase_if(tables, [](const ReportTable& table) { return table.table.rows.empty(); });
  return tables;
}

}  // namespace pbn::report
