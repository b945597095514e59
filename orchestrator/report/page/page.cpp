#include "orchestrator/report/page/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
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
#include "orchestrator/report/content/verdicts.h"
#include "orchestrator/report/figures/charts.h"
#include "report_page.h"  // page.html, table.html, page.css and page.js

namespace pbn::report {
namespace {

using kainjow::mustache::data;

// Values as the template takes them. Empty texts are false, as empty lists are, so that a section leaves them out.
data as_view(const Json& value) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    return data(printable_text(value.get_ref<const std::string&>()));
  }
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
  return value.is_number() ? data(value.dump()) : data(data::type::bool_false);
}

template <typename List, typename View>
Json list_view(const List& list, View view_of) {
  Json views = Json::array();
  for (const auto& element : list) views.push_back(view_of(element));
  return views;
}

constexpr std::size_t most_rows = 300;  // of a table: browsers are slow with more, and nobody reads them

using Anchors = std::set<std::string>;  // of the cells and runs on the page

// `is_plain`: a table of texts, without numbers.
Json table_view(const ReportTable& named, const Anchors& anchors, bool is_plain = false) {
  const Table& table = named.table;
  Json rows = Json::array();
  const std::size_t shown = std::min(table.rows.size(), most_rows);
  for (std::size_t r = 0; r < shown; ++r) {
    Json cells = Json::array();
    for (std::size_t c = 1; c < table.rows[r].size(); ++c) cells.push_back({{"text", table.rows[r][c]}});
    const std::string anchor = r < named.anchors.size() ? named.anchors[r] : "";
    rows.push_back({{"label", table.rows[r][0]},
                    {"cells", cells},
                    {"floor", r < named.floors},
                    {"link", anchors.contains(anchor) ? anchor : ""}});
  }
  Json columns = Json::array();
  for (std::size_t c = 1; c < table.columns.size(); ++c) columns.push_back(table.columns[c]);
  const std::string cut =
      shown == table.rows.size()
          ? ""
          : fmt::format("The first {} of {} rows; cells.csv and runs.csv have all of them.", shown, table.rows.size());
  return {{"cut", cut},   {"name", named.name}, {"title", named.title},      {"note", named.note},
          {"rows", rows}, {"columns", columns}, {"first", table.columns[0]}, {"plain", is_plain}};
}

// All tables without those that have their own places on the page.
Json other_tables_view(const std::vector<ReportTable>& all, const Anchors& anchors) {
  Json tables = Json::array();
  for (const ReportTable& table : all) {
    if (table.name != "results" && table.name != "comparison" && table.name != "missing")
      tables.push_back(table_view(table, anchors));
  }
  return tables;
}

// The skeleton without the parts that no group names, since the network does not learn them.
config::Skeleton grouped_parts(const PartLists& lists, const config::Skeleton& skeleton) {
  std::vector<std::string> others;
  for (const std::string& part : skeleton.parts) {
    const auto names = [&](const auto& group) { return std::find(group.begin(), group.end(), part) != group.end(); };
    if (std::none_of(lists.begin(), lists.end(), names)) others.push_back(part);
  }
  return config::without_parts(skeleton, others);
}

// Each grouping with the cells that use it.
Json groups_view(const Report& report) {
  if (!report.pose) return Json::array();
  const config::Skeleton& all_parts = *report.pose->skeleton;
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
    const config::Skeleton skeleton = grouped_parts(lists, all_parts);
    const config::Groups groups = config::resolve_groups(lists, skeleton);
    Json lines = Json::array();
    const drawing::PartColours colours = drawing::colours_by_group(skeleton, groups);
    for (const auto& group : groups) {
      std::vector<std::string> parts;
      for (const int part : group) parts.push_back(skeleton.parts[static_cast<std::size_t>(part)]);
      lines.push_back({{"parts", fmt::format("{}", fmt::join(parts, ", "))},
                       {"colour", colours[static_cast<std::size_t>(group.front())]}});
    }
    view.push_back({{"cells", fmt::format("{}", fmt::join(cells, "; "))},
                    {"count", counted(groups.size(), "group")},
                    {"figure", drawing::group_figure(groups, skeleton)},
                    {"groups", lines}});
  }
  return view;
}

std::string drawing_of(const ReportFigure& figure) {
  if (!figure.is_picture) return figure.svg;
  return fmt::format("<img src=\"{}\" alt=\"{}\">", drawing::svg_data_uri(figure.svg),
                     drawing::escape_markup(figure.caption));
}

