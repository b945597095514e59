#include "orchestrator/grid/settling.h"

#include "base/error.h"
#include "config/run_config.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

std::string absolute(const std::string& name) { return fs::absolute(name).lexically_normal().string(); }

std::string without_braces(const Json& object) {
  const std::string text = canonical(object);
  return text.substr(1, text.size() - 2);
}

std::shared_ptr<Section> section_as_told(const std::string& name, const Told& resolved) {
  auto section = std::make_shared<Section>();
  section->name = name;
  section->resolved = section->settled = resolved;
  return section;
}

Json own_identity(const Section& section) {
  return identity_of_section(alone(section.name, *section.settled), section.name);
}

void require_that_data_agrees(const CellData& data) {
  for (const DataFile& file : data.train) {
    const int train = file.info.box_pixels, validation = data.validation.info.box_pixels;
    if (train == validation) continue;
    throw usage_error("data.train", "prepare both with the same --box", "{} has boxes of {} px, {} of {} px",
                      file.path.string(), train, data.validation.path.string(), validation);
  }
}

// Files are told apart by their names until their content is known.
Json data_identity(const Json& settled, const CellData& data) {
  if (data.is_pending) return {{"train", settled["train"]}, {"validation", settled["validation"]}};
  Json fingerprints = Json::array();
  for (const DataFile& file : data.train) fingerprints.push_back(file.info.fingerprint);
  return {{"train", fingerprints}, {"validation", data.validation.info.fingerprint}};
}

// Groups that are to be found in a file's poses become lists of parts.
Json with_groups_found(Json model, const CellData& data, DataRoom& room) {
  Json& groups = model["groups"];
  if (!groups.is_object()) return model;
  if (model["head"] != "pbn") {
    groups = "related-5";  // not used by this head
    return model;
  }
  std::string file = groups["from"];
  if (file.empty() && data.train.size() != 1) {
    throw usage_error("model.groups", "name one with from: FILE", "there are {} training files to find groups in",
                      data.train.size());
  }
  if (file.empty()) file = data.train[0].path;
  if (!fs::exists(file)) throw usage_error("model.groups", "", "there is no file {} to find groups in", file);
  groups = room.related(file, groups["related"], skeleton_named(data.validation.info.skeleton));
  return model;
}

}  // namespace

SettledData settle_data(const Told& resolved, DataRoom& room) {
  SettledData data{section_as_told("data", resolved), std::make_shared<CellData>()};
  CellData& files = *data.files;
  Json settled = *resolved;
  for (Json& name : settled["train"]) {
    const DataFile* file = room.find(name, "data.train");
    if (file) files.train.push_back(*file);
    files.is_pending |= !file;
    name = absolute(name);
  }
  const std::string validation = settled["validation"];
  const DataFile* file = validation.empty() ? nullptr : room.find(validation, "data.validation");
  files.is_pending |= settled["train"].empty() || !file;
  if (file) files.validation = *file;
  if (!validation.empty()) settled["validation"] = absolute(validation);
  if (!files.is_pending) require_that_data_agrees(files);
  data.section->identity = without_braces({{"data", data_identity(settled, files)}});
  data.section->settled = std::make_shared<Json>(std::move(settled));
  return data;
}

SettledModel settle_model(const Told& resolved, const CellData& data, DataRoom& room) {
  SettledModel model{section_as_told("model", resolved)};
  Section& section = *model.section;
  if (!data.is_pending) {
    const Skeleton& skeleton = skeleton_named(data.validation.info.skeleton);
    section.settled = std::make_shared<Json>(settled_model(with_groups_found(*resolved, data, room), skeleton));
    const ModelSpec spec = model_spec_for(*section.settled, skeleton);
    model.parameters = count_parameters(spec);
    model.gflop_per_image = 2e-9 * static_cast<double>(count_multiply_adds(spec, data.validation.info.box_pixels));
  }
  section.identity = without_braces(own_identity(section));
  return model;
}

std::shared_ptr<Section> settle_training(const Told& resolved, bool bf16_is_fast, DataRoom& room) {
  auto section = section_as_told("train", resolved);
  const std::string init = (*resolved)["init"];
  if ((*resolved)["precision"] == "auto" || !init.empty()) {
    Json settled = settled_training(*resolved, bf16_is_fast);
    if (!init.empty()) settled["init"] = absolute(init);  // the worker may run in another folder
    section->settled = std::make_shared<Json>(std::move(settled));
  }
  Json identity = own_identity(*section);
  if (!init.empty()) identity["train.init"] = room.digest_of(absolute(init));
  section->identity = without_braces(identity);
  return section;
}

std::shared_ptr<Section> settle_as_told(const std::string& name, const Told& resolved) {
  auto section = section_as_told(name, resolved);
  section->identity = name == "settings" ? without_braces({{name, *resolved}}) : without_braces(own_identity(*section));
  return section;
}

}  // namespace pbn
