#include "orchestrator/commands/status_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/colour.h"
#include "base/counted.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "orchestrator/commands/run_selection.h"

namespace pbn::commands {
namespace {

constexpr std::size_t most_rows = 40;  // of a table, unless all are shown
constexpr std::size_t most_named_cells = 5;

int count_in(const StateCounts& counts, std::initializer_list<runs::RunState> states) {
  int sum = 0;
  for (const runs::RunState state : states) sum += counts[static_cast<std::size_t>(state)];
  return sum;
}

std::string bar(double share, int width) {
  const int full = static_cast<int>(std::floor(std::clamp(share, 0.0, 1.0) * width));  // 100% only when all is done
  return fmt::format("[{:<{}}] {:3.0f}%", std::string(static_cast<std::size_t>(full), '='), width,
                     std::floor(100 * share));
}

std::optional<double> share_done(const runs::RunFacts& facts) {
  return facts.state == runs::RunState::completed ? 1 : facts.progress.share();
}

// Calls `visit` with every cell and the facts of its runs.
template <typename Visit>
void for_each_cell(const SweepStatus& status, const Visit& visit) {
  std::span<const runs::RunFacts> facts = status.facts;
  for (const runs::CellRuns& cell : status.sweep.cells) {
    visit(cell, facts.first(cell.runs.size()));
    facts = facts.subspan(cell.runs.size());
  }
}

// Calls `visit` with every run, its cell and its facts.
template <typename Visit>
void for_each_run(const SweepStatus& status, const Visit& visit) {
  for_each_cell(status, [&](const runs::CellRuns& cell, std::span<const runs::RunFacts> facts) {
    for (std::size_t i = 0; i < facts.size(); ++i) visit(cell, cell.runs[i], facts[i]);
  });
}

std::string or_nothing(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "";
}

std::string coloured_word(runs::RunState state) {
  std::string word = runs::word_of(state);
  switch (state) {
    case runs::RunState::completed:
      return coloured(word, Colour::green, STDOUT_FILENO);
    case runs::RunState::running:
      return coloured(word, Colour::blue, STDOUT_FILENO);
    case runs::RunState::failed:
    case runs::RunState::lost:
      return coloured(word, Colour::red, STDOUT_FILENO);
    default:
      return word;
  }
}

std::vector<std::string> row_of(const runs::CellRuns& cell, const grid::Run& run, const runs::RunFacts& facts) {
  const runs::RunProgress& progress = facts.progress;
  const std::optional<double> share = share_done(facts);
  const std::string epochs =
      progress.epoch && progress.epochs ? fmt::format("{:.0f}/{:.0f}", *progress.epoch, *progress.epochs) : "";
  const std::string where =
      facts.slurm_job.empty() ? facts.host : fmt::format("{} job {}", facts.host, facts.slurm_job);
  return {fmt::format("{}, seed {}", cell.label, run.seed),
          run.id.substr(0, 12),
          coloured_word(facts.state),
          share ? bar(*share, 10) : "",
          epochs,
          or_nothing(progress.loss, "{:.3g}"),
          or_nothing(progress.images_per_second, "{:.0f}"),
          progress.seconds_left ? human_duration(*progress.seconds_left) : "",
          facts.state == runs::RunState::running || facts.state == runs::RunState::submitted ? where : facts.reason};
}

std::string shortened(Table table, bool all, const char* what) {
  const std::size_t rows = table.rows.size();
  if (rows == 0) return "";
  if (all || rows <= most_rows) return "\n" + table.for_terminal();
  table.rows.resize(most_rows);
  return fmt::format("\n{}and {} more {}; --all shows them\n", table.for_terminal(), rows - most_rows, what);
}

std::string cells_text(const SweepStatus& status, bool all) {
  Table table{{"cell", "runs", "completed", "running", "waiting", "failed", "cancelled", "progress"}, {}};
  for_each_cell(status, [&](const runs::CellRuns& cell, std::span<const runs::RunFacts> facts) {
    const StateCounts counts = count_states(facts);
    const auto count = [&](std::initializer_list<runs::RunState> states) {
      return std::to_string(count_in(counts, states));
    };
    double share = 0;
    for (const runs::RunFacts& run : facts) share += share_done(run).value_or(0) / static_cast<double>(facts.size());
    table.rows.push_back(
        {cell.label, std::to_string(facts.size()), count({runs::RunState::completed}), count({runs::RunState::running}),
         count({runs::RunState::pending, runs::RunState::submitted, runs::RunState::requeued}),
         count({runs::RunState::failed, runs::RunState::lost}), count({runs::RunState::cancelled}), bar(share, 10)});
  });
  return shortened(std::move(table), all, "cells");
}

std::string runs_text(const SweepStatus& status, bool all) {
  Table table{{"run", "id", "state", "progress", "epoch", "loss", "images/s", "left", "where, why"}, {}};
  for_each_run(status, [&](const runs::CellRuns& cell, const grid::Run& run, const runs::RunFacts& facts) {
    const bool is_plain = facts.state == runs::RunState::completed || facts.state == runs::RunState::pending;
    if (all || !is_plain) table.rows.push_back(row_of(cell, run, facts));
  });
  return shortened(std::move(table), all, "runs");
}

std::string rounds_text(const SeedRounds& rounds) {
  const std::string progress = fmt::format("round {} of at most {} ({} of at most {} seeds)", rounds.round,
                                           rounds.most_rounds, rounds.seeds, rounds.most_seeds);
  if (rounds.is_over) return progress + ", the last: pbn report says what is decided\n";
  const std::size_t named = std::min(rounds.undecided.size(), most_named_cells);
  const std::size_t others = rounds.undecided.size() - named;
  return fmt::format("{}; not decided yet: {}{}\n", progress, fmt::join(std::span(rounds.undecided).first(named), ", "),
                     others > 0 ? fmt::format(" and {} more", counted(others, "cell")) : "");
}

}  // namespace

std::optional<SeedRounds> rounds_of(const grid::Sweep& sweep) {
  if (!sweep.grid.rule) return {};
  SeedRounds rounds{sweep.rounds.rounds,   sweep.grid.rule->most_rounds(), 0,
                    sweep.grid.rule->most, sweep.rounds.is_over,           {}};
  for (const grid::Cell& cell : sweep.cells) rounds.seeds = std::max(rounds.seeds, cell.runs.size());
  for (const grid::Cell& cell : sweep.cells) {
    if (!rounds.is_over && !cell.is_baseline && cell.runs.size() == rounds.seeds)
      rounds.undecided.push_back(cell.label);
  }
  return rounds;
}

StateCounts count_states(std::span<const runs::RunFacts> facts) {
  StateCounts counts{};
  for (const runs::RunFacts& run : facts) ++counts[static_cast<std::size_t>(run.state)];
  return counts;
}

std::string in_words(const StateCounts& counts) {
  static constexpr runs::RunState order[] = {
      runs::RunState::completed, runs::RunState::running, runs::RunState::requeued, runs::RunState::submitted,
      runs::RunState::pending,   runs::RunState::lost,    runs::RunState::failed,   runs::RunState::cancelled};
  int runs = 0;
  std::string text;
  for (const runs::RunState state : order) {
    const int count = count_in(counts, {state});
    runs += count;
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", count, runs::word_of(state));
  }
  return counted(runs, "run") + text;
}

Json to_json(const StateCounts& counts) {
  Json object = Json::object();
  for (int state = 0; state < runs::run_states; ++state) {
    object[runs::word_of(static_cast<runs::RunState>(state))] = counts[static_cast<std::size_t>(state)];
  }
  return object;
}

SweepStatus::Outlook SweepStatus::outlook() const {
  Outlook outlook;
  double work = 0, done = 0, to_do = 0, longest = 0;
  double speed = 0;  // work per second of the running runs that report their time left
  int running = 0, reporting = 0;
  for_each_run(*this, [&](const runs::CellRuns& cell, const grid::Run&, const runs::RunFacts& run) {
    const double share = share_done(run).value_or(0), left = run.progress.seconds_left.value_or(0);
    work += cell.work;
    done += cell.work * share;
    if (!is_final(run.state)) to_do += cell.work * (1 - share);
    if (run.state != runs::RunState::running) return;
    ++running;
    outlook.images_per_second += run.progress.images_per_second.value_or(0);
    if (left <= 0) return;
    ++reporting;
    speed += cell.work * (1 - share) / left;
    longest = std::max(longest, left);
  });
  outlook.share = work > 0 ? done / work : 0;
  if (speed > 0) outlook.seconds_left = std::max(longest, to_do / (speed * running / reporting));
  return outlook;
}

std::string to_text(const SweepStatus& status, bool all) {
  const SweepStatus::Outlook outlook = status.outlook();
  constexpr std::size_t beside_bar = 50;  // ", 1234 images/s, about 12 h 34 min left"
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  const int bar_width = columns == 0 ? 40 : static_cast<int>(std::clamp<std::size_t>(columns, 60, 90) - beside_bar);
  std::string text = wrapped(fmt::format("{}: {}", status.sweep.name, in_words(count_states(status.facts))), columns) +
                     "\n" + bar(outlook.share, bar_width);
  if (outlook.images_per_second > 0) text += fmt::format(", {:.0f} images/s", outlook.images_per_second);
  if (outlook.seconds_left) text += fmt::format(", about {} left", human_duration(*outlook.seconds_left));
  text += "\n";
  if (status.rounds) text += wrapped(rounds_text(*status.rounds), columns);
  return text + cells_text(status, all) + runs_text(status, all);
}

Json to_json(const SweepStatus& status) {
  const SweepStatus::Outlook outlook = status.outlook();
  Json cells = Json::array();
  for_each_cell(status, [&](const runs::CellRuns& cell, std::span<const runs::RunFacts> facts) {
    Json runs = Json::array();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      Json run = runs::to_json(facts[i]);
      run["seed"] = cell.runs[i].seed;
      run["run"] = cell.runs[i].id;
      runs.push_back(std::move(run));
    }
    cells.push_back({{"label", cell.label}, {"runs", std::move(runs)}});
  });
  Json object = {{"sweep", status.sweep.name},
                 {"counts", to_json(count_states(status.facts))},
                 {"share", outlook.share},
                 {"images_per_second", outlook.images_per_second},
                 {"cells", std::move(cells)}};
  if (outlook.seconds_left) object["seconds_left"] = *outlook.seconds_left;
  if (status.rounds) {
    const SeedRounds& rounds = *status.rounds;
    object["rounds"] = {{"round", rounds.round},  {"most_rounds", rounds.most_rounds},
                        {"seeds", rounds.seeds},  {"most_seeds", rounds.most_seeds},
                        {"over", rounds.is_over}, {"undecided", rounds.undecided}};
  }
  return object;
}

}  // namespace pbn::commands