// All figures without the bars, which belong to the results.
Json other_figures_view(const std::vector<ReportFigure>& figures) {
  Json view = Json::array();
  for (const ReportFigure& figure : figures) {
    if (figure.name != "results")
      view.push_back({{"name", figure.name}, {"caption", figure.caption}, {"drawing", drawing_of(figure)}});
  }
  return view;
}

Json pictures_view(const std::vector<GallerySection>& sections) {
  const auto panel_view = [](const GalleryPanel& panel) -> Json {
    return {{"caption", panel.caption}, {"note", panel.note}, {"svg", panel.svg}};
  };
  const auto row_view = [&](const GalleryRow& row) -> Json {
    return {{"title", row.title}, {"panels", list_view(row.panels, panel_view)}};
  };
  return list_view(sections, [&](const GallerySection& section) -> Json {
    return {{"title", section.title}, {"note", section.note}, {"rows", list_view(section.rows, row_view)}};
  });
}

Json settings_view(const std::vector<SettingText>& settings) {
  return list_view(settings, [](const SettingText& setting) -> Json {
    return {{"key", setting.key}, {"value", setting.value}};
  });
}

Json attempt_view(const ShownAttempt& attempt) {
  return {{"number", attempt.number},
          {"began", attempt.began},
          {"ended", attempt.ended},
          {"where", attempt.where},
          {"how", attempt.how}};
}

// "has_..." guard the elements around a list, which the template writes once.
Json shown_run_view(const ShownRun& run) {
  return {{"anchor", run.anchor},
          {"seed", std::to_string(run.seed)},
          {"folder", run.folder},
          {"state", run.state},
          {"reason", run.reason},
          {"figure", run.figure},
          {"cost", run.cost},
          {"attempts", list_view(run.attempts, attempt_view)},
          {"has_attempts", !run.attempts.empty()},
          {"log", run.log},
          {"has_curves", run.has_curves()}};
}

Json run_cell_view(const ShownRunsOfCell& cell) {
  const auto finished =
      std::count_if(cell.runs.begin(), cell.runs.end(), [](const ShownRun& run) { return run.state == "completed"; });
  return {{"anchor", cell.anchor},
          {"label", cell.label},
          {"settings", settings_view(cell.settings)},
          {"has_settings", !cell.settings.empty()},
          {"count", fmt::format("{} of {} runs have a result", finished, cell.runs.size())},
          {"runs", list_view(cell.runs, shown_run_view)}};
}

// For an element <script type="application/json">, which "</script>" in a name would end.
std::string script_json(const Json& json) { return boost::replace_all_copy(json.dump(), "<", "\\u003c"); }

// For page.js: {ANCHOR: [{"title", "over", "points": [[x, y]]}]}
Json run_curves_view(const RunDetails& details, const std::vector<CurveKind>& kinds) {
  Json view = Json::object();
  for (const ShownRunsOfCell& cell : details.cells) {
    for (const ShownRun& run : cell.runs) {
      if (!run.has_curves()) continue;
      for (std::size_t i = 0; i < kinds.size(); ++i) {
        view[run.anchor].push_back(
            {{"title", printable_text(kinds[i].title)}, {"over", kinds[i].over}, {"points", run.curves[i]}});
      }
    }
  }
  return view;
}

const char* title_of_settings(const Report& report) { return report.pose ? "Data and settings" : "Settings"; }

std::string runs_note(const RunDetails& details, const Report& report) {
  std::string all = fmt::format("Settings that all cells share are listed under \"{}\".", title_of_settings(report));
  if (details.shown == details.wanted) return all;
  return fmt::format(
      "{} of {} runs are shown, which keeps the page small: those of cells with failed or lost runs first, then in the "
      "order of the tables. runs.csv has all of them. {}",
      details.shown, details.wanted, all);
}

Anchors anchors_in(const RunDetails& details) {
  Anchors anchors;
  for (const ShownRunsOfCell& cell : details.cells) {
    anchors.insert(cell.anchor);
    for (const ShownRun& run : cell.runs) anchors.insert(run.anchor);
  }
  return anchors;
}

std::string version_line(const Versions::value_type& version) {
  std::string line = version.first + ":";
  for (const auto& [value, runs] : version.second) line += fmt::format(" {} ({})", value, counted(runs, "run"));
  return line;
}

