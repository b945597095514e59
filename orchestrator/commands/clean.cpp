#include <fmt/format.h>

#include <map>
#include <regex>

#include "base/error.h"
#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/runs/store_cleaning.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

std::string human_bytes(std::uint64_t bytes) {
  double value = static_cast<double>(bytes);
  const char* const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
  return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 100 ? 0 : 1, units[unit]);
}

std::uint64_t bytes_of(const std::string& text) {
  static const std::regex form("([0-9]+(?:\\.[0-9]+)?)([KMGT])?(?:i?B)?");
  static const std::map<std::string, double> units = {
      {"", 1}, {"K", 0x1p10}, {"M", 0x1p20}, {"G", 0x1p30}, {"T", 0x1p40}};
  std::smatch parts;
  if (text.size() > 20 || !std::regex_match(text, parts, form)) {
    throw usage_error("--keep-within", "for example 200G or 1.5T", "\"{}\" is not a size", text);
  }
  const double bytes = std::stod(parts[1]) * units.at(parts[2]);
  if (bytes >= 0x1p63) throw usage_error("--keep-within", "", "{} is more than any disk holds", text);
  return static_cast<std::uint64_t>(bytes);
}

const char* word_of(Removable::Kind kind) {
  return kind == Removable::Kind::checkpoints ? "checkpoints of completed runs"
         : kind == Removable::Kind::temporary ? "half-made files, an hour old"
                                              : "runs that no sweep names";
}

std::vector<Removable> chosen_of(const StoreContent& content, const Arguments& arguments) {
  const bool keeps_within = arguments.count("keep-within") > 0;
  std::vector<Removable> chosen;
  for (const Removable& removable : content.removable) {
    if (removable.kind == Removable::Kind::orphan && !arguments.count("orphans")) continue;
    if (removable.kind == Removable::Kind::checkpoints && keeps_within) continue;
    chosen.push_back(removable);
  }
  return keeps_within ? choose_to_fit(bytes_of(arguments["keep-within"].as<std::string>()), content, std::move(chosen))
                      : chosen;
}

void print_summary(const StoreContent& content, const std::vector<Removable>& chosen) {
  Table table{{"what", "how many", "size"}, {}};
  for (const auto kind : {Removable::Kind::checkpoints, Removable::Kind::temporary, Removable::Kind::orphan}) {
    std::uint64_t bytes = 0, count = 0;
    for (const Removable& removable : chosen) {
      count += removable.kind == kind;
      bytes += removable.kind == kind ? removable.bytes : 0;
    }
    if (count > 0) table.rows.push_back({word_of(kind), std::to_string(count), human_bytes(bytes)});
  }
  fmt::print("The store has {}.\n{}", human_bytes(content.bytes),
             table.rows.empty() ? "Nothing of it is to go.\n" : table.for_terminal());
}

struct Removed {
  std::uint64_t count = 0, bytes = 0;
};

Removed remove_all(const RunStore& store, const std::vector<Removable>& chosen) {
  Removed removed;
  for (const Removable& removable : chosen) {
    if (!remove(store, removable)) continue;
    ++removed.count;
    removed.bytes += removable.bytes;
  }
  return removed;
}

Json facts_of(const StoreContent& content, const std::vector<Removable>& chosen, const Removed& removed, bool fits) {
  Json to_go = Json::array();
  for (const Removable& removable : chosen) {
    to_go.push_back({{"path", removable.path.string()}, {"what", word_of(removable.kind)}, {"bytes", removable.bytes}});
  }
  return {{"bytes", content.bytes},
          {"to_go", std::move(to_go)},
          {"removed", removed.count},
          {"removed_bytes", removed.bytes},
          {"fits", fits}};
}

int clean(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const StoreContent content = scan_store(store);
  const std::vector<Removable> chosen = chosen_of(content, arguments);
  const bool as_json = arguments.count("json") > 0, is_meant = arguments.count("yes") > 0;
  if (!as_json) print_summary(content, chosen);
  if (!as_json && arguments.count("list")) {
    for (const Removable& removable : chosen)
      fmt::print("{}  {}\n", removable.path.string(), human_bytes(removable.bytes));
  }
  const Removed removed = is_meant ? remove_all(store, chosen) : Removed();
  std::uint64_t left = content.bytes;
  for (const Removable& removable : chosen) left -= std::min(left, removable.bytes);
  const std::string size = arguments.count("keep-within") ? arguments["keep-within"].as<std::string>() : "";
  const bool fits = size.empty() || left <= bytes_of(size);
  if (as_json) {
    print_facts(facts_of(content, chosen, removed, fits));
    return fits ? 0 : 1;
  }
  if (is_meant) fmt::print("{} removed, {} free again.\n", removed.count, human_bytes(removed.bytes));
  if (!is_meant && !chosen.empty()) fmt::print("Nothing is removed yet: --yes does it, --list names them.\n");
  if (!fits) {
    fmt::print("{} remain, which is more than {}: results, weights and unfinished runs are not touched.\n",
               human_bytes(left), size);
  }
  return fits ? 0 : 1;
}

}  // namespace

Command clean_command() {
  Command command;
  command.name = "clean";
  command.summary = "remove checkpoints that nobody needs any more, and what kills have left";
  command.description =
      "Shows what could go, and removes it with --yes: the checkpoints of completed runs, and files that a killed\n"
      "writer left half-made. Results, weights, predictions and logs stay; a run that is live or not completed is not\n"
      "touched. With --orphans also whole runs that no sweep of the store names, completed or not. With --keep-within\n"
      "only as many checkpoints go, the oldest first, as make the store fit; exit code 1 when all are not enough.";
  command.positionals = {};
  add_store_option(command.options);
  command.options.add_options()("yes", "remove what is shown; without it nothing is removed")(
      "list", "name every file and folder that would go")("orphans",
                                                          "remove also whole runs that no sweep of the store names")(
      "keep-within", po::value<std::string>()->value_name("SIZE"),
      "remove only as many checkpoints as make the store fit into this size, such as 200G");
  add_json_option(command.options);
  command.examples = "pbn clean\npbn clean --keep-within 200G --yes\npbn clean --store /scratch/me --orphans --list";
  command.run = clean;
  return command;
}

}  // namespace pbn
