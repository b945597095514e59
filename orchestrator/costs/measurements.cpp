#include "orchestrator/costs/measurements.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t most_of_the_sweep = 800, most_tries = 100, most_others = 100;  // files to be read

double number(const Json& object, const char* path) {
  const Json& value = at_path(object, path);
  return value.is_number() ? value.get<double>() : 0;
}

std::string text(const Json& object, const char* path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

Measurement from_result(const Result& result) {
  const auto measured = [&](const char* name) { return result.measured_number(name).value_or(0); };
  return {result.cell,
          result.precision,
          std::max(1, static_cast<int>(measured("ranks"))),
          result.gflop_per_image.value_or(0),
          measured("images_per_second"),
          measured("seconds"),
          measured("peak_memory_mib")};
}

// The files below a folder that end so, at most `count`, in an order that stays.
std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension, std::size_t count) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (extension.empty() || entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.size() > count) files.resize(count);
  return files;
}

std::vector<Measurement> of_sweep(const RunStore& store, const Sweep& sweep, const std::vector<std::string>& finished) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < finished.size(); ++i) {
    if (!finished[i].empty()) cells.push_back(i);
  }
  const std::size_t step = cells.size() / most_of_the_sweep + 1;
  std::vector<Measurement> found;
  for (std::size_t i = 0; i < cells.size(); i += step) {
    const auto result = store.result(finished[cells[i]]);
    if (!result) continue;
    const Cell& cell = sweep.cells[cells[i]];
    found.push_back(from_result(*result));
    found.back().cell = cell.id;
    found.back().gflop_per_image = cell.gflop_per_image;
  }
  return found;
}

std::vector<Measurement> of_others(const RunStore& store) {
  std::vector<Measurement> found;
  for (const fs::path& shard : files_in(store.root() / "runs", "", 256)) {
    for (const fs::path& run : files_in(shard, "", most_others)) {
      if (found.size() >= most_others) return found;
      if (const auto result = store.result(run.filename().string())) found.push_back(from_result(*result));
    }
  }
  return found;
}

}  // namespace

void keep_try(const RunStore& store, const Cell& cell, const Json& report) {
  make_writable_folder(store.root() / "tries");
  Json kept = report;
  kept["cell"] = cell.id;
  kept["precision"] = cell.setting("train.precision");
  write_json(store.root() / "tries" / (cell.id.substr(0, 12) + ".json"), kept);
}

std::vector<Measurement> find_measurements(const RunStore& store, const Sweep& sweep,
                                           const std::vector<std::string>& finished) {
  std::vector<Measurement> found = of_sweep(store, sweep, finished);
  for (const fs::path& file : files_in(store.root() / "tries", ".json", most_tries)) {
    const Json report = Json::parse(read_file(file), nullptr, false);
    if (!report.is_object()) continue;  // somebody else's
    found.push_back({text(report, "cell"), text(report, "precision"),
                     std::max(1, static_cast<int>(number(report, "ranks"))), number(report, "gflop_per_image"),
                     number(report, "images_per_second"), 0, number(report, "peak_memory_mib")});
  }
  return found.empty() ? of_others(store) : found;
}

}  // namespace pbn
