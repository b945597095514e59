#include "orchestrator/report/report_folder.h"

#include <future>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/process.h"
#include "base/time.h"
#include "drawing/chart_style.h"
#include "drawing/picture_file.h"
#include "orchestrator/report/content/run_details.h"
#include "orchestrator/report/figures/figures.h"
#include "orchestrator/report/figures/gallery.h"
#include "orchestrator/report/page/page.h"
#include "orchestrator/report/tables/formats.h"

namespace pbn::report {
namespace {

namespace fs = std::filesystem;

// Writes files in parallel: ten thousand results make a hundred megabytes of text, and each PDF needs a process.
class ReportFiles {
 public:
  explicit ReportFiles(const fs::path& folder) : folder_(folder) { make_writable_folder(folder_ / "figures"); }

  // Not synced to disk, since a report can be made again.
  template <typename Make>
  void write(const std::string& name, Make make) {
    written_.push_back(std::async(std::launch::async, [file = folder_ / name, make = std::move(make)] {
      write_atomically(file, make(), Durability::cached);
    }));
  }

  // Removes the PDF of an earlier report, which shows other results, even where none is written.
  void write_figure(const ReportFigure& figure, bool pdf) {
    std::string picture = figure.is_picture ? figure.svg : drawing::standalone_figure(figure.svg);
    write("figures/" + figure.name + ".svg", [picture] { return picture; });
    const fs::path file = folder_ / "figures" / (figure.name + ".pdf");
    fs::remove(file);
    if (!pdf) return;
    written_.push_back(std::async(std::launch::async, [file, picture] {
      try {
        drawing::write_picture(file, picture);
      } catch (const Error& error) {
        note("{}; its SVG and all other files are written", error.what());
      }
    }));
  }

  // Waits for all files and throws the first error.
  void finish() {
    for (auto& file : written_) file.get();
  }

 private:
  fs::path folder_;
  std::vector<std::future<void>> written_;
};

}  // namespace

Report write_report(const grid::Sweep& sweep, const runs::RunStore& store, const std::filesystem::path& folder,
                    const ReportOptions& options) {
  Stopwatch stopwatch;
  Report report = make_report(sweep, store, options.protocol, options.submitted);
  detail("read and compared the results in {}: {}", store.root().string(), stopwatch.in_words());
  stopwatch = {};
  const std::vector<ReportTable> tables = report_tables(report);
  const std::vector<ReportFigure> figures = report_figures(report);
  PageContent page{report, tables, figures};
  if (options.photographs) page.pictures = gallery(sweep, store, options.protocol);
  if (options.runs) page.runs = run_details(sweep, store, report);
  ReportFiles files(folder);
  const bool pdf = options.pdf && !find_program("rsvg-convert").empty();
  files.write("aggregate.json", [&] { return canonical(to_json(report)) + "\n"; });  // half as large as indented
  files.write("cells.csv", [&] { return cells_csv(report); });
  files.write("runs.csv", [&] { return runs_csv(report); });
  files.write("report.md", [&] { return markdown_report(report, tables); });
  files.write("tables.tex", [&] { return latex_report(report, tables); });
  files.write("index.html", [&] { return html_page(page); });
  for (const ReportFigure& figure : figures) files.write_figure(figure, pdf);
  files.finish();
  detail("wrote {}: {}", folder.string(), stopwatch.in_words());
  return report;
}

}  // namespace pbn::report
