#include "orchestrator/report/page/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/text.h"
#include "config/part_groups.h"
#include "drawing/chart_style.h"
#include "drawing/drawing.h"
#include "drawing/group_figure.h"
#include "drawing/svg.h"
#include "orchestrator/report/figures/charts.h"
#include "report_page.h"  // page.html, page.css and page.js

namespace pbn {
namespace {

using kainjow::mustache::data;

// The view that the template sees: texts of printable characters, lists and objects; empty lists are false.
data as_view(const Json& value) {
  if (value.is_string()) return data(printable_text(value.get_ref<const std::string&>()));
  if (value.is_boolean()) return data(value.get<bool>() ? data::type::bool_true : data::type::bool_false);
  if (value.is_array()) {
    data list(data::type::list);
    for (const Json& element : value) list.push_back(as_view(element));
    return list;
  }
  if (value.is_object()) {
    data object(data::type::object);
    for (const auto& [name, inner] : value.items()) object.set(name, as_view(inner));
    return object;
  }
  return value.is_null() ? data(data::type::bool_false) : data(value.dump());
}

constexpr std::size_t most_rows = 300;  // of a table on the page; a browser takes long over more, and nobody reads them

using Anchors = std::set<std::string>;  // that are on the page

Json table_view(const ReportTable& named, const Anchors& anchors) {
  const Table& table = named.table;
  Json rows = Json::array();
  const std::size_t shown = std::min(table.rows.size(), most_rows);
  for (std::size_t r = 0; r < shown; ++r) {
    Json cells = Json::array();
    for (std::size_t c = 1; c < table.rows[r].size(); ++c) cells.push_back({{"text", table.rows[r][c]}});
    const std::string about = r < named.about.size() ? named.about[r] : "";
    rows.push_back({{"label", table.rows[r][0]},
                    {"cells", cells},
                    {"floor", r < named.floors},
                    {"link", anchors.contains(about) ? Json(about) : Json(false)}});
  }
  Json columns = Json::array();
  for (std::size_t c = 1; c < table.columns.size(); ++c) columns.push_back(table.columns[c]);
  const std::string cut =
      shown == table.rows.size()
          ? ""
          : fmt::format("The first {} of {} rows; cells.csv and runs.csv have all.", shown, table.rows.size());
  return {{"cut", cut},   {"name", named.name}, {"title", named.title},     {"note", named.note},
          {"rows", rows}, {"columns", columns}, {"first", table.columns[0]}};
}

// All but those that have a place of their own on the page.
Json other_tables_view(const std::vector<ReportTable>& all, const Anchors& anchors) {
  Json tables = Json::array();
  for (const ReportTable& table : all) {
    if (table.name != "results" && table.name != "missing") tables.push_back(table_view(table, anchors));
  }
  return tables;
}

// The skeleton without the parts that these groups do not name, because they were no tasks.
Skeleton grouped_parts(const PartLists& lists, const Skeleton& skeleton) {
  std::vector<std::string> others;
  for (const std::string& part : skeleton.parts) {
    const auto names = [&](const auto& group) { return std::find(group.begin(), group.end(), part) != group.end(); };
    if (std::none_of(lists.begin(), lists.end(), names)) others.push_back(part);
  }
  return without_parts(skeleton, others);
}

// Each grouping once, with the cells that use it.
Json groups_view(const Report& report) {
  if (!report.skeleton) return Json::array();
  const Skeleton& all_parts = skeleton_named(*report.skeleton);
  std::vector<std::pair<PartLists, std::vector<std::string>>> groupings;
  for (const ReportedCell& cell : report.cells) {
    if (!cell.groups) continue;
    const auto same =
        std::find_if(groupings.begin(), groupings.end(), [&](const auto& g) { return g.first == *cell.groups; });
    if (same == groupings.end()) {
      groupings.push_back({*cell.groups, {cell.label}});
    } else {
      same->second.push_back(cell.label);
    }
  }
  Json view = Json::array();
  for (const auto& [lists, cells] : groupings) {
    const Skeleton skeleton = grouped_parts(lists, all_parts);
    const Groups groups = resolve_groups(lists, skeleton);
    Json lines = Json::array();
    const PartColours colours = colours_by_group(skeleton, groups);
    for (const auto& group : groups) {
      std::vector<std::string> parts;
      for (const int part : group) parts.push_back(skeleton.parts[static_cast<std::size_t>(part)]);
      lines.push_back({{"parts", fmt::format("{}", fmt::join(parts, ", "))},
                       {"colour", colours[static_cast<std::size_t>(group.front())]}});
    }
    view.push_back({{"cells", fmt::format("{}", fmt::join(cells, "; "))},
                    {"count", counted(groups.size(), "group")},
                    {"figure", group_figure(groups, skeleton)},
                    {"groups", lines}});
  }
  return view;
}

std::string drawing_of(const ReportFigure& figure) {
  if (!figure.is_picture) return figure.svg;
  return fmt::format("<img src=\"{}\" alt=\"{}\">", svg_data_uri(figure.svg), escape_markup(figure.caption));
}

// The bars stand with the results.
Json other_figures_view(const std::vector<ReportFigure>& figures) {
  Json view = Json::array();
  for (const ReportFigure& figure : figures) {
    if (figure.name != "results")
      view.push_back({{"name", figure.name}, {"caption", figure.caption}, {"drawing", drawing_of(figure)}});
  }
  return view;
}

Json pictures_view(const std::vector<GallerySection>& sections) {
  Json view = Json::array();
  for (const GallerySection& section : sections) {
    Json rows = Json::array();
    for (const GalleryRow& row : section.rows) {
      Json panels = Json::array();
      for (const GalleryPanel& panel : row.panels) {
        panels.push_back({{"caption", panel.caption}, {"note", panel.note}, {"svg", panel.svg}});
      }
      rows.push_back({{"title", row.title}, {"panels", panels}});
    }
    view.push_back({{"title", section.title}, {"note", section.note}, {"rows", rows}});
  }
  return view;
}

// False where there is none: the template leaves it out.
Json text_or_false(const std::string& text) { return text.empty() ? Json(false) : Json(text); }

Json settings_view(const std::vector<SettingText>& settings) {
  Json view = Json::array();
  for (const SettingText& setting : settings) view.push_back({{"key", setting.key}, {"value", setting.value}});
  return view;
}

Json attempts_view(const std::vector<ShownAttempt>& attempts) {
  Json view = Json::array();
  for (const ShownAttempt& attempt : attempts) {
    view.push_back({{"number", attempt.number},
                    {"began", attempt.began},
                    {"ended", attempt.ended},
                    {"where", attempt.where},
                    {"how", attempt.how}});
  }
  return view;
}

// The template asks whether a list has entries, because the heads around it are drawn once.
Json shown_run_view(const ShownRun& run) {
  return {{"anchor", run.anchor},
          {"seed", std::to_string(run.seed)},
          {"folder", run.folder},
          {"state", run.state},
          {"reason", text_or_false(run.reason)},
          {"figure", run.figure},
          {"cost", text_or_false(run.cost)},
          {"attempts", attempts_view(run.attempts)},
          {"has_attempts", !run.attempts.empty()},
          {"log", text_or_false(run.log)},
          {"has_curves", run.has_curves()}};
}

Json run_cells_view(const std::optional<RunDetails>& details) {
  Json view = Json::array();
  if (!details) return view;
  for (const ShownRunsOfCell& cell : details->cells) {
    std::size_t finished = 0;
    Json runs = Json::array();
    for (const ShownRun& run : cell.runs) {
      finished += run.state == "completed";
      runs.push_back(shown_run_view(run));
    }
    view.push_back({{"anchor", cell.anchor},
                    {"label", cell.label},
                    {"settings", settings_view(cell.settings)},
                    {"has_settings", !cell.settings.empty()},
                    {"count", fmt::format("{} of {} runs have a result", finished, cell.runs.size())},
                    {"runs", runs}});
  }
  return view;
}

// What page.js draws: {ANCHOR: {"training_loss": [[epoch, value]], "validation": [[epoch, value]]}}
Json run_curves_view(const std::optional<RunDetails>& details) {
  Json view = Json::object();
  if (!details) return view;
  for (const ShownRunsOfCell& cell : details->cells) {
    for (const ShownRun& run : cell.runs) {
      if (!run.has_curves()) continue;
      view[run.anchor] = {{"training_loss", run.curves.training_loss}, {"validation", run.curves.validation}};
    }
  }
  return view;
}

std::string runs_note(const std::optional<RunDetails>& details) {
  if (!details) return "";
  const std::string all = "Settings are those that not all cells share; the others stand under \"What was run\".";
  if (details->shown == details->wanted) return all;
  return fmt::format(
      "{} of {} runs are shown, so that the page stays small: cells with a run that failed or was lost "
      "first, then in the order of the tables. runs.csv has all. {}",
      details->shown, details->wanted, all);
}

Anchors anchors_in(const std::optional<RunDetails>& details) {
  Anchors anchors;
  if (!details) return anchors;
  for (const ShownRunsOfCell& cell : details->cells) {
    anchors.insert(cell.anchor);
    for (const ShownRun& run : cell.runs) anchors.insert(run.anchor);
  }
  return anchors;
}

Json versions_view(const Versions& versions) {
  Json lines = Json::array();
  for (const auto& [name, values] : versions) {
    std::string line = name + ":";
    for (const auto& [value, runs] : values) line += fmt::format(" {} ({})", value, counted(runs, "run"));
    lines.push_back(line);
  }
  return lines;
}

Json runs_view(const Report& report) {
  std::size_t wanted = 0, finished = 0;
  for (const ReportedCell& cell : report.cells) {
    wanted += cell.runs.size();
    finished += static_cast<std::size_t>(
        std::count_if(cell.runs.begin(), cell.runs.end(), [](const auto& run) { return run.state == "completed"; }));
  }
  return {{"wanted", wanted}, {"finished", finished}};
}

Json legend_view(const Columns& columns) {
  Json titles = Json::array();
  for (const Column& split : columns.splits) {
    titles.push_back({{"key", split_class(split)}, {"words", split.title == "overall" ? "all joints" : split.title}});
  }
  return titles;
}

Json data_view(const std::vector<DataSource>& sources) {
  Json view = Json::array();
  for (const DataSource& data : sources) {
    view.push_back({{"role", data.role},
                    {"file", data.file},
                    {"dataset", data.dataset},
                    {"split", data.split},
                    {"source", data.source},
                    {"people", std::to_string(data.people)},
                    {"box_pixels", std::to_string(data.box_pixels)},
                    {"fingerprint", data.fingerprint}});
  }
  return view;
}

std::string in_words(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

const ReportTable& table_named(const std::vector<ReportTable>& tables, const std::string& name) {
  static const ReportTable none;
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.name == name; });
  return found == tables.end() ? none : *found;
}

std::string figure_named(const std::vector<ReportFigure>& figures, const std::string& name) {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const auto& f) { return f.name == name; });
  return found == figures.end() ? "" : found->svg;
}

}  // namespace

