#include "orchestrator/grid/settled_sections.h"

#include "base/host.h"

namespace pbn {

SettledSections::SettledSections(const std::vector<std::string>& names, const std::vector<SectionVariants>& variants,
                                 DataRoom& room, SharedValues& values)
    : names_(names), variants_(variants), room_(room), values_(values), has_bf16_(has_bf16()) {}

const SettledData& SettledSections::data(std::size_t number) {
  const auto [place, is_new] = data_.try_emplace(number);
  if (is_new) place->second = settle_data(variants_[0][number], room_, values_);
  return place->second;
}

const SettledModel& SettledSections::model(std::size_t number, std::size_t data_number) {
  const auto [place, is_new] = models_.try_emplace({number, data_number});
  if (is_new) place->second = settle_model(variants_[1][number], *data(data_number).files, room_, values_);
  return place->second;
}

const std::shared_ptr<Section>& SettledSections::training(std::size_t number, std::size_t run) {
  const bool bf16_is_fast = has_bf16_ || variants_[4][run].at("device") == "cuda";
  auto& section = trainings_[{number, bf16_is_fast}];
  if (!section) section = settle_training(variants_[2][number], bf16_is_fast, room_, values_);
  return section;
}

const std::shared_ptr<Section>& SettledSections::as_told(std::size_t section, std::size_t number) {
  auto& told = told_[{section, number}];
  if (!told) told = settle_as_told(names_[section], variants_[section][number]);
  return told;
}

}  // namespace pbn
