#include "orchestrator/grid/grid_advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/schema.h"
#include "orchestrator/grid/likely_slips.h"

namespace pbn {
namespace {

constexpr std::size_t most_cells_looked_at =
    1000;  // that are looked at for a user of a setting; larger blocks have one

// Why the cells of this block do not use the setting; empty where one does.
std::optional<std::string> why_idle_in(const Block& block, const Grid& grid, const Key& key) {
  const std::size_t cells = Grid::count_cells(block);
  std::optional<std::string> reason;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (cell == most_cells_looked_at) return {};
    const Settings settings = grid.settings_of(block, cell);
    const auto setting = [&](const std::string& other) -> const Json& {
      const auto found = settings.find(other);
      return found == settings.end() ? find_key(other)->default_value : found->second.value;
    };
    reason = why_idle(key, setting);
    if (!reason) return {};
  }
  return reason;
}

class Advice {
 public:
  explicit Advice(const Grid& grid) : grid_(grid) {}

  void look_at(const Axis& axis, const std::vector<const Block*>& blocks) {
    const Key* key = find_key(axis.path);
    const auto is_given = [&](const Setting& setting) { return setting.value != key->default_value; };
    if (!key) return;
    for (const Setting& setting : axis.values) {
      if (const auto doubt = doubt_about(*key, setting.value)) add(setting, *doubt);
    }
    const auto given = std::find_if(axis.values.begin(), axis.values.end(), is_given);
    if (given == axis.values.end()) return;
    std::optional<std::string> reason;
    for (const Block* block : blocks) {
      reason = why_idle_in(*block, grid_, *key);
      if (!reason) return;
    }
    if (reason) add(*given, fmt::format("{} is used by no cell: {}", axis.path, *reason));
  }

  std::vector<std::string> sentences;

 private:
  void add(const Setting& setting, const std::string& words) {
    sentences.push_back(fmt::format("{}: {}", setting.where, words));
  }

  const Grid& grid_;
};

}  // namespace

std::vector<std::string> advice_about(const Grid& grid) {
  if (grid.worker.is_external()) return likely_slips(grid);
  Advice advice(grid);
  std::vector<const Block*> all;
  for (const Block& block : grid.blocks) all.push_back(&block);
  for (const auto& [path, setting] : grid.base) advice.look_at({path, {setting}}, all);
  for (const Block* block : all) {
    for (const Axis& axis : *block) advice.look_at(axis, {block});
  }
  return advice.sentences;
}

}  // namespace pbn
