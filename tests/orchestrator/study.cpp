#include "tests/orchestrator/study.h"

#include "base/files.h"
#include "base/process.h"
#include "data/preparing/prepare.h"
#include "evaluation/metrics.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

const fs::path& small_data() {
  static const TemporaryFolder folder;
  static const bool made = [] {
    for (const auto& [split, people] : {std::pair("train", 40), std::pair("validation", 20)}) {
      data::SyntheticOptions options;
      options.files = {{split, folder / (std::string(split) + ".h5")}};
      options.people = people;
      options.how = {.box_pixels = 64, .jobs = 1, .show_progress = false};
      data::prepare_synthetic(options);
    }
    return true;
  }();
  static_cast<void>(made);
  return folder.path();
}

evaluation::Predictions predictions_off_by(const data::PoseFile& file, float error) {
  evaluation::Predictions predictions;
  predictions.parts = file.skeleton().size();
  for (const data::Person& person : file.people()) {
    for (int part = 0; part < predictions.parts; ++part) {
      const auto [x, y] = person.joint_in_image(part);
      predictions.joints.push_back({static_cast<float>(x) + error, static_cast<float>(y)});
      predictions.confidence.push_back(1);
    }
  }
  return predictions;
}

}  // namespace

const fs::path& small_train_file() {
  static const fs::path file = small_data() / "train.h5";
  return file;
}

const fs::path& small_validation_file() {
  static const fs::path file = small_data() / "validation.h5";
  return file;
}

grid::Sweep small_sweep(const std::string& grid_text, const std::vector<std::string>& set) {
  return small_sweep_with({.set = set}, grid_text);
}

grid::Sweep small_sweep_with(grid::GridOptions options, const std::string& grid_text) {
  std::vector<std::string> data{"data.validation=" + small_validation_file().string()};
  if (grid_text.find("data.train") == std::string::npos) data.push_back("data.train=" + small_train_file().string());
  options.set.insert(options.set.begin(), data.begin(), data.end());  // what was asked for wins
  return grid::plan_sweep(grid::parse_grid(grid_text, "grid.yaml", options));
}

Json result_of(const grid::Cell& cell, const grid::Run& run, float error) {
  const data::PoseFile validation(cell.validation().path);
  const evaluation::Figures figures =
      evaluation::evaluate(predictions_off_by(validation, error), evaluation::ground_truth(validation));
  return {{"run", run.id},
          {"cell", cell.id},
          {"parameters", cell.parameters},
          {"outcome", {{"figures", figures}, {"training_loss", {0.01, 0.002}}, {"final_epoch", 2}}},
          {"measured",
           {{"seconds", 12.5}, {"images_per_second", 100.0}, {"host", "here"}, {"device", "cpu"}, {"ranks", 1}}},
          {"versions", {{"pbn", "0.1.0"}, {"libtorch", "2.4"}}}};
}

void finish(const runs::RunStore& store, const grid::Cell& cell, const grid::Run& run, float error) {
  make_writable_folder(store.folder(run.id));
  evaluation::write_predictions(store.folder(run.id) / "predictions.h5",
                                predictions_off_by(data::PoseFile(cell.validation().path), error));
  write_json(store.folder(run.id) / "result.json", result_of(cell, run, error));
}

void fail(const runs::RunStore& store, const grid::Run& run, int code, const std::string& reason) {
  const fs::path attempt = store.folder(run.id) / "attempts/0001";
  make_writable_folder(attempt);
  write_json(attempt / "exit.json", {{"code", code}, {"reason", reason}});
}

CommandOutcome run_program(std::vector<std::string> command,
                           std::vector<std::pair<std::string, std::string>> environment) {
  const TemporaryFolder folder;
  Process process({std::move(command), std::move(environment), folder.path() / "output", -1});
  const int code = process.wait();
  return {code, read_file(folder.path() / "output")};
}

}  // namespace pbn
