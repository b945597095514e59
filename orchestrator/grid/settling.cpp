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

std::shared_ptr<Section> section_as_told(const std::string& name, const SharedObject& resolved) {
  auto section = std::make_shared<Section>();
  section->name = name;
  section->resolved = section->settled = resolved;
  return section;
}

// A configuration of this section alone: {"model": {...}}.
Json alone(const std::string& name, Json section) {
  Json whole = Json::object();  // an initializer list would copy the section twice
  whole[name] = std::move(section);
  return whole;
}

Json own_identity(const std::string& name, Json settled) {
  return identity_of_section(alone(name, std::move(settled)), name);
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

void set_size(SettledModel& model, const Json& settled, const Skeleton& skeleton, int box_pixels) {
  const ModelSpec spec = model_spec_for(settled, skeleton);
  model.parameters = count_parameters(spec);
  model.gflop_per_image = 2e-9 * static_cast<double>(count_multiply_adds(spec, box_pixels));
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

SettledData settle_data(const SharedObject& resolved, DataRoom& room, SharedValues& values) {
  SettledData data{section_as_told("data", resolved), std::make_shared<CellData>()};
  CellData& files = *data.files;
  Json settled = resolved.json();
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
  data.section->settled = values.share(settled);
  return data;
}

SettledModel settle_model(const SharedObject& resolved, const CellData& data, DataRoom& room, SharedValues& values) {
  SettledModel model{section_as_told("model", resolved)};
  Json settled = resolved.json();
  if (!data.is_pending) {
    const Skeleton& skeleton = skeleton_named(data.validation.info.skeleton);
    settled = settled_model(with_groups_found(std::move(settled), data, room), skeleton);
    model.section->settled = values.share(settled);
    set_size(model, settled, skeleton, data.validation.info.box_pixels);
  } else if (room.expected && (settled["head"] != "pbn" || !settled["groups"].is_object())) {
    const Skeleton& skeleton = skeleton_named(room.expected->skeleton);
    Json expected = settled;
    if (settled["groups"].is_object()) expected["groups"] = "related-5";  // not used by this head
    set_size(model, settled_model(std::move(expected), skeleton), skeleton, room.expected->box_pixels);
  }
  model.section->identity = without_braces(own_identity("model", std::move(settled)));
  return model;
}

std::shared_ptr<Section> settle_training(const SharedObject& resolved, bool bf16_is_fast, DataRoom& room,
                                         SharedValues& values) {
  auto section = section_as_told("train", resolved);
  const std::string init = resolved.at("init");
  Json settled = settled_training(resolved.json(), bf16_is_fast);
  if (!init.empty()) settled["init"] = absolute(init);  // the worker may run in another folder
  section->settled = values.share(settled);
  Json identity = own_identity("train", std::move(settled));
  if (!init.empty()) identity["train.init"] = room.digest_of(absolute(init));
  section->identity = without_braces(identity);
  return section;
}

std::shared_ptr<Section> settle_as_told(const std::string& name, const SharedObject& resolved) {
  auto section = section_as_told(name, resolved);
  Json settled = resolved.json();
  section->identity =
      without_braces(name == "settings" ? alone(name, std::move(settled)) : own_identity(name, std::move(settled)));
  return section;
}

}  // namespace pbn
