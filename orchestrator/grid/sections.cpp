#include "orchestrator/grid/sections.h"

#include <algorithm>

#include "base/digest.h"
#include "config/run_config.h"
#include "config/schema.h"

namespace pbn {

std::vector<std::string> section_names(bool of_own_worker) {
  if (of_own_worker) return {"settings"};
  return {"data", "model", "train", "test", "run"};
}

std::string section_of(const std::string& path) { return path.substr(0, path.find('.')); }

std::string within_section(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? "" : path.substr(dot + 1);
}

Json alone(const std::string& name, const Json& section) {
  Json whole = Json::object();  // an initializer list would copy the section twice more
  whole[name] = section;
  return whole;
}

SectionVariants::SectionVariants(const Grid& grid, std::string name)
    : name_(std::move(name)), own_worker_(grid.worker.is_own()), base_(Json::object()) {
  if (!own_worker_) base_ = resolve(Json::object(), "")[name_];
  for (const auto& [path, setting] : grid.base) {
    if (section_of(path) == name_) set_path(base_, within_section(path), setting.value);
  }
}

std::size_t SectionVariants::number_of(const std::vector<std::pair<const Axis*, std::size_t>>& choice) {
  Json section = base_;
  for (const auto& [axis, value] : choice) set_path(section, within_section(axis->path), axis->values[value].value);
  const auto [place, is_new] = known_.emplace(sha256_hex(canonical(section)), known_.size());
  if (is_new) variants_.push_back(std::make_shared<Json>(std::move(section)));
  return place->second;
}

bool SectionVariants::fits(const Axis& axis, std::size_t number) {
  const auto [place, is_new] = fits_.try_emplace({&axis, number});
  if (is_new) {
    const Json& value = at_path(*variants_[number], within_section(axis.path));
    const bool is_used = own_worker_ || uses_setting(alone(name_, *variants_[number]), axis.path);
    place->second = is_used && std::any_of(axis.values.begin(), axis.values.end(),
                                           [&](const Setting& wanted) { return wanted.value == value; });
  }
  return place->second;
}

}  // namespace pbn
