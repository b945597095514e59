#include "orchestrator/grid/grid.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "orchestrator/grid/grid_keys.h"
#include "orchestrator/grid/grid_reader.h"
#include "orchestrator/grid/seed_list.h"

namespace pbn::grid {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t most_cells = 1'000'000;
constexpr std::size_t most_runs = 10'000'000;

void merge_base(Grid& grid, const fs::path& file, const std::string& where) {
  if (!fs::is_regular_file(file)) throw usage_error(where, "", "there is no base file {}", file.string());
  grid.base_file = file.string();
  grid.base_text = read_file(file);
  BaseText base = read_base_text(grid.base_text, grid.base_file);
  grid.base.merge(base.settings);  // the grid's settings take precedence
  if (grid.metric.value.is_null()) grid.metric = base.metric;
  if (!grid.expected) grid.expected = base.expected;
  grid.name += "-" + file.stem().string();
}

std::vector<std::string> keys_of(const Grid& grid) {
  std::set<std::string> keys;
  for_each_setting(grid, [&](const std::string& path, const Setting&) { keys.insert(path); });
  return {keys.begin(), keys.end()};
}

void apply_options(Grid& grid, const GridOptions& options) {
  const GridKeys keys(grid.worker.is_external());
  const std::vector<std::string> known = keys_of(grid);
  for (const std::string& text : options.set) {
    const auto [path, setting] = keys.parse_set(text, known);
    const auto is_overridden = [&key = path](const Axis& axis) { return axis.path == key; };
    if (path == "seed") {
      grid.seeds = {setting.value};
    } else {
      grid.base[path] = setting;
      for (Block& block : grid.blocks) std::erase_if(block, is_overridden);
    }
  }
  for (const std::string& text : options.only) {
    Axis axis = keys.parse_only(text, known);
    const std::string where = axis.values.front().where;
    grid.only.push_back({{std::move(axis)}, where});
  }
  if (!options.seeds.empty()) grid.seeds = parse_seeds(options.seeds, "--seeds");
  grid.options = options;
}

void require_keys_of_cells(const Grid& grid) {
  const std::vector<std::string> known = keys_of(grid);
  const auto require = [&](const std::string& path, const std::string& where) {
    if (std::count(known.begin(), known.end(), path) == 0) {
      throw usage_error(where, suggestion(path, known), "no cell has a setting \"{}\"", path);
    }
  };
  for (const auto& [path, setting] : grid.baseline) require(path, setting.where);
  for (const Condition& condition : grid.exclude) {
    for (const Axis& axis : condition.keys) require(axis.path, axis.values.front().where);
  }
}

void require_manageable_size(const Grid& grid) {
  std::size_t cells = 0;
  for (const Block& block : grid.blocks) cells += Grid::count_cells(block);
  if (cells > most_cells) throw usage_error(grid.file, "", "the grid has more than {} cells", most_cells);
  if (cells * grid.seeds.size() > most_runs) throw usage_error(grid.file, "", "there are more than {} runs", most_runs);
}

}  // namespace

std::size_t Grid::count_cells(const Block& block) {
  std::size_t cells = 1;
  for (const Axis& axis : block) cells = std::min(cells * axis.values.size(), most_cells + 1);  // cannot overflow
  return cells;
}

Settings Grid::settings_of(const Block& block, std::size_t cell) const {
  Settings settings = base;
  for (const auto& [axis, setting] : choices_of(block, cell)) settings[axis->path] = *setting;
  return settings;
}

std::vector<Choice> choices_of(const Block& block, std::size_t cell) {
  std::vector<Choice> choices;
  choices.reserve(block.size());
  for (auto axis = block.rbegin(); axis != block.rend(); ++axis) {
    choices.push_back({&*axis, &axis->values[cell % axis->values.size()]});
    cell /= axis->values.size();
  }
  return choices;
}

Grid parse_grid(const std::string& text, const std::string& file, const GridOptions& options) {
  GridText read = read_grid_text(text, file);
  Grid grid = read.grid;
  grid.text = text;
  if (!options.base.empty() || !grid.base_file.empty()) {
    const std::string where = options.base.empty() ? read.base_where : "--base";
    if (grid.worker.is_external()) {
      throw usage_error(where, "", "a base file has settings of pbn_worker, but this grid has an external worker");
    }
    // --base is relative to the current folder, the grid's base to the grid's folder.
    merge_base(grid, options.base.empty() ? fs::path(file).parent_path() / grid.base_file : fs::path(options.base),
               where);
  }
  apply_options(grid, options);
  require_manageable_size(grid);
  if (grid.worker.is_external()) {
    require_consistent_settings(grid);
    require_keys_of_cells(grid);
  }
  return grid;
}

Grid read_grid(const fs::path& file, const GridOptions& options) {
  return parse_grid(read_file(file), file.string(), options);
}

}  // namespace pbn::grid
