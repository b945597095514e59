#include "tests/slurm/cluster.h"

#include <algorithm>

#include "base/files.h"
#include "orchestrator/slurm/slurm.h"

namespace pbn::slurm {

using namespace std::chrono_literals;

std::string Cluster::profile(const std::string& more) const {
  write_atomically(folder_ / "cluster.yaml", "time: 10\nmemory: 200M\n" + more);
  return (folder_ / "cluster.yaml").string();
}

CommandOutcome Cluster::run(std::vector<std::string> command,
                            std::vector<std::pair<std::string, std::string>> more) const {
  return run_program(std::move(command), environment(std::move(more)));
}

std::vector<std::pair<std::string, std::string>> Cluster::environment(
    std::vector<std::pair<std::string, std::string>> more) const {
  auto variables = slurm_.environment();
  variables.insert(variables.end(), more.begin(), more.end());
  return variables;
}

bool Cluster::wait_for_end(std::chrono::seconds patience) const {
  const auto has_ended = [&] {
    const auto lines = slurm_.elements();
    return !lines.empty() && std::none_of(lines.begin(), lines.end(), [](const std::string& line) {
      QueueElement element;
      element.state = line.substr(line.find(' ') + 1);
      return element.is_live();
    });
  };
  return becomes_true(has_ended, patience);
}

std::vector<std::string> Cluster::in_state(const std::string& state) const {
  std::vector<std::string> ids;
  for (const std::string& line : slurm_.elements()) {
    const auto space = line.find(' ');
    if (line.substr(space + 1) == state) ids.push_back(line.substr(0, space));
  }
  return ids;
}

}  // namespace pbn::slurm
