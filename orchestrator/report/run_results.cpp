#include "orchestrator/report/run_results.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "config/test_protocol.h"

namespace pbn {
namespace {

// Takes the figures of a test from its own folder, everything else from the training's result.
std::optional<Json> result_under(const std::string& protocol, const Run& run, const RunStore& store,
                                 std::optional<Json> result) {
  if (!result || protocol.empty() || at_path(*result, "protocol") == protocol) return result;
  const auto folder = store.tested(run.id, protocol);
  if (!folder) return std::nullopt;
  if (*folder != store.folder(run.id)) {
    (*result)["outcome"]["figures"] = at_path(*store.test_result(run.id, protocol), "outcome.figures");
  }
  return result;
}

Json object_at(const Json& result, const char* name) {
  const Json& value = at_path(result, name);
  return value.is_object() ? value : Json::object();
}

int attempts_of(const RunStore& store, const std::string& run) {
  const auto newest = store.newest_attempt(run);
  return newest ? std::stoi(newest->filename().string()) : 0;
}

void read_run(const Cell& cell, std::size_t number, const RunStore& store, const std::string& protocol,
              CellResults& results) {
  const Run& run = cell.runs[number];
  RunResult& entry = results.runs[number];
  entry.measured = entry.versions = Json::object();
  auto trained = store.result(run.id);
  if (trained) {  // most are: the file is read once
    entry.facts.state = RunState::completed;
    entry.facts.attempts = attempts_of(store, run.id);
  } else {
    entry.facts = facts_of(store, run.id);
  }
  entry.state = word_of(entry.facts.state);
  if (!trained) {
    if (entry.facts.state == RunState::completed) entry.state = "its result.json is damaged";
    return;
  }
  const auto result = result_under(protocol, run, store, std::move(trained));
  if (!result) {
    entry.state = "not tested under " + protocol;
    return;
  }
  entry.has_figures = true;
  auto place = results.figures.begin();  // both are sorted by name
  for (const auto& [name, value] : at_path(*result, "outcome.figures").items()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) continue;
    place = results.figures.try_emplace(place, name, cell.runs.size());
    place->second[number] = value.get<double>();
    ++place;
  }
  const Json& losses = at_path(*result, "outcome.training_loss");
  const Json& loss = losses.is_array() && !losses.empty() ? losses.back() : losses;
  if (loss.is_number()) entry.training_loss = loss;
  entry.measured = object_at(*result, "measured");
  entry.versions = object_at(*result, "versions");
}

}  // namespace

std::vector<CellResults> read_results(const Sweep& sweep, const RunStore& store, const std::string& protocol) {
  std::vector<CellResults> results(sweep.cells.size());
  std::atomic<std::size_t> next{0};
  const auto read = [&] {
    for (std::size_t i = next++; i < results.size(); i = next++) {
      const Cell& cell = sweep.cells[i];
      const std::string asked = protocol.empty() || cell.worker().is_own() ? protocol_of(cell) : protocol;
      results[i].runs.resize(cell.runs.size());
      for (std::size_t run = 0; run < cell.runs.size(); ++run) read_run(cell, run, store, asked, results[i]);
    }
  };
  std::vector<std::jthread> threads;
  const std::size_t wanted = std::min<std::size_t>(16, sweep.cells.size() / 8);
  while (threads.size() < wanted) threads.emplace_back(read);
  read();
  return results;
}

std::string protocol_of(const Cell& cell) {
  return cell.worker().is_own() ? "" : protocol_name(testing(cell.setting("test")));
}

}  // namespace pbn
