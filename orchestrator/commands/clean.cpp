#include <fmt/format.h>

#include <limits>
#include <map>
#include <regex>

#include "base/error.h"
#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/runs/store_cleaning.h"

namespace pbn::commands {
namespace {

// The size that --keep-within gives, in bytes; no limit without it.
std::uint64_t size_limit(const Arguments& arguments) {
  static const std::regex form("([0-9]+(?:\\.[0-9]+)?)([KMGT])?(?:i?B)?");
  static const std::map<std::string, double> units = {
      {"", 1}, {"K", 0x1p10}, {"M", 0x1p20}, {"G", 0x1p30}, {"T", 0x1p40}};
  if (!arguments.has("keep-within")) return std::numeric_limits<std::uint64_t>::max();
  const std::string text = arguments.text("keep-within");
  std::smatch parts;
  if (text.size() > 20 || !std::regex_match(text, parts, form)) {
    throw usage_error("--keep-within", "for example 200G or 1.5T", "\"{}\" is not a size", text);
  }
  const double bytes = std::stod(parts[1]) * units.at(parts[2]);
  if (bytes >= 0x1p63) throw usage_error("--keep-within", "", "{} is more than any disk holds", text);
  return static_cast<std::uint64_t>(bytes);
}

const std::map<runs::Removable::Kind, const char*> kind_words = {
    {runs::Removable::Kind::checkpoints, "checkpoints of completed runs"},
    {runs::Removable::Kind::temporary, "half-made files, an hour old"},
    {runs::Removable::Kind::orphan, "runs that no sweep names"},
    {runs::Removable::Kind::program, "copies of programs that no sweep names"}};

std::vector<runs::Removable> chosen_from(const runs::StoreContent& content, const Arguments& arguments) {
  const std::uint64_t limit = size_limit(arguments);
  std::vector<runs::Removable> chosen;
  for (const runs::Removable& removable : content.removable) {
    const bool is_orphan =
        removable.kind == runs::Removable::Kind::orphan || removable.kind == runs::Removable::Kind::program;
    if (is_orphan && !arguments.has("orphans")) continue;
    if (removable.kind == runs::Removable::Kind::checkpoints && arguments.has("keep-within")) continue;
    chosen.push_back(removable);
  }
  return arguments.has("keep-within") ? runs::choose_to_fit(limit, content, std::move(chosen)) : chosen;
}

void print_summary(const runs::StoreContent& content, const std::vector<runs::Removable>& chosen, bool with_paths) {
  Table table{{"what", "how many", "size"}, {}};
  for (const auto& [kind, words] : kind_words) {
    std::uint64_t bytes = 0, count = 0;
    for (const runs::Removable& removable : chosen) {
      count += removable.kind == kind;
      bytes += removable.kind == kind ? removable.bytes : 0;
    }
    if (count > 0) table.rows.push_back({words, std::to_string(count), bytes_in_words(static_cast<double>(bytes))});
  }
  fmt::print("The store has {}.\n{}", bytes_in_words(static_cast<double>(content.bytes)),
             table.rows.empty() ? "There is nothing to remove.\n" : table.for_terminal());
  for (const runs::Removable& removable : with_paths ? chosen : std::vector<runs::Removable>()) {
    fmt::print("{}  {}\n", removable.path.string(), bytes_in_words(static_cast<double>(removable.bytes)));
  }
}

struct Removed {
  std::uint64_t count = 0, bytes = 0;
};

Removed remove_all(const runs::RunStore& store, const std::vector<runs::Removable>& chosen) {
  Removed removed;
  for (const runs::Removable& removable : chosen) {
    if (!runs::remove(store, removable)) continue;
    ++removed.count;
    removed.bytes += removable.bytes;
  }
  return removed;
}

Json facts_of(const runs::StoreContent& content, const std::vector<runs::Removable>& chosen, const Removed& removed,
              bool fits) {
  Json to_go = Json::array();
  for (const runs::Removable& removable : chosen) {
    to_go.push_back(
        {{"path", removable.path.string()}, {"what", kind_words.at(removable.kind)}, {"bytes", removable.bytes}});
  }
  return {{"bytes", content.bytes},
          {"to_go", std::move(to_go)},
          {"removed", removed.count},
          {"removed_bytes", removed.bytes},
          {"fits", fits}};
}

int clean(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const runs::StoreContent content = runs::scan_store(store);
  const std::vector<runs::Removable> chosen = chosen_from(content, arguments);
  if (!arguments.has("json")) print_summary(content, chosen, arguments.has("list"));
  const Removed removed = arguments.has("yes") ? remove_all(store, chosen) : Removed();
  std::uint64_t left = content.bytes;
  for (const runs::Removable& removable : chosen) left -= std::min(left, removable.bytes);
  const bool fits = left <= size_limit(arguments);
  if (arguments.has("json")) {
    print_facts(facts_of(content, chosen, removed, fits));
    return fits ? 0 : 1;
  }
  if (arguments.has("yes")) {
    fmt::print("{} removed, {} freed.\n", removed.count, bytes_in_words(static_cast<double>(removed.bytes)));
  } else if (!chosen.empty()) {
    fmt::print("Nothing is removed yet: --yes removes them, --list names them.\n");
  }
  if (!fits) {
    fmt::print("{} remain, more than {}: results, weights and unfinished runs are never removed.\n",
               bytes_in_words(static_cast<double>(left)), arguments.text("keep-within"));
  }
  return fits ? 0 : 1;
}

}  // namespace

Command clean_command() {
  return {
      .name = "clean",
      .summary = "remove checkpoints and temporary files that nobody needs any more",
      .description =
          R"(Shows what can be removed, and removes it with --yes: the checkpoints of completed runs, and files that killed
processes left half-made. Results, weights, predictions and logs stay; runs that are live or not completed are
not touched. With --orphans it also removes whole runs that no sweep of the store names, completed or not, and
the copies of such programs.
With --keep-within it removes only as many checkpoints, the oldest first, as make the store fit; exit code 1
means that removing all of them is not enough.)",
      .options = {store_option,
                  {"yes", "", "remove what is shown; without it nothing is removed"},
                  {"list", "", "name every file and folder to be removed"},
                  {"orphans", "", "remove also whole runs that no sweep of the store names"},
                  {"keep-within", "SIZE",
                   "remove only as many checkpoints as make the store fit into this size, such as 200G"},
                  json_option},
      .examples = "pbn clean\npbn clean --keep-within 200G --yes\npbn clean --store /scratch/me --orphans --list",
      .run = clean};
}

}  // namespace pbn::commands
