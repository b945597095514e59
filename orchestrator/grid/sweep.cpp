#include "orchestrator/grid/sweep.h"

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/error.h"
#include "base/processor.h"
#include "config/run_config.h"
#include "config/schema.h"
#include "data/pose_set.h"
#include "evaluation/metrics.h"
#include "orchestrator/grid/group_file.h"
#include "orchestrator/grid/labels.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

// Opens every pose file once and finds groups once, however many cells use them.
class DataRoom {
 public:
  // Null when there is no such file. `option` is the one that names it.
  const DataFile* find(const std::string& name, const char* option) {
    const fs::path path = fs::absolute(name).lexically_normal();
    if (!fs::exists(path)) {
      if (std::find(missing_.begin(), missing_.end(), name) == missing_.end()) missing_.push_back(name);
      return nullptr;
    }
    const auto known = files_.find(path);
    if (known != files_.end()) return &known->second;
    const PoseFile file(path);
    require_labelled_joints(file, option);
    DataFile entry{path, file.info(), static_cast<std::int64_t>(file.people().size())};
    return &files_.emplace(path, std::move(entry)).first->second;
  }

  Json related(const std::string& file, int groups, const Skeleton& skeleton) {
    const auto [place, is_new] = groups_.try_emplace({file, groups, skeleton.name});
    if (is_new) place->second = to_json(related_groups(file, groups, skeleton), skeleton);
    return place->second;
  }

  const std::vector<std::string>& missing() const { return missing_; }

 private:
  std::map<fs::path, DataFile> files_;
  std::map<std::tuple<std::string, int, std::string>, Json> groups_;
  std::vector<std::string> missing_;
};

// A cell on its way from the grid to its identity.
struct Draft {
  const Settings* settings;
  Json resolved;
  Json settled;
  std::vector<DataFile> train;
  DataFile validation;
  Json identity;
  bool is_pending = false;  // data files are missing
};

// The error at the place in the grid that the setting came from.
Error placed(const Error& error, const Settings& settings, const std::string& grid_file) {
  const auto setting = settings.find(error.where);
  if (setting == settings.end()) {
    return error.where.find('.') == std::string::npos || find_key(error.where)
               ? Error(error.blame, grid_file, error.where + ": " + error.problem, error.hint)
               : error;
  }
  return Error(error.blame, setting->second.where, error.where + ": " + error.problem, error.hint);
}

Json nested(const Settings& settings) {
  Json given = Json::object();
  for (const auto& [path, setting] : settings) set_path(given, path, setting.value);
  return given;
}

void find_data(Draft& draft, DataRoom& data) {
  Json& paths = draft.resolved["data"];
  for (Json& path : paths["train"]) {
    const DataFile* file = data.find(path, "data.train");
    if (file) draft.train.push_back(*file);
    draft.is_pending |= !file;
    path = fs::absolute(path.get<std::string>()).lexically_normal().string();
  }
  Json& init = draft.resolved["train"]["init"];  // the worker runs in another folder
  if (init != "") init = fs::absolute(init.get<std::string>()).lexically_normal().string();
  const std::string validation = paths["validation"];
  draft.is_pending |= paths["train"].empty() || validation.empty();
  if (validation.empty()) return;
  const DataFile* file = data.find(validation, "data.validation");
  draft.is_pending |= !file;
  if (file) draft.validation = *file;
  paths["validation"] = fs::absolute(validation).lexically_normal().string();
}

// Groups that are to be found in a file's poses become lists of parts.
Json with_groups_found(Json resolved, const Draft& draft, DataRoom& data) {
  Json& groups = resolved["model"]["groups"];
  if (!groups.is_object() || resolved["model"]["head"] != "pbn") {
    if (groups.is_object()) groups = "related-5";  // not used by this head
    return resolved;
  }
  std::string file = groups["from"];
  if (file.empty() && draft.train.size() != 1) {
    throw usage_error("model.groups", "name one with from: FILE", "there are {} training files to find groups in",
                      draft.train.size());
  }
  if (file.empty()) file = draft.train[0].path;
  if (!fs::exists(file)) throw usage_error("model.groups", "", "there is no file {} to find groups in", file);
  groups = data.related(file, groups["related"], skeleton_named(draft.validation.info.skeleton));
  return resolved;
}

void require_that_data_agrees(const Draft& draft) {
  for (const DataFile& file : draft.train) {
    const int train = file.info.box_pixels, validation = draft.validation.info.box_pixels;
    if (train == validation) continue;
    throw usage_error("data.train", "prepare both with the same --box", "{} has boxes of {} px, {} of {} px",
                      file.path.string(), train, draft.validation.path.string(), validation);
  }
}

