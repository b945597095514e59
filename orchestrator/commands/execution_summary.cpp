#include "orchestrator/commands/execution_summary.h"

#include "base/error.h"

namespace pbn {

void print_failures(const ExecutionSummary& summary) {
  for (const auto& failure : summary.failures) {
    fmt::print(stderr, "\n{} {}. Its folder: {}\n", failure.run, failure.reason, failure.folder);
    for (const std::string& line : failure.last_lines) fmt::print(stderr, "  | {}\n", line);
  }
}

int exit_code_of(const ExecutionSummary& summary) {
  if (summary.interrupted) {
    fmt::print(stderr, "pbn: interrupted; the same command goes on from here\n");
    return static_cast<int>(Blame::requeue);
  }
  return summary.failures.empty() ? 0 : 1;
}

}  // namespace pbn
