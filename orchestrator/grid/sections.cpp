#include "orchestrator/grid/sections.h"

#include <algorithm>

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

std::function<const Json&(const std::string& path)> settings_in(const SharedObject& section) {
  return [&section](const std::string& path) -> const Json& { return section.at(within_section(path)); };
}

SectionVariants::SectionVariants(const Grid& grid, std::string name, SharedValues& values)
    : name_(std::move(name)), own_worker_(grid.worker.is_own()), base_(Json::object()), values_(values) {
  if (!own_worker_) base_ = resolve(Json::object(), "")[name_];
  for (const auto& [path, setting] : grid.base) {
    if (section_of(path) == name_) set_path(base_, within_section(path), setting.value);
  }
}

std::size_t SectionVariants::number_of(const std::vector<std::pair<const Axis*, std::size_t>>& choice) {
  Json section = base_;
  for (const auto& [axis, value] : choice) set_path(section, within_section(axis->path), axis->values[value].value);
  const auto [place, is_new] = known_.emplace(values_.share(section), known_.size());
  if (is_new) variants_.push_back(place->first);
  return place->second;
}

bool SectionVariants::fits(const Axis& axis, std::size_t number) {
  const auto [place, is_new] = fits_.try_emplace({&axis, number});
  if (is_new) {
    const SharedObject& section = variants_[number];
    const Json& value = section.at(within_section(axis.path));
    const bool is_used = own_worker_ || uses_setting(settings_in(section), axis.path);
    place->second = is_used && std::any_of(axis.values.begin(), axis.values.end(),
                                           [&](const Setting& wanted) { return wanted.value == value; });
  }
  return place->second;
}

}  // namespace pbn
