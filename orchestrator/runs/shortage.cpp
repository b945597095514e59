#include "orchestrator/runs/shortage.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/time.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

std::string amount_of(Shortage::Kind kind, int amount) {
  if (kind == Shortage::time) return human_duration(60.0 * amount);
  return amount % 1024 == 0 ? fmt::format("{} GiB", amount / 1024) : fmt::format("{} MiB", amount);
}

void keep_larger(std::optional<Shortage>& kept, const Shortage& other) {
  if (!kept || other.next > kept->next) kept = other;
}

}  // namespace

void record_shortage(const fs::path& attempt, const Shortage& shortage) {
  write_json(
      attempt / "shortage.json",
      {{"of", shortage.of == Shortage::time ? "time" : "memory"}, {"had", shortage.had}, {"next", shortage.next}});
}

std::optional<Shortage> shortage_of(const fs::path& attempt) {
  const Json record = object_in(attempt / "shortage.json");
  const auto had = number_at(record, "had"), next = number_at(record, "next");
  const std::string kind = text_at(record, "of");
  if (!had || !next || (kind != "time" && kind != "memory")) return {};
  return Shortage{kind == "time" ? Shortage::time : Shortage::memory, static_cast<int>(*had), static_cast<int>(*next)};
}

std::string in_words(const Shortage& shortage) {
  const char* what = shortage.of == Shortage::time ? "were too little for a checkpoint" : "of memory were too little";
  const std::string next = shortage.next > shortage.had
                               ? "the next attempt gets " + amount_of(shortage.of, shortage.next)
                               : "and the limits of the profile allow no more";
  return fmt::format("{} {}, {}", amount_of(shortage.of, shortage.had), what, next);
}

Shortages shortages_of_run(const fs::path& run_folder) {
  Shortages most;
  for (const fs::path& attempt : attempts_at(run_folder)) {
    const auto shortage = shortage_of(attempt);
    if (shortage) keep_larger(shortage->of == Shortage::time ? most.time : most.memory, *shortage);
  }
  return most;
}

}  // namespace pbn::runs
