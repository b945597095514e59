// Every variant of every section, settled once, when the first cell needs it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/grid/settling.h"

namespace pbn {

// Variants go by their number (sections.h). All four must outlive it.
class SettledSections {
 public:
  SettledSections(const std::vector<std::string>& names, const std::vector<SectionVariants>& variants, DataRoom& room,
                  SharedValues& values);

  const SettledData& data(std::size_t number);
  const SettledModel& model(std::size_t number, std::size_t data);
  const std::shared_ptr<Section>& training(std::size_t number, std::size_t run);
  const std::shared_ptr<Section>& as_told(std::size_t section, std::size_t number);

 private:
  const std::vector<std::string>& names_;
  const std::vector<SectionVariants>& variants_;
  DataRoom& room_;
  SharedValues& values_;
  const bool has_bf16_;
  std::map<std::size_t, SettledData> data_;
  std::map<std::pair<std::size_t, std::size_t>, SettledModel> models_;
  std::map<std::pair<std::size_t, bool>, std::shared_ptr<Section>> trainings_;
  std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<Section>> told_;
};

}  // namespace pbn
