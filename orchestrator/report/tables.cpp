#include "orchestrator/report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/number_text.h"
#include "base/text.h"
#include "evaluation/statistics.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/paper_tables.h"

namespace pbn {
namespace {

constexpr const char* nothing = "–";

std::string interval_text(const Json& spread, bool percent) {
  if (!spread.is_object() || !spread.contains("low")) return nothing;
  return fmt::format("[{}, {}]", report_number(spread["low"], percent), report_number(spread["high"], percent));
}

std::string p_text(const Json& comparison, const char* name) {
  return comparison.contains(name) ? significant_text(comparison[name], 3) : nothing;
}

std::string label_of(const Json& cell) {
  return one_line(cell["label"].get<std::string>()) + (cell["baseline"] ? " (baseline)" : "");
}

// Null where there is none; Json::value() would make a copy for each of some hundred thousand values.
const Json& entry_of(const Json& object, const std::string& name) {
  static const Json none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string anchor_of_cell(const Json& cell) { return anchor_of("cell", cell["cell"].get_ref<const std::string&>()); }

// One row for each mean pose and each cell, with the first column filled.
ReportTable table_of_cells(const Json& aggregate, std::string name, std::string title, std::string note) {
  ReportTable table{std::move(name), std::move(title), std::move(note), {{"cell"}, {}}};
  for (const Json& floor : aggregate["outcome"]["floors"])
    table.table.rows.push_back({one_line(floor["label"].get<std::string>())});
  table.floors = table.table.rows.size();
  table.about.resize(table.floors);
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    table.table.rows.push_back({label_of(cell)});
    table.about.push_back(anchor_of_cell(cell));
  }
  return table;
}

// `text_of` a cell and its place; "–" of mean poses unless `floor_text` knows better.
template <typename OfCell, typename OfFloor>
void add_column(ReportTable& table, const Json& aggregate, const std::string& title, OfCell text_of,
                OfFloor floor_text) {
  table.table.columns.push_back(one_line(title));
  const Json& floors = aggregate["outcome"]["floors"];
  const Json& cells = aggregate["outcome"]["cells"];
  for (std::size_t i = 0; i < floors.size(); ++i) table.table.rows[i].push_back(floor_text(floors[i]));
  for (std::size_t i = 0; i < cells.size(); ++i) table.table.rows[table.floors + i].push_back(text_of(cells[i], i));
}

template <typename OfCell>
void add_column(ReportTable& table, const Json& aggregate, const std::string& title, OfCell text_of) {
  add_column(table, aggregate, title, text_of, [](const Json&) { return std::string(nothing); });
}

void add_figure(ReportTable& table, const Json& aggregate, const Column& column) {
  const bool percent = aggregate["percent"];
  add_column(
      table, aggregate, column.title,
      [&](const Json& cell, std::size_t) {
        return spread_text(entry_of(cell["spreads"], column.figure), cell["runs"].size(), percent);
      },
      [&](const Json& floor) {
        const Json& value = entry_of(floor["figures"], column.figure);
        return value.is_number() ? report_number(value, percent) : std::string(nothing);
      });
}

void drop_floors(ReportTable& table) {
  table.table.rows.erase(table.table.rows.begin(),
                         table.table.rows.begin() + static_cast<std::ptrdiff_t>(table.floors));
  table.about.erase(table.about.begin(), table.about.begin() + static_cast<std::ptrdiff_t>(table.floors));
  table.floors = 0;
}

ReportTable figures_table(const Json& aggregate, const std::vector<Column>& columns, std::string name,
                          std::string title, std::string note) {
  ReportTable table = table_of_cells(aggregate, std::move(name), std::move(title), std::move(note));
  if (columns.empty()) table.table.rows.clear();
  if (columns.empty()) return table;
  for (const Column& column : columns) add_figure(table, aggregate, column);
  return table;
}

ReportTable others_table(const Json& aggregate) {
  ReportTable table =
      table_of_cells(aggregate, "others", "Other figures",
                     "Other thresholds and means, the area under the curve of thresholds up to 0.5, and "
                     "the training loss of the last epoch, in thousandths.");
  for (const Column& column : columns(aggregate).others) add_figure(table, aggregate, column);
  add_column(table, aggregate, "training loss", [](const Json& cell, std::size_t) {
    const Json& loss = cell["training_loss"];
    if (loss["n"] == 0) return std::string(nothing);
    const std::string deviation =
        loss["deviation"].is_number() ? " ± " + fixed_text(1000 * loss["deviation"].get<double>(), 3) : "";
    return fixed_text(1000 * loss["mean"].get<double>(), 3) + deviation;
  });
  return table;
}

ReportTable cost_table(const Json& aggregate) {
  ReportTable table =
      table_of_cells(aggregate, "cost", "Size and cost",
                     "Parameters and operations (2 per multiply-add, one image forward) are closed forms. "
                     "Speed and hours were measured, on the machines named below; hours are those of all "
                     "finished runs of a cell.");
  const Json& measured = aggregate["measured"]["cells"];
  add_column(table, aggregate, "parameters", [](const Json& cell, std::size_t) {
    return cell["parameters"].is_null() ? std::string(nothing) : grouped_digits(cell["parameters"]);
  });
  add_column(table, aggregate, "GFLOP/image", [](const Json& cell, std::size_t) {
    return cell["gflop_per_image"].is_null() ? std::string(nothing) : significant_text(cell["gflop_per_image"], 3);
  });
  add_column(table, aggregate, "images/s", [&](const Json&, std::size_t i) {
    const Json& speed = measured[i]["images_per_second"];
    return speed["n"] == 0 ? std::string(nothing) : fixed_text(speed["mean"], 0);
  });
  for (const auto& [name, title] : {std::pair("core_hours", "core hours"), std::pair("gpu_hours", "GPU hours")}) {
    add_column(table, aggregate, title, [&, name = name](const Json&, std::size_t i) {
      const double hours = measured[i][name];
      return hours == 0 ? std::string(nothing) : significant_text(hours, 3);
    });
  }
  drop_floors(table);
  return table;
}

void add_comparison(ReportTable& table, const Json& cell, const Column& column, const Json& comparison, bool percent) {
  const auto interval = [&](const Json& of) {
    return of.contains("low")
               ? fmt::format("[{}, {}]", report_difference(of["low"], percent), report_difference(of["high"], percent))
               : std::string(nothing);
  };
  table.about.push_back(anchor_of_cell(cell));
  table.table.rows.push_back({label_of(cell), one_line(column.title),
                              one_line(cell["against"]["label"].get<std::string>()),
                              report_difference(comparison["mean"], percent), interval(comparison),
                              fmt::format("{}/{}", comparison["n"].get<int>(), cell["runs"].size()),
                              p_text(comparison, "p"), p_text(comparison, "holm"), p_text(comparison, "least_p"),
                              comparison.contains("images") ? interval(comparison["images"]) : nothing});
}

bool has_draws(const Json& aggregate) {
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (!cell.contains("against")) continue;
    for (const Json& comparison : cell["against"]["figures"]) {
      if (comparison.contains("draws")) return true;
    }
  }
  return false;
}

std::string comparison_note(const Json& aggregate) {
  const std::string drawn =
      has_draws(aggregate)
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

std::string seed_statement(const Json& aggregate) {
  return aggregate["seed_varies"].get<std::string>() + " Values are means ± standard deviations over the seeds" +
         (aggregate["percent"] ? ", in percent" : "") +
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

std::string report_difference(const Json& value, bool percent) {
  if (!value.is_number()) return nothing;
  return percent ? fixed_text(value, 2, Sign::always) : significant_text(value, 4, Sign::always);
}

std::string spread_text(const Json& spread, std::size_t wanted, bool percent) {
  const int n = spread.is_object() ? spread.value("n", 0) : 0;
  if (n == 0) return nothing;
  const std::string mean = report_number(spread["mean"], percent);
  const Json& of_seeds = entry_of(spread, "deviation");
  const std::string deviation = n < 2                  ? ""
                                : of_seeds.is_number() ? " ± " + report_number(of_seeds, percent)
                                                       : fmt::format(" ± {}", nothing);
  return mean + deviation + (static_cast<std::size_t>(n) < wanted ? fmt::format(" ({}/{})", n, wanted) : "");
}

ReportTable results_table(const Json& aggregate) {
  ReportTable table = table_of_cells(aggregate, "results", "Results", metric_description(aggregate["metric"]) + ".");
  const bool percent = aggregate["percent"];
  std::vector<Column> splits = columns(aggregate).splits;
  const std::string metric = splits.front().figure;
  splits.front().title = metric_title(metric);
  for (const Column& split : splits) {
    add_figure(table, aggregate, split);
    if (split.figure != metric) continue;
    add_column(table, aggregate, "95%", [&](const Json& cell, std::size_t) {
      return interval_text(entry_of(cell["spreads"], metric), percent);
    });
  }
  return table;
}

ReportTable comparison_table(const Json& aggregate) {
  ReportTable table{"comparison",
                    "Against the baseline",
                    comparison_note(aggregate),
                    {{"cell", "joints", "baseline", "difference", "95% over seeds", "seeds", "p", "Holm", "least p",
                      "95% over images"},
                     {}}};
  const std::vector<Column> splits = columns(aggregate).splits;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (!cell.contains("against")) continue;
    const Json& figures = cell["against"]["figures"];
    for (const Column& column : splits) {
      if (figures.contains(column.figure)) {
        add_comparison(table, cell, column, figures[column.figure], aggregate["percent"]);
      }
    }
  }
  return table;
}

ReportTable occluded_gain_table(const Json& aggregate) {
  ReportTable table{"occluded-gain",
                    "Gain on occluded parts",
                    "Difference to the baseline on occluded joints, paired by seed "
                    "(the form of the paper's Table 7), with its 95% t-interval.",
                    {{"cell", "baseline"}, {}}};
  const std::vector<Column> parts = columns(aggregate).occluded_parts;
  for (const Column& part : parts) table.table.columns.push_back(part.title);
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (parts.empty() || !cell.contains("against") || cell["against"]["figures"].empty()) continue;
    std::vector<std::string> row{label_of(cell), one_line(cell["against"]["label"].get<std::string>())};
    for (const Column& part : parts) {
      const Json& gain = entry_of(cell["against"]["figures"], part.figure);
      row.push_back(gain.is_null()         ? std::string(nothing)
                    : gain.contains("low") ? fmt::format("{} [{}, {}]", report_difference(gain["mean"], true),
                                                         fixed_text(gain["low"], 1, Sign::always),
                                                         fixed_text(gain["high"], 1, Sign::always))
                                           : report_difference(gain["mean"], true));
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

ReportTable missing_runs_table(const Json& aggregate) {
  std::set<std::string> states;
  ReportTable table{"missing", "Runs without a result", "", {{"cell", "seed", "run", "state"}, {}}};
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const Json& run : cell["runs"]) {
      if (!run.contains("reason")) continue;
      const std::string reason = one_line(run["reason"].get<std::string>()), state = run["state"];
      states.insert(state);
      table.table.rows.push_back({one_line(cell["label"].get<std::string>()), run["seed"].dump(),
                                  run["run"].get<std::string>().substr(0, 12),
                                  reason.empty() ? state : state + ": " + reason});
      table.about.push_back(anchor_of("run", run["run"]));
    }
  }
  table.note = advice_on(states);
  return table;
}

std::vector<ReportTable> report_tables(const Json& aggregate) {
  const Columns shown = columns(aggregate);
  const std::string title = metric_title(aggregate["metric"]);
  std::vector<ReportTable> tables{results_table(aggregate), comparison_table(aggregate)};
  for (ReportTable& table : paper_tables(aggregate)) tables.push_back(std::move(table));
  tables.push_back(
      figures_table(aggregate, shown.parts, "parts", "By part", title + " of each part, left and right averaged."));
  tables.push_back(figures_table(aggregate, shown.occluded_parts, "occluded", "Occluded parts",
                                 title + " of each part's occluded joints, left and right averaged."));
  tables.push_back(occluded_gain_table(aggregate));
  tables.push_back(others_table(aggregate));
  tables.push_back(cost_table(aggregate));
  tables.push_back(missing_runs_table(aggregate));
  std::erase_if(tables, [](const ReportTable& table) { return table.table.rows.empty(); });
  return tables;
}

}  // namespace pbn
