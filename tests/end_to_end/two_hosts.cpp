#include "tests/end_to_end/two_hosts.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/end_to_end/shell.h"

namespace pbn {
namespace {

const char* const set_up = R"(set -e
for host in 0 1; do ip netns add {0}$host; ip -n {0}$host link set lo up; done
ip link add cable netns {0}0 type veth peer name cable netns {0}1
for host in 0 1; do
  ip -n {0}$host addr add 10.77.0.$((host + 1))/24 dev cable
  ip -n {0}$host link set cable up
done
)";

const char* const agent = R"(#!/bin/sh
host=$1; shift
exec ip netns exec {0}${{host#{0}}} unshare --uts sh -c "hostname $host; $*"
)";

const char* const mpirun = R"(exec ip netns exec {0}0 unshare --uts --mount sh -c '
hostname {0}0; mount --bind {1}/hosts /etc/hosts
exec mpirun --hostfile {1}/slots -np 4 --bind-to none --mca plm_rsh_agent {1}/agent --mca btl tcp,vader,self \
  --mca oob_tcp_if_include 10.77.0.0/24 --mca btl_tcp_if_include 10.77.0.0/24 {2}')";

}  // namespace

std::string TwoHosts::missing() {
  if (getuid() != 0) return "only root can make network namespaces";
  const Answer tried = shell(fmt::format(  // in a chroot, where / is no mount point, no namespace can be entered
      "ip netns add pbn{0} && {{ ip netns exec pbn{0} true; code=$?; ip netns delete pbn{0}; exit $code; }}",
      getpid()));
  return tried.exit_code == 0 ? "" : "no network namespaces: " + tried.text;
}

std::string TwoHosts::namespace_of(int host) const { return fmt::format("pbn{}h{}", getpid(), host); }
std::string TwoHosts::name(int host) const { return namespace_of(host); }

TwoHosts::TwoHosts() {
  const std::string stem = fmt::format("pbn{}h", getpid());
  shell(fmt::format(fmt::runtime(set_up), stem));
  written(place_ / "agent", fmt::format(fmt::runtime(agent), stem));
  ::chmod((place_ / "agent").c_str(), 0755);
  written(place_ / "hosts", fmt::format("127.0.0.1 localhost\n10.77.0.1 {0}0\n10.77.0.2 {0}1\n", stem));
  written(place_ / "slots", fmt::format("{0}0 slots=2\n{0}1 slots=2\n", stem));
}

TwoHosts::~TwoHosts() {
  for (const int host : {0, 1}) {
    shell(fmt::format("ip netns pids {0} | xargs -r kill -KILL; ip netns delete {0}", namespace_of(host)));
  }
}

std::unique_ptr<Process> TwoHosts::start(const std::string& command, const std::string& log) const {
  const std::string stem = fmt::format("pbn{}h", getpid());
  std::string folder = place_ / "";
  folder.pop_back();
  return std::make_unique<Process>(
      ProcessOptions{.command = {"/bin/sh", "-c", fmt::format(fmt::runtime(mpirun), stem, folder, command)},
                     .environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                                     {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                                     {"OMP_NUM_THREADS", "1"}},
                     .output = log});
}

void TwoHosts::pull_the_cable() const { shell(fmt::format("ip -n {} link set cable down", namespace_of(1))); }

void TwoHosts::freeze(int host) const { shell(fmt::format("ip netns pids {} | xargs kill -STOP", namespace_of(host))); }

}  // namespace pbn
