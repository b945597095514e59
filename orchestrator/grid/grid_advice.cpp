#include "orchestrator/grid/grid_advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/schema.h"
#include "config/setting_advice.h"
#include "orchestrator/grid/likely_slips.h"

namespace pbn {
namespace {

constexpr std::size_t most_cells = 1000;  // that are looked at for a user of a setting; larger blocks have one

// Why the cells of this block do not use the setting; empty where one does.
std::optional<std::string> why_idle_in(const Block& block, const Grid& grid, const std::string& path) {
  const std::size_t cells = Grid::count_cells(block);
  std::optional<std::string> reason;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (cell == most_cells) return {};
    const Settings settings = grid.settings_of(block, cell);
    const auto setting = [&](const std::string& other) -> const Json& {
      const auto found = settings.find(other);
      return found == settings.end() ? find_key(other)->standard : found->second.value;
    };
    reason = why_idle(setting, path);
    if (!reason) return {};
  }
  return reason;
}

class Advice {
 public:
  explicit Advice(const Grid& grid) : grid_(grid) {}

  void look_at(const Axis& axis, const std::vector<const Block*>& blocks) {
    const Key* key = find_key(axis.path);
    const auto is_given = [&](const Setting& setting) { return setting.value != key->standard; };
    if (!key) return;
    for (const Setting& setting : axis.values) {
      const auto doubt = doubt_about(axis.path, setting.value);
      if (doubt) add(setting, fmt::format("{} {} {}", axis.path, setting.value.dump(), *doubt));
    }
    const auto told = std::find_if(axis.values.begin(), axis.values.end(), is_given);
    if (told == axis.values.end()) return;
    std::optional<std::string> reason;
    for (const Block* block : blocks) {
      reason = why_idle_in(*block, grid_, axis.path);
      if (!reason) return;
    }
    if (reason) add(*told, fmt::format("{} is used by no cell: {}", axis.path, *reason));
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
  if (grid.worker.is_own()) return likely_slips(grid);
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
