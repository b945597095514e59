#include "data/preparing/unreadable_photographs.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/parallel.h"
#include "base/progress.h"

namespace pbn {
namespace {

// A photograph may be stated twice, with different sizes.
using Stated = std::pair<std::filesystem::path, std::optional<StatedSize>>;

Stated stated(const PersonInPhotograph& person) { return {person.photograph, person.stated_size}; }

// Empty when it can be decoded and has the stated size.
std::string problem_with(const Stated& photograph) {
  try {
    take_photograph(photograph.first, photograph.second);
    return "";
  } catch (const Error& error) {
    return error.problem;
  }
}

}  // namespace

std::vector<std::string> leave_out_unreadable(PhotographSet& set, int jobs, bool show_progress,
                                              const std::function<bool()>& stop_requested) {
  std::set<Stated> distinct;
  for (const PersonInPhotograph& person : set.people) distinct.insert(stated(person));
  const std::vector<Stated> photographs(distinct.begin(), distinct.end());
  Progress progress(fmt::format("check {} {}", set.info.dataset, set.info.split), std::ssize(photographs), "images",
                    show_progress);
  std::map<Stated, std::string> bad;
  std::size_t checked = 0;
  const auto check = [&](std::int64_t n) { return problem_with(photographs[static_cast<std::size_t>(n)]); };
  in_order(std::ssize(photographs), jobs, check, [&](std::string problem) {
    if (stop_requested()) throw Error(Blame::requeue, set.info.dataset, "the check was stopped", "start it again");
    if (!problem.empty()) bad.emplace(photographs[checked], std::move(problem));
    ++checked;
    progress.advance();
  });

  std::vector<std::string> skipped;
  std::erase_if(set.people, [&](const PersonInPhotograph& person) {
    const auto found = bad.find(stated(person));
    if (found == bad.end()) return false;
    skipped.push_back(fmt::format("{}: {}", person.name(), found->second));
    return true;
  });
  if (set.people.empty()) {
    throw data_error(set.info.dataset, "is this the folder of the photographs?", "no photograph can be used; {}",
                     skipped.front());
  }
  return skipped;
}

}  // namespace pbn
