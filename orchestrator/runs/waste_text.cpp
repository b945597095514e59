#include "orchestrator/runs/waste_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/counted.h"
#include "base/number_text.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn::runs {
namespace {

constexpr const char* unknown_hours = "–";

std::string with_share(double part, double whole) {
  const std::string text = significant_text(part, 2);
  return whole > 0 && part > 0 ? fmt::format("{} ({}%)", text, significant_text(100 * part / whole, 2)) : text;
}

// "0.8 (6.5%)"; where the runs have held both kinds, "0.8 (6.5%), GPU 0.1 (2%)".
std::string part_in_words(const std::optional<DeviceHours>& part, const Waste& waste) {
  if (!part || !waste.used) return unknown_hours;
  std::string cores = with_share(part->cores, waste.used->cores), gpus = with_share(part->gpus, waste.used->gpus);
  if (waste.used->gpus == 0) return cores;
  return waste.used->cores == 0 ? gpus : fmt::format("{}, GPU {}", cores, gpus);
}

// "12.3 core-hours and 4 GPU-hours"
std::string used_in_words(const Waste& waste) {
  if (!waste.used) return unknown_hours;
  std::string cores = significant_text(waste.used->cores, 3) + " core-hours",
              gpus = significant_text(waste.used->gpus, 3) + " GPU-hours";
  if (waste.used->gpus == 0) return cores;
  return waste.used->cores == 0 ? gpus : cores + " and " + gpus;
}

std::string queue_in_words(const Waste& waste) {
  return waste.in_queue ? human_duration(3600 * *waste.in_queue) : unknown_hours;
}

std::vector<std::string> waste_row(const std::string& label, const Waste& waste) {
  return {label,
          std::to_string(waste.attempts),
          used_in_words(waste),
          part_in_words(waste.lost, waste),
          part_in_words(waste.for_data, waste),
          part_in_words(waste.for_ranks, waste),
          part_in_words(waste.for_checkpoints, waste),
          part_in_words(waste.idle, waste),
          queue_in_words(waste)};
}

}  // namespace

std::string in_words(const Waste& waste) {
  if (!waste.used) return "";
  std::string text = fmt::format("{} in {}", used_in_words(waste), counted(waste.attempts, "attempt"));
  std::vector<std::string> parts;
  const auto add_part = [&](const std::optional<DeviceHours>& part, const std::string& words) {
    if (part && part->cores + part->gpus > 0) parts.push_back(part_in_words(part, waste) + " " + words);
  };
  add_part(waste.lost, "lost in " + counted(waste.lost_attempts, "attempt"));
  add_part(waste.for_data, "waiting for data");
  add_part(waste.for_ranks, "waiting for ranks");
  add_part(waste.for_checkpoints, "waiting for checkpoints");
  add_part(waste.idle, "idle between runs");
  if (!parts.empty()) text += fmt::format(": {}", fmt::join(parts, ", "));
  return waste.in_queue ? text + "; " + queue_in_words(waste) + " in the queue" : text;
}

Table waste_table(const SweepWaste& waste, const std::vector<std::string>& labels) {
  Table table{{"cell", "attempts", "used", "lost", "for data", "for ranks", "for checkpoints", "idle", "in the queue"},
              {}};
  if (!waste.all.used) return table;
  table.rows.push_back(waste_row("all cells", waste.all));
  for (std::size_t i = 0; i < waste.cells.size(); ++i) {
    table.rows.push_back(waste_row(one_line(labels[i]), waste.cells[i]));
  }
  table.remove_columns_of(unknown_hours);
  return table;
}

}  // namespace pbn::runs
