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
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/program_copy.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_figures = 20, most_epochs = 25;

using Flat = std::map<std::string, Json>;  // the leaves of an object by their dotted paths

void flatten(const Json& value, const std::string& path, Flat& flat) {
  if (!value.is_object() || value.empty()) {
    flat[path] = value;
    return;
  }
  for (const auto& [key, inner] : value.items()) flatten(inner, path.empty() ? key : path + "." + key, flat);
}

// {path: [a, b]} of the leaves that differ; null for one that is missing.
Json differences(const Json& a, const Json& b) {
  Flat flat[2];
  flatten(a, "", flat[0]);
  flatten(b, "", flat[1]);
  Json differing = Json::object();
  for (const int side : {0, 1}) {
    for (const auto& [path, value] : flat[side]) {
      const auto other = flat[1 - side].find(path);
      const Json second = other == flat[1 - side].end() ? Json() : other->second;
      if (value != second && !path.empty()) differing[path] = side == 0 ? Json{value, second} : Json{second, value};
    }
  }
  return differing;
}

// The training loss of each epoch: from the result of a completed run, else from the metrics so far.
std::map<int, double> losses_of(const runs::Result& result, const fs::path& metrics) {
  std::map<int, double> losses;
  for (std::size_t i = 0; i < result.training_loss.size(); ++i) {
    if (result.training_loss[i]) losses[static_cast<int>(i) + 1] = *result.training_loss[i];
  }
  if (!losses.empty() || !fs::exists(metrics)) return losses;
  for (const Json& line : read_json_lines(metrics)) {
    const bool is_complete = at_path(line, "kind") == "epoch";  // of an incomplete epoch the newest line counts
    const Json &epoch = at_path(line, "epoch"), &loss = at_path(line, is_complete ? "training_loss" : "loss");
    if (epoch.is_number_integer() && loss.is_number()) losses[epoch] = loss;
  }
  return losses;
}

struct ComparedRun {
  std::string run;
  Json config;
  std::map<std::string, std::string> program;  // SHA-256 of an external worker's files, where its grid lists them
  runs::Result result;                         // empty while the run has none
  std::map<int, double> losses;
};

ComparedRun read_run(const runs::RunStore& store, const std::string& word) {
  ComparedRun run{run_named(store, word), Json::object(), {}, {}, {}};
  const fs::path folder = store.folder(run.run);
  if (fs::exists(folder / "config.json")) run.config = read_json(folder / "config.json");
  if (run.config.is_object()) run.config.erase("run");  // the id, which external workers read
  run.program = runs::kept_program(store, runs::text_at(run.config, "worker.files"), "").files;
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

// {path: [a, b]} of the digests of files that differ; null for one that a program lacks.
Json program_differences(const ComparedRun& a, const ComparedRun& b) {
  Json differing = Json::object();
  const auto digest = [](const ComparedRun& run, const std::string& path) {
    const auto found = run.program.find(path);
    return found == run.program.end() ? Json() : Json(found->second);
  };
  for (const std::string& path : grid::differing_files(a.program, b.program))
    differing[path] = {digest(a, path), digest(b, path)};
  return differing;
}

std::string as_text(const Json& value) {
  return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : canonical(value);
}

std::string number(const Json& value, const char* format) {
  return value.is_number() ? fmt::format(fmt::runtime(format), value.get<double>()) : "";
}

void print_differences(const char* title, const Json& differing, const ComparedRun& a, const ComparedRun& b) {
  Table table{{title, a.run, b.run}, {}};
  for (const auto& [path, values] : differing.items())
    table.rows.push_back({path, as_text(values[0]), as_text(values[1])});
  fmt::print("{}\n", table.rows.empty() ? fmt::format("{}: no difference\n", title) : table.for_terminal());
}

void print_program(const Json& differing, const ComparedRun& a, const ComparedRun& b) {
  Table table{{"file of the program", a.run, b.run}, {}};
  for (const auto& [path, digests] : differing.items())
    table.rows.push_back({path, as_text(digests[0]).substr(0, 12), as_text(digests[1]).substr(0, 12)});
  fmt::print("{}\n", table.for_terminal());
}

// The figures with the largest differences, the largest first.
void print_figures(const Json& both, const ComparedRun& a, const ComparedRun& b) {
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [name, values] : both.items()) {
    order.emplace_back(-std::abs(values[1].get<double>() - values[0].get<double>()), name);
  }
  std::sort(order.begin(), order.end());
  Table table{{"figure", a.run, b.run, "difference"}, {}};
  for (const auto& [difference, name] : order) {
    if (table.rows.size() == most_figures || difference == 0) break;
    const runs::FigureDifference text = runs::difference_text(both[name][0], both[name][1]);
    table.rows.push_back({name, text.first, text.second, text.difference});
  }
  if (both.empty()) {
    fmt::print("figures: one of the runs has no result\n\n");
  } else {
    fmt::print("{} of {} figures differ\n{}\n",
               std::count_if(order.begin(), order.end(), [](const auto& entry) { return entry.first != 0; }),
               both.size(), table.rows.empty() ? "" : "the largest differences:\n" + table.for_terminal());
  }
}

// Every epoch of short curves; of long ones about `most_epochs` and the last.
void print_curves(const Json& rows, const ComparedRun& a, const ComparedRun& b) {
  const std::size_t step = rows.size() / most_epochs + 1;
  Table table{{"epoch", "loss of " + a.run, "loss of " + b.run}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % step != 0 && i + 1 != rows.size()) continue;
    table.rows.push_back(
        {rows[i]["epoch"].dump(), number(rows[i]["loss"][0], "{:.4e}"), number(rows[i]["loss"][1], "{:.4e}")});
  }
  fmt::print("{}", table.rows.empty() ? "neither run has reported a loss\n" : table.for_terminal());
}

int diff(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const ComparedRun a = read_run(store, arguments.text("RUN"));
  const ComparedRun b = read_run(store, arguments.text("OTHER"));
  Json difference = {{"runs", {a.run, b.run}},
                     {"names", {described(store, a.run), described(store, b.run)}},
                     {"configuration", differences(a.config, b.config)},
                     {"versions", differences(a.result.versions, b.result.versions)},
                     {"figures", figures(a, b)},
                     {"curves", curves(a, b)}};
  if (Json program = program_differences(a, b); !program.empty()) difference["program"] = std::move(program);
  if (arguments.has("json")) {
    print_facts(difference);
    return 0;
  }
  fmt::print("{}\n{}\n\n", difference["names"][0].get<std::string>(), difference["names"][1].get<std::string>());
  print_differences("setting", difference["configuration"], a, b);
  if (difference.contains("program")) print_program(difference["program"], a, b);
  print_differences("version", difference["versions"], a, b);
  print_figures(difference["figures"], a, b);
  print_curves(difference["curves"], a, b);
  return 0;
}

}  // namespace

Command diff_command() {
  return {
      .name = "diff",
      .summary = "compare two runs: settings, program, versions, figures, losses",
      .description =
          R"(Compares config.json, the files of an external worker's program (worker.files), the versions of the programs,
the figures of both results (the largest differences first) and the training loss of each epoch, which runs
that are not completed have too. --json prints all of it.)",
      .positionals = {run_positional, {"OTHER", "the run to compare it with, named in the same way"}},
      .options = {store_option, json_option},
      .examples = "pbn diff 7f32 a01b\npbn diff runs/7f/7f3271e7a0b1 a01b --json",
      .run = diff};
}

}  // namespace pbn::commands