Draft draft_of(const Settings& settings, const std::string& grid_file, DataRoom& data) {
  Draft draft;
  draft.settings = &settings;
  try {
    draft.resolved = resolve(nested(settings), "");
    find_data(draft, data);
    if (draft.is_pending) {  // told apart by the files' names until their content is known
      draft.settled = draft.resolved;
      draft.identity =
          identity_of(draft.settled, draft.resolved["data"]["train"], draft.resolved["data"]["validation"]);
      return draft;
    }
    require_that_data_agrees(draft);
    const Skeleton& skeleton = skeleton_named(draft.validation.info.skeleton);
    const bool bf16_is_fast = has_bf16() || draft.resolved["run"]["device"] == "cuda";
    draft.settled = settle(with_groups_found(draft.resolved, draft, data), skeleton, bf16_is_fast);
    run_config(draft.settled, skeleton);  // refuses what does not fit together
    std::vector<std::string> fingerprints;
    for (const DataFile& file : draft.train) fingerprints.push_back(file.info.fingerprint);
    draft.identity = identity_of(draft.settled, fingerprints, draft.validation.info.fingerprint);
  } catch (const Error& error) {
    throw placed(error, settings, grid_file);
  }
  return draft;
}

void measure(Cell& cell) {
  const RunConfig config = run_config(cell.settled, cell.skeleton());
  const int input_pixels = cell.validation.info.box_pixels;
  std::int64_t people = 0;
  for (const DataFile& file : cell.train) people += file.people;
  const std::int64_t batch = config.train.global_batch;
  cell.parameters = count_parameters(config.model);
  cell.gflop_per_image = 2e-9 * static_cast<double>(count_multiply_adds(config.model, input_pixels));
  cell.steps = config.train.epochs * ((people + batch - 1) / batch);
}

bool matches(const Settings& baseline, const Draft& draft) {
  return !baseline.empty() && std::all_of(baseline.begin(), baseline.end(), [&](const auto& setting) {
    return at_path(draft.resolved, setting.first) == setting.second.value;
  });
}

Cell cell_of(Draft draft, CellLabel label, const Grid& grid) {
  Cell cell;
  cell.label = std::move(label.text);
  cell.differing = std::move(label.differing);
  cell.is_baseline = matches(grid.baseline, draft);
  cell.settled = std::move(draft.settled);
  cell.train = std::move(draft.train);
  cell.validation = std::move(draft.validation);
  if (!draft.is_pending) cell.id = cell_id(draft.identity);
  for (const std::uint32_t seed : grid.seeds) {
    draft.identity["seed"] = seed;
    cell.runs.push_back({seed, draft.is_pending ? "" : run_id(draft.identity)});
  }
  if (!draft.is_pending) measure(cell);
  return cell;
}

std::string metric_for(const Grid& grid, const std::vector<Cell>& cells) {
  if (!grid.metric.empty()) return grid.metric;
  for (const Cell& cell : cells) {
    if (cell.id.empty()) continue;
    return headline_figure(cell.validation.info.reference, cell.skeleton());
  }
  return "";
}

}  // namespace

Json Cell::config_of(const Run& run) const {
  Json config = settled;
  config["seed"] = run.seed;
  return config;
}

std::string Sweep::folder_name() const {
  std::string content, name = grid.name;
  for (const Cell& cell : cells) content += cell.id;
  for (const std::uint32_t seed : grid.seeds) content += fmt::format(" {}", seed);
  for (char& c : name) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!is_plain && c != '.' && c != '_') c = '-';
  }
  return fmt::format("{}-{}", name, sha256_hex(content).substr(0, 8));
}

Sweep plan_sweep(Grid grid) {
  DataRoom data;
  std::vector<Draft> drafts;
  std::map<std::string, std::size_t> known;
  const std::vector<Settings> settings = grid.cells();
  for (const Settings& cell : settings) {
    Draft draft = draft_of(cell, grid.file, data);
    if (known.emplace(cell_id(draft.identity), drafts.size()).second) drafts.push_back(std::move(draft));
  }

  std::vector<CellSettings> told;
  for (const Draft& draft : drafts) told.push_back({draft.resolved, draft.settled});
  std::vector<CellLabel> labels = label_cells(told);
  Sweep sweep;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    sweep.cells.push_back(cell_of(std::move(drafts[i]), std::move(labels[i]), grid));
  }
  sweep.missing = data.missing();
  sweep.metric = metric_for(grid, sweep.cells);
  const auto is_baseline = [](const Cell& cell) { return cell.is_baseline; };
  if (!grid.baseline.empty() && std::none_of(sweep.cells.begin(), sweep.cells.end(), is_baseline)) {
    const Setting& first = grid.baseline.begin()->second;
    throw usage_error(first.where, "", "baseline: no cell has {} = {}", grid.baseline.begin()->first,
                      first.value.dump());
  }
  sweep.grid = std::move(grid);
  return sweep;
}

void require_data(const Sweep& sweep) {
  if (!sweep.missing.empty()) {
    throw usage_error(sweep.grid.file, "make it with pbn prepare, or name another with --set data.train=FILE",
                      "there is no file {}", sweep.missing.front());
  }
  for (const Cell& cell : sweep.cells) {
    if (cell.id.empty()) {
      throw usage_error(sweep.grid.file, "data: {train: FILE, validation: FILE}",
                        "data.train or data.validation is not given");
    }
  }
}

}  // namespace pbn