std::string html_page(const PageContent& content) {
  const Report& report = content.report;
  const Anchors anchors = anchors_in(content.runs);
  const ReportTable& missing = table_named(content.tables, "missing");
  std::vector<std::string> seeds;
  for (const std::uint32_t seed : report.seeds) seeds.push_back(std::to_string(seed));
  Json view = {{"style", report_page_css + chart_style()},
               {"script", report_page_js},
               {"name", report.name},
               {"metric", metric_description(report.metric)},
               {"metric_name", report.metric},
               {"cell_count", counted(report.cells.size(), "cell")},
               {"runs", runs_view(report)},
               {"seeds", in_words(seeds)},
               {"seed_statement", seed_statement(report)},
               {"legend", legend_view(report.columns)},
               {"chart", figure_named(content.figures, "results")},
               {"figures", other_figures_view(content.figures)},
               {"results", table_view(table_named(content.tables, "results"), anchors)},
               {"tables", other_tables_view(content.tables, anchors)},
               {"has_missing", !missing.table.rows.empty()},
               {"missing_count", counted(missing.table.rows.size(), "run has", "runs have")},
               {"pictures", pictures_view(content.pictures)},
               {"groups", groups_view(report)},
               {"data", data_view(report.data)},
               {"has_data", !report.data.empty()},
               {"machines", report.measured.machines},
               {"versions", versions_view(report.measured.versions)},
               {"warnings", report.measured.warnings},
               {"has_warnings", !report.measured.warnings.empty()},
               {"settings", settings_view(report.settings)},
               {"run_cells", run_cells_view(content.runs)},
               {"runs_note", runs_note(content.runs)},
               {"run_curves", run_curves_view(content.runs).dump()}};
  if (view["has_missing"]) view["missing"] = table_view(missing, anchors);
  view["has_groups"] = !view["groups"].empty();
  view["has_figures"] = !view["figures"].empty();
  view["has_runs"] = !view["run_cells"].empty();
  kainjow::mustache::mustache page(report_page_html);
  if (!page.is_valid()) throw bug_error("orchestrator/report/page/page.html", "", "{}", page.error_message());
  return page.render(as_view(view));
}

}  // namespace pbn
