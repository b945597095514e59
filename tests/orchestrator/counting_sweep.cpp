#include "tests/orchestrator/counting_sweep.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "orchestrator/runs/run_store.h"
#include "tests/places.h"

namespace pbn {
namespace fs = std::filesystem;

CountingSweep::CountingSweep(const std::string& settings, int seeds, const std::string& cells, const std::string& name,
                             const std::string& store)
    : store_(store) {
  write_atomically(
      folder_ / "grid.yaml",
      fmt::format("name: {}\nworker: {{command: [{}]}}\nsettings: {}\nseeds: 1..{}\ncells: {}\nmetric: value\n",
                  Json(name).dump(), built_program("counting_worker"), settings, seeds, cells));
}

std::vector<std::string> CountingSweep::command(const std::string& command, std::vector<std::string> more) const {
  std::vector<std::string> words{built_program("pbn"), command, (folder_ / "grid.yaml").string(), "--store",
                                 store().string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<std::pair<std::string, std::string>> CountingSweep::environment() const {
  return {{"COUNTING_DIARY", (folder_ / "diary").string()}};
}

CommandOutcome CountingSweep::run(std::vector<std::string> more) const {
  return run_program(command("run", std::move(more)), environment());
}

ProcessOptions CountingSweep::start(std::vector<std::string> more) const {
  ProcessOptions options;
  options.command = command("run", std::move(more));
  options.environment = environment();
  options.output = output();
  return options;
}

std::vector<std::string> CountingSweep::runs() const {
  std::vector<std::string> names;
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(folder_ / "grid.yaml"));
  for (const grid::Cell& cell : sweep.cells) {
    for (const auto& run : cell.runs) names.push_back(run.id.substr(0, 12));
  }
  return names;
}

fs::path CountingSweep::folder(const std::string& run) const { return store() / "runs" / run.substr(0, 2) / run; }

std::vector<CountingSweep::DiaryEntry> CountingSweep::diary() const {
  std::vector<DiaryEntry> entries;
  std::ifstream in(folder_ / "diary");
  for (DiaryEntry entry; in >> entry.word >> entry.run >> entry.process >> entry.processors;) entries.push_back(entry);
  return entries;
}

int CountingSweep::count(const std::string& word, const std::string& run) const {
  int number = 0;
  for (const DiaryEntry& entry : diary()) number += entry.word == word && (run.empty() || entry.run == run);
  return number;
}

int CountingSweep::finished() const {
  const std::vector<std::string> all = runs();
  return static_cast<int>(std::count_if(
      all.begin(), all.end(), [&](const std::string& run) { return fs::exists(folder(run) / "result.json"); }));
}

std::string CountingSweep::reported_outcome() const {
  const CommandOutcome report = run_program(command("report"));
  EXPECT_EQ(report.code, 0) << report.output;
  for (const auto& sweep : fs::directory_iterator(store() / "sweeps")) {
    return read_json(sweep.path() / "report/aggregate.json").at("outcome").dump();
  }
  return "";
}

void CountingSweep::expect_each_run_once() const {
  EXPECT_EQ(count("again"), 0) << "finished work was begun again";
  EXPECT_EQ(count("twice"), 0) << "two workers were at the same run";
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(folder_ / "grid.yaml"));
  const runs::RunStore found(store());
  for (const grid::Cell& cell : sweep.cells) {
    for (const auto& run : cell.runs) {
      EXPECT_TRUE(found.result(run.id)) << run.id;
      EXPECT_LE(count("done", run.id.substr(0, 12)), 1) << run.id;
    }
  }
}

}  // namespace pbn
