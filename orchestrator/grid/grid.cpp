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

void merge_base(Grid& grid, const std::string& file, const std::string& text) {
  grid.base_file = file;
  grid.base_text = text;
  BaseText base = read_base_text(text, file);
  grid.base.merge(base.settings);  // the grid's settings take precedence
  if (grid.question.figure.name.value.is_null()) {
    if (grid.question.is_stated) {
      grid.question.figure.name = base.question.figure.name;
    } else {
      grid.question = base.question;
    }
  }
  if (!grid.expected) grid.expected = base.expected;
}

void merge_base_file(Grid& grid, const fs::path& file, const std::string& where) {
  if (!fs::is_regular_file(file)) throw usage_error(where, "", "there is no base file {}", file.string());
  merge_base(grid, file.string(), read_file(file));
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
    if (grid.worker.is_external() && text.starts_with("run.")) {
      const auto [path, setting] = GridKeys(false).parse_set(text, known);
      grid.worker.set(path, setting.value, "--set " + path);
      continue;
    }
    const auto [path, setting] = keys.parse_set(text, known);
    const auto is_overridden = [&key = path](const Axis& axis) { return axis.path == key; };
    if (path == "seed") {
      grid.seeds = {setting.value};
      grid.rule.reset();
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
  if (!options.seeds.empty()) {
    grid.seeds = parse_seeds(options.seeds, "--seeds");
    grid.rule.reset();
  }
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

// The folder to which the paths of a worker's files are relative.
fs::path folder_of_program(const std::string& grid, const std::string& given) {
  const fs::path folder = (fs::absolute(grid).parent_path() / given).lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

// Whether the axis begins a factor of the block's product: it does not take its values together with the axis before
// it.
bool is_first_of_factor(const Block& block, std::size_t axis) {
  return axis == 0 || block[axis].zip == 0 || block[axis].zip != block[axis - 1].zip;
}

void require_manageable_size(const Grid& grid) {
  std::size_t cells = 0;
  for (const Block& block : grid.blocks) cells += Grid::count_cells(block);
  if (cells > most_cells) throw usage_error(grid.file, "", "the grid has more than {} cells", most_cells);
  if (cells * grid.seeds.size() > most_runs) throw usage_error(grid.file, "", "there are more than {} runs", most_runs);
}

Grid completed(Grid grid, const GridOptions& options) {
  apply_options(grid, options);
  require_manageable_size(grid);
  if (grid.worker.is_external()) {
    require_consistent_settings(grid);
    require_keys_of_cells(grid);
  }
  return grid;
}

}  // namespace

const std::vector<std::string>& Worker::resource_keys() {
  static const std::vector<std::string> keys{"run.ranks", "run.threads", "run.device", "run.checkpoint_seconds"};
  return keys;
}

void Worker::set(const std::string& path, const Json& value, const std::string& where) {
  const std::vector<std::string>& known = resource_keys();
  if (path == "run.ranks") {
    ranks = value;
  } else if (std::find(known.begin(), known.end(), path) != known.end()) {
    resources[path.substr(path.find('.') + 1)] = value;
  } else {
    throw usage_error(where, "external workers have run.ranks, run.threads, run.device and run.checkpoint_seconds",
                      "{} is a setting of pbn_worker", path);
  }
}

Json Worker::identity() const {
  Json identity = is_script() ? Json{{"script", script}} : Json{{"command", command}};
  if (!result_file.empty()) identity["result"] = result_file;
  if (program.is_listed()) identity["files"] = program.digest;
  if (!version.empty()) identity["version"] = version;
  return identity;
}

std::size_t Grid::count_cells(const Block& block) {
  std::size_t cells = 1;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (is_first_of_factor(block, i)) cells = std::min(cells * block[i].values.size(), most_cells + 1);  // no overflow
  }
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
  for (std::size_t i = block.size(); i-- > 0;) {
    const Axis& axis = block[i];
    choices.push_back({&axis, &axis.values[cell % axis.values.size()]});
    if (is_first_of_factor(block, i)) cell /= axis.values.size();
  }
  return choices;
}

Grid parse_grid(const std::string& text, const std::string& file, const GridOptions& options) {
  GridText read = read_grid_text(text, file);
  Grid grid = read.grid;
  grid.text = text;
  if (!grid.worker.files.empty())
    grid.worker.program = find_program_files(folder_of_program(file, grid.worker.folder), grid.worker.files);
  if (!options.base.empty() || !grid.base_file.empty()) {
    const std::string where = options.base.empty() ? read.base_where : "--base";
    if (grid.worker.is_external()) {
      throw usage_error(where, "", "a base file has settings of pbn_worker, but this grid has an external worker");
    }
    // --base is relative to the current folder, the grid's base to the grid's folder.
    merge_base_file(grid, options.base.empty() ? fs::path(file).parent_path() / grid.base_file : fs::path(options.base),
                    where);
  }
  return completed(std::move(grid), options);
}

Grid parse_grid(const RecordedGrid& recorded, const GridOptions& options) {
  Grid grid = read_grid_text(recorded.text, recorded.file).grid;
  grid.text = recorded.text;
  grid.name = recorded.name;
  grid.worker.program = recorded.program;
  if (!grid.worker.files.empty() && !recorded.program.is_listed())
    throw usage_error(recorded.file, "name the grid file", "the record of the sweep does not say what its program was");
  if (!recorded.base_text.empty()) merge_base(grid, recorded.base_file, recorded.base_text);
  return completed(std::move(grid), options);
}

Grid read_grid(const fs::path& file, const GridOptions& options) {
  return parse_grid(read_file(file), file.string(), options);
}

}  // namespace pbn::grid
