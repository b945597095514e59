#include "orchestrator/commands/execution_summary.h"

#include <unistd.h>

#include "base/colour.h"
#include "base/error.h"
#include "base/log.h"
#include "base/output.h"

namespace pbn {

void print_failures(const ExecutionSummary& summary) {
  for (const auto& failure : summary.failures) {
    say(fmt::format("\n{} {}. Its folder: {}\n", coloured(failure.run, Colour::red, STDERR_FILENO), failure.reason,
                    failure.folder));
    for (const std::string& line : failure.last_lines) say(fmt::format("  | {}\n", line));
  }
}

Json to_json(const ExecutionSummary& summary) {
  Json failed = Json::array();
  for (const auto& [run, reason, folder, last_lines] : summary.failures) {
    failed.push_back({{"run", run}, {"reason", reason}, {"folder", folder}, {"last_lines", last_lines}});
  }
  return {{"finished", summary.finished},
          {"done_before", summary.skipped},
          {"cancelled", summary.cancelled},
          {"failed", std::move(failed)},
          {"interrupted", summary.interrupted}};
}

int exit_code_of(const ExecutionSummary& summary) {
  if (summary.interrupted) {
    note("interrupted; the same command goes on from here");
    return static_cast<int>(Blame::requeue);
  }
  return summary.failures.empty() ? 0 : 1;
}

}  // namespace pbn
