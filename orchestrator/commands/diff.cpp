#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/figure_text.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_figures = 20, most_epochs = 25;

using Flat = std::map<std::string, Json>;  // by dotted path

void flatten(const Json& value, const std::string& path, Flat& flat) {
  if (!value.is_object() || value.empty()) {
    flat[path] = value;
    return;
  }
  for (const auto& [key, inner] : value.items()) flatten(inner, path.empty() ? key : path + "." + key, flat);
}

// {path: [a, b]} where they differ; null where one has none.
Json differences(const Json& a, const Json& b) {
  Flat flat[2];
  flatten(a, "", flat[0]);
  flatten(b, "", flat[1]);
  Json differing = Json::object();
  for (const int side : {0, 1}) {
    for (const auto& [path, value] : flat[side]) {
      const auto other = flat[1 - side].find(path);
      const Json theirs = other == flat[1 - side].end() ? Json() : other->second;
      if (value != theirs && !path.empty()) differing[path] = side == 0 ? Json{value, theirs} : Json{theirs, value};
    }
  }
  return differing;
}

// The training loss of each epoch: of a completed run from its result, else as its worker has reported so far.
std::map<int, double> losses_of(const Result& result, const fs::path& metrics) {
  std::map<int, double> losses;
  for (std::size_t i = 0; i < result.training_loss.size(); ++i) {
    if (result.training_loss[i]) losses[static_cast<int>(i) + 1] = *result.training_loss[i];
  }
  if (!losses.empty() || !fs::exists(metrics)) return losses;
  for (const Json& line : read_json_lines(metrics)) {
    const bool is_over = at_path(line, "kind") == "epoch";  // else the last report of it counts
    const Json &epoch = at_path(line, "epoch"), &loss = at_path(line, is_over ? "training_loss" : "loss");
    if (epoch.is_number_integer() && loss.is_number()) losses[epoch] = loss;
  }
  return losses;
}

struct ComparedRun {
  std::string run;
  Json config;
  Result result;  // empty while it has none
  std::map<int, double> losses;
};

ComparedRun read_run(const RunStore& store, const std::string& word) {
  ComparedRun run{run_named(store, word), Json::object(), {}, {}};
  const fs::path folder = store.folder(run.run);
  if (fs::exists(folder / "config.json")) run.config = read_json(folder / "config.json");
  if (run.config.is_object()) run.config.erase("run");  // the id, which is there for external workers
  if (auto result = store.result(run.run)) run.result = *std::move(result);
  run.losses = losses_of(run.result, folder / "metrics.jsonl");
  return run;
}

Json curves(const ComparedRun& a, const ComparedRun& b) {
  std::set<int> epochs;
  for (const ComparedRun* run : {&a, &b}) {
    for (const auto& [epoch, loss] : run->losses) epochs.insert(epoch);
  }
  Json rows = Json::array();
  for (const int epoch : epochs) {
    const auto loss = [&](const ComparedRun& run) {
      const auto found = run.losses.find(epoch);
      return found == run.losses.end() ? Json() : Json(found->second);
    };
    rows.push_back({{"epoch", epoch}, {"loss", {loss(a), loss(b)}}});
  }
  return rows;
}

Json figures(const ComparedRun& a, const ComparedRun& b) {
  Json both = Json::object();
  for (const auto& [name, figure] : a.result.figures) {
    if (const auto other = b.result.figure(name)) both[name] = {figure, *other};
  }
  return both;
}

std::string plain(const Json& value) {
  return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : canonical(value);
}

std::string number(const Json& value, const char* format) {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : "";
}

void print_differences(const char* title, const Json& differing, const ComparedRun& a, const ComparedRun& b) {
  Table table{{title, a.run, b.run}, {}};
  for (const auto& [path, values] : differing.items()) table.rows.push_back({path, plain(values[0]), plain(values[1])});
  fmt::print("{}\n", table.rows.empty() ? fmt::format("{}: no difference\n", title) : table.for_terminal());
}

// The figures that differ most.
void print_figures(const Json& both, const ComparedRun& a, const ComparedRun& b) {
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [name, values] : both.items()) {
    order.emplace_back(-std::abs(values[1].get<double>() - values[0].get<double>()), name);
  }
  std::sort(order.begin(), order.end());
  Table table{{"figure", a.run, b.run, "difference"}, {}};
  for (const auto& [difference, name] : order) {
    if (table.rows.size() == most_figures || difference == 0) break;
    const FigureDifference text = difference_text(both[name][0], both[name][1]);
    table.rows.push_back({name, text.first, text.second, text.difference});
  }
  if (both.empty()) {
    fmt::print("figures: not both have a result\n\n");
  } else {
    fmt::print("{} of {} figures differ\n{}\n",
               std::count_if(order.begin(), order.end(), [](const auto& entry) { return entry.first != 0; }),
               both.size(), table.rows.empty() ? "" : "the most:\n" + table.for_terminal());
  }
}

// Of long curves every so manyth epoch, and the last.
void print_curves(const Json& rows, const ComparedRun& a, const ComparedRun& b) {
  const std::size_t step = rows.size() / most_epochs + 1;
  Table table{{"epoch", "loss of " + a.run, "loss of " + b.run}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % step != 0 && i + 1 != rows.size()) continue;
    table.rows.push_back(
        {rows[i]["epoch"].dump(), number(rows[i]["loss"][0], "{:.4e}"), number(rows[i]["loss"][1], "{:.4e}")});
  }
  fmt::print("{}", table.rows.empty() ? "neither has reported the loss of an epoch\n" : table.for_terminal());
}

int diff(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const ComparedRun a = read_run(store, arguments["RUN"].as<std::string>());
  const ComparedRun b = read_run(store, arguments["OTHER"].as<std::string>());
  const Json difference = {{"runs", {a.run, b.run}},
                           {"names", {described(store, a.run), described(store, b.run)}},
                           {"configuration", differences(a.config, b.config)},
                           {"versions", differences(a.result.versions, b.result.versions)},
                           {"figures", figures(a, b)},
                           {"curves", curves(a, b)}};
  if (arguments.count("json")) {
    print_facts(difference);
    return 0;
  }
  fmt::print("{}\n{}\n\n", difference["names"][0].get<std::string>(), difference["names"][1].get<std::string>());
  print_differences("setting", difference["configuration"], a, b);
  print_differences("version", difference["versions"], a, b);
  print_figures(difference["figures"], a, b);
  print_curves(difference["curves"], a, b);
  return 0;
}

}  // namespace

Command diff_command() {
  Command command;
  command.name = "diff";
  command.summary = "in what two runs differ: settings, versions, figures, curves";
  command.description =
      "Compares config.json, the versions of the programs, the figures of both results (those that differ most first)\n"
      "and the training loss of each epoch, also of runs that are not completed. --json tells all of it.";
  command.positionals = {{"RUN", run_word_help}, {"OTHER", "the run to compare it with, named in the same way"}};
  add_store_option(command.options);
  add_json_option(command.options);
  command.examples = "pbn diff 7f32 a01b\npbn diff runs/7f/7f3271e7a0b1 a01b --json";
  command.run = diff;
  return command;
}

}  // namespace pbn
