#include "orchestrator/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "base/error.h"
#include "config/part_groups.h"
#include "evaluation/drawing.h"
#include "evaluation/group_figure.h"
#include "orchestrator/report/bar_chart.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/figures.h"
#include "orchestrator/report/tables.h"
#include "report_page_html.h"  // the template, report/page.html

namespace pbn {
namespace {

using kainjow::mustache::data;

// The view that the template sees: texts, lists and objects; empty lists are false.
data as_view(const Json& value) {
  if (value.is_string()) return data(value.get<std::string>());
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

Json table_view(const ReportTable& named) {
  const Table& table = named.table;
  Json rows = Json::array();
  const std::size_t shown = std::min(table.rows.size(), most_rows);
  for (std::size_t r = 0; r < shown; ++r) {
    Json cells = Json::array();
    for (std::size_t c = 1; c < table.rows[r].size(); ++c) cells.push_back({{"text", table.rows[r][c]}});
    rows.push_back({{"label", table.rows[r][0]}, {"cells", cells}, {"floor", r < named.floors}});
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
Json other_tables_view(const Json& aggregate) {
  Json tables = Json::array();
  for (const ReportTable& table : report_tables(aggregate)) {
    if (table.name != "results" && table.name != "missing") tables.push_back(table_view(table));
  }
  return tables;
}

// The skeleton without the parts that these groups do not name, because they were no tasks.
Skeleton grouped_parts(const Json& lists, const Skeleton& skeleton) {
  std::vector<std::string> others;
  for (const std::string& part : skeleton.parts) {
    const auto names = [&](const Json& group) { return std::find(group.begin(), group.end(), part) != group.end(); };
    if (std::none_of(lists.begin(), lists.end(), names)) others.push_back(part);
  }
  return without_parts(skeleton, others);
}

// Each grouping once, with the cells that use it.
Json groups_view(const Json& aggregate) {
  if (aggregate["outcome"]["skeleton"].is_null()) return Json::array();
  const Skeleton& all_parts = skeleton_named(aggregate["outcome"]["skeleton"].get<std::string>());
  std::vector<std::pair<Json, std::vector<std::string>>> groupings;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (cell["groups"].is_null()) continue;
    const auto same =
        std::find_if(groupings.begin(), groupings.end(), [&](const auto& g) { return g.first == cell["groups"]; });
    if (same == groupings.end()) {
      groupings.push_back({cell["groups"], {cell["label"]}});
    } else {
      same->second.push_back(cell["label"]);
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
                    {"count", groups.size()},
                    {"figure", group_figure(groups, skeleton)},
                    {"groups", lines}});
  }
  return view;
}

// The bars stand with the results.
Json other_figures_view(const std::vector<ReportFigure>& figures) {
  Json view = Json::array();
  for (const ReportFigure& figure : figures) {
    if (figure.name != "results")
      view.push_back({{"name", figure.name}, {"caption", figure.caption}, {"svg", figure.svg}});
  }
  return view;
}

Json pictures_view(const std::vector<GalleryRow>& pictures) {
  Json view = Json::array();
  for (const GalleryRow& picture : pictures) {
    Json panels = Json::array();
    for (const GalleryPanel& panel : picture.panels) {
      panels.push_back({{"caption", panel.caption}, {"note", panel.note}, {"svg", panel.svg}});
    }
    view.push_back({{"title", picture.title}, {"panels", panels}});
  }
  return view;
}

Json versions_view(const Json& measured) {
  Json lines = Json::array();
  for (const Json& version : measured["versions"]) {
    std::string line = version["name"].get<std::string>() + ":";
    for (const Json& value : version["values"]) {
      line += fmt::format(" {} ({} runs)", value["value"].get<std::string>(), value["runs"].get<int>());
    }
    lines.push_back(line);
  }
  return lines;
}

Json runs_view(const Json& aggregate) {
  std::size_t wanted = 0, finished = 0;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const Json& run : cell["runs"]) {
      ++wanted;
      finished += run["state"] == "completed";
    }
  }
  return {{"wanted", wanted}, {"finished", finished}};
}

Json legend_view(const Json& aggregate) {
  Json titles = Json::array();
  for (const Column& split : columns(aggregate).splits) {
    titles.push_back({{"key", split_class(split)}, {"words", split.title == "overall" ? "all joints" : split.title}});
  }
  return titles;
}

std::string in_words(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

}  // namespace

std::string html_page(const Json& aggregate, const std::vector<GalleryRow>& pictures) {
  const ReportTable missing = missing_runs_table(aggregate);
  std::vector<std::string> seeds;
  for (const Json& seed : aggregate["seeds"]) seeds.push_back(seed.dump());
  Json view = {{"name", aggregate["name"]},
               {"metric", metric_description(aggregate["metric"])},
               {"metric_name", aggregate["metric"]},
               {"cell_count", aggregate["outcome"]["cells"].size()},
               {"runs", runs_view(aggregate)},
               {"seeds", in_words(seeds)},
               {"seed_statement", seed_statement(aggregate)},
               {"legend", legend_view(aggregate)},
               {"chart", bar_chart(aggregate)},
               {"figures", other_figures_view(report_figures(aggregate))},
               {"results", table_view(results_table(aggregate))},
               {"tables", other_tables_view(aggregate)},
               {"missing", table_view(missing)},
               {"has_missing", !missing.table.rows.empty()},
               {"missing_count", missing.table.rows.size()},
               {"pictures", pictures_view(pictures)},
               {"has_pictures", !pictures.empty()},
               {"groups", groups_view(aggregate)},
               {"data", aggregate["outcome"]["data"]},
               {"has_data", !aggregate["outcome"]["data"].empty()},
               {"machines", aggregate["measured"]["machines"]},
               {"versions", versions_view(aggregate["measured"])},
               {"warnings", aggregate["measured"]["warnings"]},
               {"has_warnings", !aggregate["measured"]["warnings"].empty()},
               {"settings", aggregate["outcome"]["settings"]}};
  view["has_groups"] = !view["groups"].empty();
  view["has_figures"] = !view["figures"].empty();
  kainjow::mustache::mustache page(report_page_html);
  if (!page.is_valid()) throw bug_error("orchestrator/report/page.html", "", "{}", page.error_message());
  return page.render(as_view(view));
}

}  // namespace pbn
