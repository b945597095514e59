#include "orchestrator/report/content/pose_study.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "data/pose_file/pose_set.h"
#include "orchestrator/report/content/paper.h"
#include "orchestrator/report/statistics/image_comparison.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn::report {
namespace fs = std::filesystem;
namespace {

DataSource describe(const grid::DataFile& file, const char* role) {
  const data::PoseFileInfo& info = file.info;
  return {role,         file.path.filename().string(),
          info.dataset, info.split,
          info.source,  info.fingerprint,
          file.people,  info.box_pixels};
}

std::vector<DataSource> data_of(const grid::Sweep& sweep) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<DataSource> data;
  const auto add = [&](const grid::DataFile& file, const char* role) {
    if (seen.emplace(role, file.path.string()).second) data.push_back(describe(file, role));
  };
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::DataFile& file : cell.train()) add(file, "training");
    add(cell.validation(), "validation");
  }
  return data;
}

data::PoseSet training_people(const grid::Cell& cell, const config::Skeleton& skeleton) {
  std::vector<data::PoseFile> files;
  for (const grid::DataFile& file : cell.train()) files.emplace_back(file.path);
  return data::PoseSet(std::move(files), &skeleton);
}

// What identifies the data of a cell: the fingerprints of its training files and of its validation file.
std::vector<std::string> fingerprints_of(const grid::Cell& cell) {
  std::vector<std::string> fingerprints;
  for (const grid::DataFile& file : cell.train()) fingerprints.push_back(file.info.fingerprint);
  fingerprints.push_back(cell.validation().info.fingerprint);
  return fingerprints;
}

std::vector<std::string> stems_of(const std::vector<grid::DataFile>& files) {
  std::vector<std::string> stems;
  for (const grid::DataFile& file : files) stems.push_back(file.path.stem().string());
  return stems;
}

// One for each choice of training and validation files.
std::vector<Floor> floors_of(const grid::Sweep& sweep) {
  std::set<std::vector<std::string>> seen;
  std::vector<const grid::Cell*> cells;
  for (const grid::Cell& cell : sweep.cells) {
    if (seen.insert(fingerprints_of(cell)).second) cells.push_back(&cell);
  }
  std::vector<Floor> floors;
  for (const grid::Cell* cell : cells) {
    const data::PoseFile validation(cell->validation().path);
    const data::PoseSet train = training_people(*cell, validation.skeleton());
    evaluation::Figures figures = evaluation::evaluate(evaluation::mean_pose_predictions(train, validation),
                                                       evaluation::ground_truth(validation));
    const std::string full = fmt::format("mean pose of {}", fmt::join(stems_of(cell->train()), ", "));
    floors.push_back({cells.size() > 1 ? full : "mean pose", std::move(figures)});
  }
  return floors;
}

// Of the training people of the first cell with groups, for as many groups as that cell has. None where no cell has
// groups or the files have too few people for an estimate. The sources are the files' names without their folders.
std::optional<data::RelatedParts> relatedness_of(const grid::Sweep& sweep) {
  const auto cell = std::find_if(sweep.cells.begin(), sweep.cells.end(),
                                 [](const grid::Cell& one) { return one.setting("model.head") == "pbn"; });
  if (cell == sweep.cells.end()) return std::nullopt;
  try {
    data::RelatedParts related =
        data::find_related_parts(grid::paths_of(cell->train()), static_cast<int>(cell->setting("model.groups").size()));
    for (data::PoseSource& source : related.sources) source.file = fs::path(source.file).filename().string();
    return related;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The thresholds of the charted cells, from the predictions of the test under `protocol` (report.h).
void add_thresholds(std::vector<CellTrace>& traces, const grid::Sweep& sweep, const runs::RunStore& store,
                    const std::string& protocol) {
  std::map<std::string, const grid::Cell*> cells;         // by id
  std::map<std::string, evaluation::GroundTruth> truths;  // by fingerprint
  for (const grid::Cell& cell : sweep.cells) cells[cell.id] = &cell;
  for (CellTrace& trace : traces) {
    const grid::Cell& cell = *cells.at(trace.cell);
    const grid::DataFile& data = cell.validation();
    if (!truths.contains(data.info.fingerprint))
      truths[data.info.fingerprint] = evaluation::ground_truth(data::PoseFile(data.path));
    const evaluation::GroundTruth& truth = truths[data.info.fingerprint];
    for (std::size_t i = 0; i < trace.runs.size(); ++i) {
      const auto predictions = predictions_of(cell, cell.runs[i], store, protocol, truth);
      if (predictions) trace.runs[i].thresholds = evaluation::found_by_threshold(*predictions, truth);
    }
  }
}

}  // namespace

bool has_poses(const grid::Sweep& sweep) { return !sweep.grid.worker.is_external(); }

PoseStudy pose_study_of(const grid::Sweep& sweep) {
  return {&sweep.cells.front().skeleton(), data_of(sweep), floors_of(sweep), relatedness_of(sweep), {}};
}

Words pose_words(const std::string& metric) {
  Words words;
  words.heading = "Part-based branching networks · report";
  words.metric = pose_metric_title(metric);
  words.metric_in_full = pose_metric_in_full(metric);
  words.seed_varies =
      "The seed varies the initial weights, the order of the training people and their augmentation; the data and its "
      "split stay the same.";
  words.split = "joints";
  words.all = "all joints";
  words.floor = "mean pose";
  words.floor_note =
      "The mean pose predicts the average training pose for everybody: the floor that a network must beat.";
  words.setting_note = " (as in Fig. 5)";
  words.others_note =
      "Other thresholds and means, the area under the curve for thresholds up to 0.5, and the training loss of the "
      "last epoch in thousandths.";
  words.cost_title = "Size and cost";
  words.cost_note =
      "Parameters and operations (2 per multiply-add, one image forward) are computed from the network's shape. Speed "
      "and hours are measured on the machines named below; hours are the sum over the finished runs of a cell.";
  words.footer =
      "Parameters and operations are computed from the network's shape; images/s is the measured training speed.";
  return words;
}

void add_pose_results(Report& report, const grid::Sweep& sweep, const runs::RunStore& store,
                      const std::string& protocol) {
  compare_over_images(report, sweep, store, protocol);
  add_thresholds(report.curves, sweep, store, protocol);
  report.pose->paper = paper_comparisons(sweep, report);
}

}  // namespace pbn::report
