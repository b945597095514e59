#include "orchestrator/grid/sweep.h"

#include <numeric>

#include "base/digest.h"
#include "base/error.h"
#include "orchestrator/grid/question.h"

namespace pbn::grid {
namespace {

constexpr std::size_t longest_file_name = 255, kept_of_long_names = 100;  // bytes

}  // namespace

std::string section_of(const std::string& path) { return path.substr(0, path.find('.')); }

std::string within_section(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? "" : path.substr(dot + 1);
}

std::int64_t CellData::people() const {
  return std::accumulate(train.begin(), train.end(), std::int64_t{0},
                         [](std::int64_t sum, const DataFile& file) { return sum + file.people; });
}

int Cell::ranks() const { return worker().is_external() ? worker().ranks : setting("run.ranks").get<int>(); }

Json Cell::canonical() const {
  Json whole = {{"seed", 1}};
  for (const auto& section : sections_) whole[section->name] = section->canonical;
  return whole;
}

const Json& Cell::setting(const std::string& path) const {
  return at_path(section(section_of(path)), within_section(path));
}

const Json& Cell::section(const std::string& name) const {
  static const Json none;
  for (const auto& section : sections_) {
    if (section->name == name) return section->canonical;
  }
  return none;
}

Json Cell::differing() const {
  Json all = Json::object();
  for (const auto& section : sections_) {
    for (const auto& [path, value] : section->differing) all[path] = *value;
  }
  return all;
}

Json Cell::config_of(const Run& run) const {
  Json config = canonical();
  config["seed"] = run.seed;
  if (worker().is_external()) {
    config["run"] = run.id;
    Json& of_worker = config["worker"] = worker().identity();
    of_worker["ranks"] = worker().ranks;
    of_worker.update(worker().resources);
    if (worker().program.is_listed()) of_worker["folder"] = worker().program.folder.string();
    if (!worker().is_copied) of_worker["copy"] = false;
  }
  return config;
}

std::string stem_of_sweep_folder(const std::string& grid_name) {
  std::string name = grid_name;
  for (char& c : name) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!is_plain && c != '.' && c != '_') c = '-';
  }
  if (name.size() + 1 + digits_of_sweep_hash <= longest_file_name) return name + "-";
  return name.substr(0, kept_of_long_names) + "-" + sha256_hex(grid_name).substr(0, 8) + "-";
}

std::string Sweep::folder_name() const {
  std::string content;
  for (const Cell& cell : cells) content += cell.id;
  if (grid.rule) {
    content += " " + in_words(*grid.rule, grid.question);
  } else {
    for (const std::uint32_t seed : grid.seeds) content += fmt::format(" {}", seed);
  }
  return stem_of_sweep_folder(grid.name) + sha256_hex(content).substr(0, digits_of_sweep_hash);
}

void require_data(const Sweep& sweep) {
  if (!sweep.missing.empty()) {
    throw usage_error(sweep.grid.file, "make it with pbn prepare, or name another file with --set data.train=FILE",
                      "there is no file {}", sweep.missing.front());
  }
  for (const Cell& cell : sweep.cells) {
    if (cell.id.empty()) {
      throw usage_error(sweep.grid.file, "data: {train: FILE, validation: FILE}",
                        "data.train or data.validation is not given");
    }
  }
}

}  // namespace pbn::grid
