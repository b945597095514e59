// A report about a sweep as one typed value. Tables, files, figures and the page are made from it alone; numbers become
// text there and nowhere else.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "data/groups/groups_report.h"
#include "drawing/line_chart.h"  // CurvePoints
#include "evaluation/metrics.h"
#include "evaluation/seed_rule.h"
#include "evaluation/statistics.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/report/content/columns.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/waste.h"

namespace pbn::report {

// The entry of this name, or nullptr.
template <typename Value>
const Value* entry_of(const std::map<std::string, Value>& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

using ValuesBySeed = std::vector<std::optional<double>>;  // one per seed of the sweep; none without a result

std::vector<double> present(const ValuesBySeed& values);

// A figure over the seeds of a cell. The t-interval of two values is 13 times as long as they are apart: tables and
// charts show the two instead.
struct SeedSpread {
  int n = 0;                                     // seeds with a value
  std::optional<double> mean;                    // none where n is 0
  std::optional<double> deviation;               // none where n < 2 or where it overflows a double
  std::optional<evaluation::Interval> interval;  // 95% t-interval within the figure's bounds; none where n < 2
  std::vector<double> two{};                     // the values where n is 2; not in aggregate.json, which has them all
};

SeedSpread seed_spread(const std::vector<double>& values, evaluation::Interval bounds = evaluation::unbounded);

// How far a difference depends on the choice of validation photographs (image_comparison.h).
struct ImageInterval {
  std::size_t photographs = 0;
  evaluation::Interval interval;
};

// A cell against its baseline by one figure (comparison.h). Statistics that need more seeds are absent. Under a rule of
// seeds (evaluation/seed_rule.h) interval, p and holm are those of the sequential test.
struct Comparison {
  int n = 0;                   // seeds in which both cells have the figure
  std::optional<double> mean;  // of the differences; none where it overflows a double
  std::optional<evaluation::Interval> interval;
  std::optional<double> p;                     // sign-flip test
  std::optional<int> draws;                    // random choices of signs, where p is estimated from them
  std::optional<double> holm;                  // p corrected for all cells that are compared by this figure
  double least_p = 1;                          // smallest p that n seeds can reach
  std::optional<double> deviation;             // of the differences; none where n < 2
  std::optional<evaluation::Finding> finding;  // of a figure that the study asks about
  std::vector<double> two{};                   // the differences where n is 2, without a rule; not in aggregate.json

  // The mean difference in deviations of the differences (Cohen's d of pairs). None without a deviation.
  std::optional<double> effect() const {
    return mean && deviation && *deviation > 0 ? std::optional(*mean / *deviation) : std::nullopt;
  }
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
  runs::RunWork work = {};            // not in aggregate.json: where the run's result does not say host and seconds
};

using PartLists = std::vector<std::vector<std::string>>;  // the part names of each group

struct ReportedCell {
  std::string label, cell;
  bool is_baseline = false;
  Json settings;  // {"model.depth": 1}: the settings in which the cells differ, with the configuration's own values
  std::optional<PartLists> groups;
  std::optional<std::int64_t> parameters;
  std::optional<double> gflop_per_image;
  std::map<std::string, ValuesBySeed> figures;  // the columns' and the paper's
  std::map<std::string, ValuesBySeed> others;   // not in aggregate.json: others that were read
  std::map<std::string, SeedSpread> spreads;    // of the columns' figures
  SeedSpread training_loss;                     // of the last epoch
  std::optional<Against> against;
  std::vector<ReportedRun> runs;
};

// The figures of the mean pose of the training people.
struct Floor {
  std::string label;
  evaluation::Figures figures;
};

struct DataSource {
  std::string role, file, dataset, split, source, fingerprint;
  std::int64_t people = 0;
  int box_pixels = 0;
};

struct SettingText {
  std::string key, value;
};

// A number that runs report while they train (curves.h).
struct CurveKind {
  std::string source;  // as runs/reported_curves.h names it: "epoch/training_loss", "progress/loss"
  std::string name;    // "training_loss", "loss"
  std::string title;   // "Training loss", "loss"
  std::string over;    // what counts it: "epoch", "step"
  std::string file;    // of its chart: "training-loss", "curve-loss"
};

// The curves of a run, one for each kind; empty until the run has the values.
using RunCurves = std::vector<drawing::CurvePoints>;

// One run of a charted cell (curves.h).
struct RunTrace {
  std::uint32_t seed = 0;
  RunCurves curves;
  std::vector<double> thresholds;  // of a pose run: percent of joints found within 0, 0.01, ... 0.5 reference lengths
};

struct CellTrace {
  std::string cell, label;
  std::vector<RunTrace> runs;
};

// A number that the paper prints or that is counted, not measured.
struct StatedNumber {
  std::optional<double> value;
  bool is_whole = false;
};
using PaperValue = std::variant<std::monostate, StatedNumber, SeedSpread, Comparison>;

struct PaperRow {
  std::string label;
  bool is_published = false;  // by the paper; else measured here
  std::string data, test;
  int pixels = 0, epochs = 0;
  std::optional<std::size_t> seeds;  // of a measured row
  std::vector<PaperValue> values;    // one for each figure of the table
};

// A table of the paper with the published rows first and the measured ones below (paper.h).
struct PaperComparison {
  std::string place, title;
  bool are_differences = false;
  std::vector<std::string> figures;
  std::vector<PaperRow> rows;
};

struct MeasuredRun {
  std::string run, host, device;  // host and device are empty where they are unknown
  double ranks = 0, threads = 0;
  std::optional<double> seconds, images_per_second;
  int attempts = 0;
};

struct MeasuredCell {
  SeedSpread images_per_second, seconds;
  double core_hours = 0, gpu_hours = 0;
  std::vector<MeasuredRun> runs;  // those with a result
};

// How many runs used which version: {"libtorch": {"2.4": 3, "2.5": 1}}.
using Versions = std::map<std::string, std::map<std::string, int>>;

// Costs, machines and programs of the runs, which differ when the same runs are trained again (measured.h).
struct Measured {
  std::vector<MeasuredCell> cells;  // in the order of the report's cells
  std::vector<std::string> machines;
  Versions versions;
  std::vector<std::string> warnings;
  runs::SweepWaste waste;  // of all attempts, also of runs without a result
};

// A figure that the study asks about.
struct AskedFigure {
  std::string figure;
  grid::Better better = grid::Better::unknown;
  std::optional<double> margin;
};

// A report of the same cells with fewer seeds, which somebody may have seen before the others were added.
struct EarlierReport {
  std::string sweep;  // the name of its folder
  std::size_t seeds = 0;
};

// What the study asks, and how far it is.
struct Question {
  std::vector<AskedFigure> figures;  // the metric, and perhaps a second one
  double alpha = evaluation::accepted_error;
  bool is_stated = false;  // the grid gives a direction, a margin, a second figure, alpha or a rule
  std::optional<evaluation::SeedRule> rule{};
  int rounds = 1;                          // that have begun, under a rule
  bool is_over = false;                    // under a rule: no more seeds will be asked for
  std::optional<EarlierReport> earlier{};  // with a fixed number of seeds
  bool is_illustration = false;            // the study is not meant to decide it

  bool has_margin() const {
    return std::ranges::any_of(figures, [](const AskedFigure& asked) { return asked.margin.has_value(); });
  }
  evaluation::Seeds seeds() const { return rule ? evaluation::Seeds::sequential : evaluation::Seeds::fixed; }
};

// The words in which a report speaks of what was measured: those of pose runs (pose_study.h) or of any program
// (plain_words). What is empty is not said.
struct Words {
  std::string heading;                // above the sweep's name
  std::string metric;                 // "PCKh@0.5"
  std::string metric_in_full;         // "PCKh@0.5, all 16 parts pooled"
  std::string seed_varies;            // a sentence on what the seed varies
  std::string split;                  // title of the column that tells what a difference counts: "joints"
  std::string all;                    // what the metric counts, where splits count less: "all joints"
  std::string floor;                  // what floors are: "mean pose"
  std::string floor_note;             // a sentence on them
  std::string setting_note;           // behind the caption of the metric over a setting
  std::string others_note;            // of the table of other figures
  std::string cost_title, cost_note;  // of the table of parameters, speed and hours
  std::string footer;
};

// Any program's figures are called by their own names.
Words plain_words(const std::string& metric);

// What the report of pose runs has in addition to that of any program (pose_study.h).
struct PoseStudy {
  const config::Skeleton* skeleton = nullptr;
  std::vector<DataSource> data;
  std::vector<Floor> floors;
  std::optional<data::RelatedParts> relatedness;  // of the parts in the training people
  std::vector<PaperComparison> paper;
};

struct Report {
  std::string name, metric;
  std::string protocol;  // under which the figures were tested, where it has a name or was asked for; else empty
  Question question;
  bool is_percent = true;  // the figures
  std::vector<std::uint32_t> seeds;
  Words words;
  Columns columns;

  // The outcome: the same from the same results.
  std::vector<SettingText> settings;  // those that all cells share
  std::vector<ReportedCell> cells;
  std::vector<CurveKind> curve_kinds;
  std::vector<CellTrace> curves;  // of a few cells
  std::optional<PoseStudy> pose;  // none with an external worker

  Measured measured;

  // Figures that need no training; none without pose runs.
  const std::vector<Floor>& floors() const;
};

// Figures are those of the test that the grid asks for (test.scales, test.flip, test.shift), or of `protocol`
// (config/test_protocol.h) where one is named. A run that was not tested under it counts as one without a result.
// `submitted`: when runs were handed to Slurm. Throws a usage error when neither a result nor a floor has the sweep's
// metric.
Report make_report(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& protocol = "",
                   const runs::SubmitTimes& submitted = {});

// The content of aggregate.json, which report_json.cpp describes.
Json to_json(const Report& report);

}  // namespace pbn::report
