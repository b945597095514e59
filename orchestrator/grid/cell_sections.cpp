#include "orchestrator/grid/cell_sections.h"

#include <algorithm>

#include "base/error.h"
#include "config/run_config.h"
#include "config/schema.h"

namespace pbn::grid {
namespace fs = std::filesystem;
namespace {

std::string cache_key(const std::string& name, const GivenSettings& cell) {
  std::string key = name;
  for (const auto& [axis, setting] : cell.within(name)) key += "\n" + axis->path + "=" + setting->value.dump();
  return key;
}

std::string absolute_path(const std::string& name) { return fs::absolute(name).lexically_normal().string(); }

void require_one_box_size(const CellData& data) {
  for (const DataFile& file : data.train) {
    const int train = file.info.box_pixels, validation = data.validation.info.box_pixels;
    if (train == validation) continue;
    throw usage_error("data.train", "prepare both with the same --box", "{} has boxes of {} px, {} of {} px",
                      file.path.string(), train, data.validation.path.string(), validation);
  }
}

std::shared_ptr<CellData> find_files(Json& data, DataCatalog& catalog) {
  auto files = std::make_shared<CellData>();
  for (Json& name : data["train"]) {
    const DataFile* file = catalog.find(name, "data.train");
    if (file) files->train.push_back(*file);
    files->is_pending |= !file;
    name = absolute_path(name);
  }
  const std::string validation = data["validation"];
  const DataFile* file = validation.empty() ? nullptr : catalog.find(validation, "data.validation");
  files->is_pending |= data["train"].empty() || !file;
  if (file) files->validation = *file;
  if (!validation.empty()) data["validation"] = absolute_path(validation);
  if (!files->is_pending) require_one_box_size(*files);
  return files;
}

void set_size(ModelSection& model, const Json& canonical, const config::Skeleton& skeleton, int box_pixels) {
  const config::ModelSpec spec = config::model_spec_for(canonical, skeleton);
  model.parameters = config::count_parameters(spec);
  model.gflop_per_image = 2e-9 * static_cast<double>(config::count_multiply_adds(spec, box_pixels));
}

// Turns {related: N, from: FILE} into lists of parts. Without a file they are found in the training people.
Json find_groups(const Json& groups, const CellData& data, DataCatalog& catalog) {
  const std::string file = groups["from"];
  if (!file.empty() && !fs::exists(file)) {
    throw usage_error("model.groups", "", "there is no file {} to find groups in", file);
  }
  const std::vector<fs::path> files = file.empty() ? paths_of(data.train) : std::vector<fs::path>{file};
  return catalog.related(files, groups["related"], *data.validation.info.skeleton);
}

}  // namespace

GivenSettings::GivenSettings(const Json& resolved_base, const Block& block, std::size_t cell)
    : base_(&resolved_base), choices_(choices_of(block, cell)) {}

const Json& GivenSettings::at(const std::string& path) const {
  for (const auto& [axis, setting] : choices_) {
    if (axis->path == path) return setting->value;
  }
  return at_path(*base_, path);
}

bool GivenSettings::fits(const Condition& condition, bool is_external) const {
  const auto setting = [this](const std::string& path) -> const Json& { return at(path); };
  return std::all_of(condition.keys.begin(), condition.keys.end(), [&](const Axis& axis) {
    const Json& value = at(axis.path);
    return (is_external || config::is_used(*config::find_key(axis.path), setting)) &&
           std::any_of(axis.values.begin(), axis.values.end(),
                       [&](const Setting& accepted) { return accepted.value == value; });
  });
}

std::vector<Choice> GivenSettings::within(const std::string& section) const {
  std::vector<Choice> choices;
  for (const Choice& choice : choices_) {
    if (choice.axis->path.starts_with(section + ".")) choices.push_back(choice);
  }
  return choices;
}

CellSections::CellSections(const Grid& grid, DataCatalog& catalog, bool bf16_is_fast)
    : catalog_(catalog), bf16_is_fast_(bf16_is_fast), base_(Json::object()), given_base_(Json::object()) {
  if (!grid.worker.is_external()) base_ = config::resolve(Json::object(), "");
  for (const auto& [path, setting] : grid.base) {
    set_path(base_, path, setting.value);
    set_path(given_base_, path, setting.value);
  }
}

std::shared_ptr<Section> CellSections::resolved(const std::string& name, const GivenSettings& cell) const {
  auto section = std::make_shared<Section>();
  section->name = name;
  section->given = at_path(given_base_, name);
  section->canonical = at_path(base_, name);
  for (const auto& [axis, setting] : cell.within(name)) {
    set_path(section->given, within_section(axis->path), setting->value);
    set_path(section->canonical, within_section(axis->path), setting->value);
  }
  if (section->canonical.is_null()) section->canonical = Json::object();  // an external worker without settings
  return section;
}

DataSection CellSections::data(const GivenSettings& cell) {
  const auto [place, is_new] = data_.try_emplace(cache_key("data", cell));
  DataSection& data = place->second;
  if (is_new) {
    data.section = resolved("data", cell);
    data.files = find_files(data.section->canonical, catalog_);
  }
  return data;
}

ModelSection CellSections::model(const GivenSettings& cell, const CellData& data) {
  const auto [place, is_new] = models_.try_emplace(cache_key("model", cell) + cache_key("data", cell));
  ModelSection& model = place->second;
  if (!is_new) return model;
  model.section = resolved("model", cell);
  Json& settings = model.section->canonical;
  Json& groups = settings["groups"];
  const bool has_branches = settings["head"] == "pbn";
  if (!data.is_pending) {
    const config::Skeleton& skeleton = *data.validation.info.skeleton;
    if (groups.is_object())
      groups = has_branches ? find_groups(groups, data, catalog_) : config::find_key("model.groups")->default_value;
    settings = config::canonical_model(std::move(settings), skeleton);
    set_size(model, settings, skeleton, data.validation.info.box_pixels);
  } else if (catalog_.expected && !(has_branches && groups.is_object())) {
    const config::Skeleton& skeleton = config::skeleton_named(catalog_.expected->skeleton);
    Json expected = settings;
    if (groups.is_object()) expected["groups"] = config::find_key("model.groups")->default_value;
    set_size(model, config::canonical_model(std::move(expected), skeleton), skeleton, catalog_.expected->box_pixels);
  }
  return model;
}

std::shared_ptr<Section> CellSections::training(const GivenSettings& cell) {
  const bool bf16_is_fast = bf16_is_fast_ || cell.at("run.device") == "cuda";
  auto& section = others_[cache_key("train", cell) + (bf16_is_fast ? " bf16" : "")];
  if (section) return section;
  section = resolved("train", cell);
  Json& settings = section->canonical;
  settings = config::canonical_training(std::move(settings), bf16_is_fast);
  const std::string init = settings["init"];
  if (!init.empty()) settings["init"] = absolute_path(init);  // the worker may run in another folder
  return section;
}

std::shared_ptr<Section> CellSections::execution(const GivenSettings& cell) {
  auto& section = others_[cache_key("run", cell)];
  if (section) return section;
  section = resolved("run", cell);
  section->canonical = config::canonical_execution(std::move(section->canonical));
  return section;
}

std::shared_ptr<Section> CellSections::as_given(const std::string& name, const GivenSettings& cell) {
  auto& section = others_[cache_key(name, cell)];
  if (!section) section = resolved(name, cell);
  return section;
}

}  // namespace pbn::grid
