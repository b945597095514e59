// All that a report says about a sweep. Tables, files, figures and the page are written from it alone: its numbers
// become text there and nowhere else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "data/groups/groups_report.h"
#include "evaluation/metrics.h"
#include "evaluation/statistics.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/report/content/columns.h"
#include "orchestrator/report/content/run_curves.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// A figure over the seeds of a cell.
struct SeedSpread {
  int n = 0;                         // seeds that have it
  std::optional<double> mean;        // none where n is 0
  std::optional<double> deviation;   // none where n < 2 or where no double can hold it
  std::optional<Interval> interval;  // the 95% t-interval as far as the figure can reach; none where n < 2
};

SeedSpread seed_spread(const std::vector<double>& values, Interval bounds = unbounded);

// How far a difference depends on the validation photographs (image_comparison.h).
struct ImageInterval {
  std::size_t photographs = 0;
  Interval interval;
};

// A cell against its baseline by one figure (comparison.h). What cannot be said with so few seeds is not there.
struct Comparison {
  int n = 0;                   // seeds in which both have the figure
  std::optional<double> mean;  // difference; none where no double can hold it
  std::optional<Interval> interval;
  std::optional<double> p;     // sign-flip test
  std::optional<int> draws;    // where p is estimated from random signs
  std::optional<double> holm;  // p corrected for all cells that are compared by the figure
  double least_p = 1;          // the least that n seeds could show
  std::optional<ImageInterval> images;
};

struct Against {
  std::string cell, label;  // the baseline's
  std::map<std::string, Comparison> figures;
};

struct ReportedRun {
  std::uint32_t seed = 0;
  std::string run, state;
  std::optional<std::string> reason;  // of a run without a result
};

using PartLists = std::vector<std::vector<std::string>>;  // the parts of each group by name

struct ReportedCell {
  std::string label, cell;
  bool is_baseline = false;
  Json settings;  // the configuration's own values by key: those in which the cells differ
  std::optional<PartLists> groups;
  std::optional<std::int64_t> parameters;
  std::optional<double> gflop_per_image;
  std::map<std::string, std::vector<std::optional<double>>> figures;  // one per seed; the columns' and the paper's
  std::map<std::string, SeedSpread> spreads;                          // of the columns' figures
  SeedSpread training_loss;                                           // of the last epoch
  std::optional<Against> against;
  std::vector<ReportedRun> runs;
};

// What the mean pose of the training people scores.
struct Floor {
  std::string label;
  Figures figures;
};

struct DataSource {
  std::string role, file, dataset, split, source, fingerprint;
  std::int64_t people = 0;
  int box_pixels = 0;
};

struct SettingText {
  std::string key, value;
};

// How the runs of one cell went (curves.h). What has not happened yet is empty.
struct RunTrace {
  std::uint32_t seed = 0;
  RunCurves curves;
  std::vector<double> thresholds;  // percent found at 0, 0.01, ... 0.5
};

struct CellTrace {
  std::string cell, label;
  std::vector<RunTrace> runs;
};

// A number of the paper or one that was counted; the others were measured.
struct StatedNumber {
  std::optional<double> value;
  bool is_whole = false;
};
using PaperValue = std::variant<std::monostate, StatedNumber, SeedSpread, Comparison>;

struct PaperRow {
  std::string label;
  bool is_published = false;  // or measured here
  std::string data, test;
  int pixels = 0, epochs = 0;
  std::optional<std::size_t> seeds;  // of what was measured here
  std::vector<PaperValue> values;    // one for each figure of the finding
};

// Published numbers and ours (paper.h); the paper's rows come first.
struct PaperComparison {
  std::string place, title;
  bool are_differences = false;
  std::vector<std::string> figures;
  std::vector<PaperRow> rows;
};

struct MeasuredRun {
  std::string run, host, device;
  double ranks = 0, threads = 0, seconds = 0;
  int attempts = 0;
};

struct MeasuredCell {
  SeedSpread images_per_second, seconds;
  double core_hours = 0, gpu_hours = 0;
  std::vector<MeasuredRun> runs;  // those with a result
};

// How many runs were made with which version: {"libtorch": {"2.4": 3, "2.5": 1}}.
using Versions = std::map<std::string, std::map<std::string, int>>;

// What carrying out the runs cost, where and with which programs: other values on other days.
struct Measured {
  std::vector<MeasuredCell> cells;  // as the report's
  std::vector<std::string> machines;
  Versions versions;
  std::vector<std::string> warnings;
};

struct Report {
  std::string name, metric;
  bool is_percent = true;  // the figures
  std::vector<std::uint32_t> seeds;
  std::string seed_varies;  // in a sentence
  Columns columns;

  // The outcome: the same from the same results.
  std::vector<DataSource> data;
  std::optional<std::string> skeleton;  // none of an external worker, which has no floors and no data either
  std::vector<SettingText> settings;    // that all cells share
  std::vector<Floor> floors;
  std::vector<ReportedCell> cells;
  std::vector<CellTrace> curves;            // of a few cells
  std::optional<RelatedParts> relatedness;  // of the parts in the training people
  std::vector<PaperComparison> paper;

  Measured measured;
};

// The figures are those of the test that the grid asks for (test.scales, test.flip, test.shift) or, when one is named,
// of this `protocol` (config/test_protocol.h). A run that was never tested so is one without a result. Throws a usage
// error when no result and no mean pose has the sweep's metric.
Report make_report(const Sweep& sweep, const RunStore& store, const std::string& protocol = "");

// The report as aggregate.json holds it: its form stands in report_json.cpp.
Json to_json(const Report& report);

}  // namespace pbn