std::size_t count_completed(const Report& report) {
  std::size_t completed = 0;
  for (const ReportedCell& cell : report.cells) {
    for (const ReportedRun& run : cell.runs) completed += run.state == "completed";
  }
  return completed;
}

std::size_t count_runs(const Report& report) {
  std::size_t runs = 0;
  for (const ReportedCell& cell : report.cells) runs += cell.runs.size();
  return runs;
}

Json legend_view(const Report& report) {
  const std::vector<Column>& splits = report.columns.splits;
  Json view = Json::array();
  for (std::size_t i = 0; i < splits.size(); ++i) {
    view.push_back({{"key", style_of_split(i)}, {"words", i == 0 ? report.words.all : splits[i].title}});
  }
  if (!report.floors().empty()) view.push_back({{"key", "floor"}, {"words", report.words.floor}});
  return view;
}

Json data_view(const DataSource& data) {
  return {{"file", data.file},
          {"dataset", data.dataset},
          {"split", data.split},
          {"source", data.source},
          {"people", data.people},
          {"box_pixels", data.box_pixels},
          {"fingerprint", data.fingerprint}};
}

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
  static const RunDetails none;
  const RunDetails& runs = content.runs ? *content.runs : none;
  const Anchors anchors = anchors_in(runs);
  const ReportTable& missing = table_named(content.tables, "missing");
  Json view = {{"style", report_page_css + drawing::chart_style()},
               {"script", report_page_js},
               {"name", report.name},
               {"heading", report.words.heading},
               {"metric", report.words.metric_in_full},
               {"metric_name", report.metric == report.words.metric_in_full ? "" : report.metric},
               {"protocol", report.protocol},
               {"cell_count", counted(report.cells.size(), "cell")},
               {"finished_runs", count_completed(report)},
               {"all_runs", count_runs(report)},
               {"seeds", fmt::format("{}", fmt::join(report.seeds, ", "))},
               {"seed_statement", seed_statement(report)},
               {"floor_note", report.words.floor_note},
               {"footer", report.words.footer},
               {"legend", legend_view(report)},
               {"chart", figure_named(content.figures, "results")},
               {"figures", other_figures_view(content.figures)},
               {"results", table_view(table_named(content.tables, "results"), anchors)},
               {"verdicts", verdict_sentences(report)},
               {"verdict_note", verdict_note(report)},
               {"comparisons", Json::array()},
               {"tables", other_tables_view(content.tables, anchors)},
               {"has_missing", !missing.table.rows.empty()},
               {"missing_count", counted(missing.table.rows.size(), "run has", "runs have")},
               {"pictures", pictures_view(content.pictures)},
               {"groups", groups_view(report)},
               {"settings_title", title_of_settings(report)},
               {"has_data", report.pose.has_value()},
               {"machines", report.measured.machines},
               {"versions", list_view(report.measured.versions, version_line)},
               {"warnings", report.measured.warnings},
               {"has_warnings", !report.measured.warnings.empty()},
               {"has_machines", !report.measured.machines.empty() || !report.measured.versions.empty()},
               {"settings", settings_view(report.settings)},
               {"has_shared_settings", !report.settings.empty()},
               {"run_cells", list_view(runs.cells, run_cell_view)},
               {"runs_note", runs_note(runs, report)},
               {"run_curves", script_json(run_curves_view(runs, report.curve_kinds))}};
  if (report.pose) view["data"] = list_view(report.pose->data, data_view);
  view["has_legend"] = view["legend"].size() > 1;
  view["has_verdicts"] = !view["verdicts"].empty();
  const ReportTable& comparison = table_named(content.tables, "comparison");
  if (!comparison.table.rows.empty()) view["comparisons"].push_back(table_view(comparison, anchors));
  if (view["has_missing"]) view["missing"] = table_view(missing, anchors, true);
  view["has_groups"] = !view["groups"].empty();
  view["has_figures"] = !view["figures"].empty();
  view["has_runs"] = !view["run_cells"].empty();
  kainjow::mustache::mustache page(report_page_html);
  if (!page.is_valid()) throw bug_error("orchestrator/report/page/page.html", "", "{}", page.error_message());
  data root = as_view(view);
  root.set("table", data{kainjow::mustache::partial{[] { return std::string(report_table_html); }}});
  return page.render(root);
}

}  // namespace pbn::report
