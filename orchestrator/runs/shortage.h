// What an attempt lacked, in its folder as shortage.json: {"of": "memory", "had": 4096, "next": 6144}. The next attempt
// gets more, and pbn explain tells it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pbn::runs {

struct Shortage {
  enum Kind { memory, time };
  Kind of = memory;
  int had = 0;   // MiB on a node, or minutes
  int next = 0;  // what the next attempt is to get; `had` if the profile's limits allow no more
};

void record_shortage(const std::filesystem::path& attempt, const Shortage& shortage);
std::optional<Shortage> shortage_of(const std::filesystem::path& attempt);  // nothing also for a damaged record

// "4 GiB of memory were too little, the next attempt gets 6 GiB"
std::string in_words(const Shortage& shortage);

// The most that the attempts at a run lacked, of each kind.
struct Shortages {
  std::optional<Shortage> memory, time;
};
Shortages shortages_of_run(const std::filesystem::path& run_folder);

}  // namespace pbn::runs
