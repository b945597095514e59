// Two hosts on this machine: network namespaces with their own host names, joined by a cable.
#pragma once

#include <memory>
#include <string>

#include "base/process.h"
#include "tests/end_to_end/shell.h"

namespace pbn {

class TwoHosts {
 public:
  // The reason why this machine cannot have them (only root may make them); empty if it can.
  static std::string missing();

  TwoHosts();
  ~TwoHosts();  // kills the processes on them
  TwoHosts(const TwoHosts&) = delete;
  TwoHosts& operator=(const TwoHosts&) = delete;

  std::string name(int host) const;  // 0 or 1

  // mpirun on host 0, with two slots on each host and its daemon on host 1 started by an agent that enters it as ssh
  // would. The output is appended to LOG.
  std::unique_ptr<Process> start(const std::string& command, const std::string& log) const;

  void pull_the_cable() const;
  void freeze(int host) const;  // every process on it

 private:
  std::string namespace_of(int host) const;

  Workplace place_;
};

}  // namespace pbn
