#include "orchestrator/costs/measurements.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::costs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_of_sweep = 800, max_tries = 100, max_others = 100;  // files to read

// A GPU's description ends with its UUID, a processor's with its instruction set.
bool is_gpu(const std::string& device) {
  return device.find("(GPU-") != std::string::npos || device.find("(MIG-") != std::string::npos;
}

Measurement from_result(const runs::Result& result) {
  const auto measured = [&](const char* name) { return result.measured_number(name).value_or(0); };
  return {result.cell,
          result.precision,
          std::max(1, static_cast<int>(measured("ranks"))),
          result.gflop_per_image.value_or(0),
          measured("images_per_second"),
          measured("seconds"),
          measured("peak_memory_mib"),
          false,
          is_gpu(runs::text_at(result.measured, "device"))};
}

// The first `count` files of a folder with this extension, by name.
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

std::vector<Measurement> of_sweep(const runs::RunStore& store, const grid::Sweep& sweep,
                                  const std::function<bool(const grid::Run&)>& is_completed) {
  std::vector<std::pair<const grid::Cell*, const grid::Run*>> completed;  // one run per cell
  for (const grid::Cell& cell : sweep.cells) {
    const auto run = std::find_if(cell.runs.begin(), cell.runs.end(), is_completed);
    if (run != cell.runs.end()) completed.emplace_back(&cell, &*run);
  }
  const std::size_t step = completed.size() / max_of_sweep + 1;
  std::vector<Measurement> found;
  for (std::size_t i = 0; i < completed.size(); i += step) {
    const auto result = store.result(completed[i].second->id);
    if (!result) continue;
    const grid::Cell& cell = *completed[i].first;
    found.push_back(from_result(*result));
    found.back().cell = cell.id;
    found.back().gflop_per_image = cell.gflop_per_image;
  }
  return found;
}

std::vector<Measurement> of_others(const runs::RunStore& store) {
  std::vector<Measurement> found;
  for (const fs::path& shard : files_in(store.root() / "runs", "", 256)) {
    for (const fs::path& run : files_in(shard, "", max_others)) {
      if (found.size() >= max_others) return found;
      if (const auto result = store.result(run.filename().string())) found.push_back(from_result(*result));
    }
  }
  return found;
}

}  // namespace

void keep_try(const runs::RunStore& store, const grid::Cell& cell, const Json& report) {
  make_writable_folder(store.root() / "tries");
  Json kept = report;
  kept["cell"] = cell.id;
  kept["precision"] = cell.setting("train.precision");
  write_json(store.root() / "tries" / (cell.id.substr(0, 12) + ".json"), kept);
}

std::vector<Measurement> find_measurements(const runs::RunStore& store, const grid::Sweep& sweep,
                                           const std::function<bool(const grid::Run&)>& is_completed) {
  std::vector<Measurement> found = of_sweep(store, sweep, is_completed);
  for (const fs::path& file : files_in(store.root() / "tries", ".json", max_tries)) {
    const Json report = runs::object_in(file);
    if (report.empty()) continue;
    const auto number = [&](const char* name) { return runs::number_at(report, name).value_or(0); };
    found.push_back({runs::text_at(report, "cell"), runs::text_at(report, "precision"),
                     std::max(1, static_cast<int>(number("ranks"))), number("gflop_per_image"),
                     number("images_per_second"), number("seconds_per_run"), number("peak_memory_mib"), true,
                     is_gpu(runs::text_at(report, "device"))});
  }
  return found.empty() ? of_others(store) : found;
}

}  // namespace pbn::costs
