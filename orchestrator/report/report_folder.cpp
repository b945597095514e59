#include "orchestrator/report/report_folder.h"

#include "base/files.h"
#include "base/process.h"
#include "evaluation/picture_file.h"
#include "orchestrator/report/aggregate.h"
#include "orchestrator/report/figure_file.h"
#include "orchestrator/report/figures.h"
#include "orchestrator/report/formats.h"
#include "orchestrator/report/gallery.h"
#include "orchestrator/report/page.h"
#include "orchestrator/report/run_details.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

void write_figures(const std::vector<ReportFigure>& figures, const fs::path& folder, bool pdf) {
  make_writable_folder(folder);
  for (const ReportFigure& figure : figures) {
    const std::string picture = figure.is_picture ? figure.svg : standalone_figure(figure.svg);
    write_atomically(folder / (figure.name + ".svg"), picture, Durability::cached);
    if (pdf) write_picture(folder / (figure.name + ".pdf"), picture);
  }
}

}  // namespace

Json write_report(const Sweep& sweep, const RunStore& store, const std::filesystem::path& folder,
                  const ReportOptions& options) {
  Json results = aggregate(sweep, store, options.protocol);
  const std::vector<ReportTable> tables = report_tables(results);
  const std::vector<ReportFigure> figures = report_figures(results);
  PageContent page{results, tables, figures};
  if (options.photographs) page.pictures = gallery(sweep, store, options.protocol);
  if (options.runs) page.runs = run_details(sweep, store, results);
  make_writable_folder(folder);
  // A report can be made again: what a power failure takes is no loss.
  const auto write = [&](const char* name, const std::string& text) {
    write_atomically(folder / name, text, Durability::cached);
  };
  write("aggregate.json", canonical(results) + "\n");  // ten thousand results indented would be twice as large
  write("report.md", markdown_report(results, tables));
  write("tables.tex", latex_report(results, tables));
  write("cells.csv", cells_csv(results));
  write("runs.csv", runs_csv(results));
  write("index.html", html_page(page));
  write_figures(figures, folder / "figures", options.pdf && !find_program("rsvg-convert").empty());
  return results;
}

}  // namespace pbn
