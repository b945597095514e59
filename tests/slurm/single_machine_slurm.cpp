#include "tests/slurm/single_machine_slurm.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "tests/becomes_true.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr auto longest_start = 30s;  // on a busy machine

bool is_free(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool taken = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0;
  ::close(descriptor);
  return !taken;
}

// The first of `count` consecutive free ports, below the kernel's ephemeral ports.
int free_ports(int count) {
  std::random_device random;
  for (int tries = 0; tries < 100; ++tries) {
    const int first = 20000 + static_cast<int>(random() % 1200) * 10;
    int port = first;
    while (port < first + count && is_free(port)) ++port;
    if (port == first + count) return first;
  }
  throw environment_error("Slurm", "", "found no {} free ports in a row", count);
}

std::string host() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  const std::string full = name;
  return full.substr(0, full.find('.'));
}

// If so, Slurm's daemons must be configured to listen on that address only.
bool is_loopback_only(const std::string& name) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return false;
  const auto* const address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  const bool loopback = address->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
  ::freeaddrinfo(found);
  return loopback;
}

std::string user() {
  const passwd* const entry = ::getpwuid(::getuid());
  return entry ? entry->pw_name : "root";
}

constexpr const char* programs[] = {"munged", "munge", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo"};

// Daemons are in /usr/sbin, which may not be in PATH.
std::string program_file(const std::string& name) {
  const fs::path found = find_program(name);
  return found.empty() ? find_program("/usr/sbin/" + name).string() : found.string();
}

}  // namespace

std::string SingleMachineSlurm::obstacle() {
  for (const char* name : programs) {
    if (program_file(name).empty()) {
      return fmt::format("needs {} (apt-get install slurmctld slurmd slurm-client munge; ./run test does)", name);
    }
  }
  return ::getuid() == 0 ? "" : "needs to be root, as slurmd does";
}

SingleMachineSlurm::SingleMachineSlurm(const Options& options) : port_(free_ports(1 + options.nodes)) {
  for (const char* part : {"etc", "munge", "state", "spool", "log", "run"}) fs::create_directory(folder_ / part);
  fs::permissions(folder_.path(), static_cast<fs::perms>(0755));
  fs::permissions(folder_ / "munge", static_cast<fs::perms>(0711));
  std::string key(128, '\0');
  std::ifstream("/dev/urandom").read(key.data(), static_cast<std::streamsize>(key.size()));
  write_atomically(folder_ / "munge/key", key);
  fs::permissions(folder_ / "munge/key", static_cast<fs::perms>(0600));
  write_atomically(folder_ / "etc/slurm.conf", configuration(options));
  std::string gpus;
  for (int node = 0; node < options.nodes; ++node) {
    fs::create_directories(folder_ / fmt::format("tmp/n{}", node));
    gpus += fmt::format("NodeName=n{} Name=gpu File=/dev/null,/dev/zero\n", node);
  }
  write_atomically(folder_ / "etc/gres.conf", gpus);
  // Unused, but by default slurmd requires the folder of cgroup/v2, which a container may lack.
  write_atomically(folder_ / "etc/cgroup.conf", "CgroupPlugin=cgroup/v1\n");

  const std::string munge = (folder_ / "munge").string();
  munge_ = start("munged",
                 {"-F", "-f", "--key-file=" + munge + "/key", "--socket=" + munge + "/sock",
                  "--pid-file=" + munge + "/pid", "--seed-file=" + munge + "/seed", "--log-file=" + munge + "/log"});
  while (!munge_->wait_for(20ms) && answer({"munge", "-S", munge + "/sock", "-n"}).empty()) {
  }
  controller_ = start("slurmctld", {"-D"});
  for (int node = 0; node < options.nodes; ++node) start_node(node);
  wait_for_nodes(options.nodes);
}

SingleMachineSlurm::~SingleMachineSlurm() { kill_everything(); }

std::vector<std::pair<std::string, std::string>> SingleMachineSlurm::environment() const {
  return {{"SLURM_CONF", (folder_ / "etc/slurm.conf").string()},
          {"OMPI_ALLOW_RUN_AS_ROOT", "1"},
          {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
}

std::string SingleMachineSlurm::answer(std::vector<std::string> command) const {
  const TemporaryFolder folder;
  Process process({std::move(command), environment(), folder / "output"});
  return process.wait() == 0 ? read_file(folder / "output") : "";
}

std::vector<std::string> SingleMachineSlurm::elements() const {
  std::istringstream text(answer({"squeue", "-h", "-r", "-t", "all", "-o", "%F_%K %T"}));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

void SingleMachineSlurm::kill_controller() {
  controller_->signal(SIGKILL);
  controller_->wait();
}

void SingleMachineSlurm::start_controller() { controller_ = start("slurmctld", {"-D"}); }

void SingleMachineSlurm::kill_node(int node) {
  Process& daemon = *nodes_.at(static_cast<std::size_t>(node));
  daemon.signal(SIGKILL);
  daemon.wait();
}

void SingleMachineSlurm::start_node(int node) {
  if (nodes_.size() <= static_cast<std::size_t>(node)) nodes_.resize(static_cast<std::size_t>(node) + 1);
  nodes_[static_cast<std::size_t>(node)] = start("slurmd", {"-D", "-N", fmt::format("n{}", node)});
}

std::string SingleMachineSlurm::configuration(const Options& options) const {
  std::string text =
      fmt::format(R"(ClusterName=fix{port}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/sock,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
TmpFS={folder}/tmp/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd-%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/{accounting}
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
SlurmctldTimeout=10
SlurmdTimeout=10
MessageTimeout=5
InactiveLimit=0
KillWait=2
MinJobAge=86400
MaxArraySize={max_array_size}
MaxJobCount=10000
FirstJobId={first_job}
JobRequeue={requeues}
DependencyParameters=kill_invalid_depend
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=10 DefMemPerCPU=100 State=UP
)",
                  fmt::arg("host", host()), fmt::arg("port", port_), fmt::arg("user", user()),
                  fmt::arg("folder", folder_.path().string()), fmt::arg("max_array_size", options.max_array_size),
                  fmt::arg("first_job", port_ * 100),  // Open MPI's session folders have the job's number
                  fmt::arg("accounting", options.kills_over_memory ? "linux" : "none"),
                  fmt::arg("requeues", options.requeues_jobs ? 1 : 0));
  if (options.preempts) {
    text +=
        "PreemptType=preempt/partition_prio\nPreemptMode=REQUEUE\n"
        "PartitionName=urgent Nodes=ALL PriorityTier=10 MaxTime=INFINITE DefaultTime=10 DefMemPerCPU=100 State=UP\n";
  }
  if (options.kills_over_memory) text += "JobAcctGatherParams=OverMemoryKill\nJobAcctGatherFrequency=task=1\n";
  if (is_loopback_only(host())) text += "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny\n";
  for (int node = 0; node < options.nodes; ++node) {
    text += fmt::format(
        "NodeName=n{} NodeHostname={} NodeAddr=127.0.0.1 Port={} CPUs=8 Boards=1 SocketsPerBoard=1 CoresPerSocket=8 "
        "ThreadsPerCore=1 RealMemory=64000 Gres=gpu:2 State=UNKNOWN\n",
        node, host(), port_ + 1 + node);
  }
  return text;
}

std::unique_ptr<Process> SingleMachineSlurm::start(const std::string& program,
                                                   std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), program_file(program));
  return std::make_unique<Process>(
      ProcessOptions{std::move(arguments), environment(), folder_ / ("log/" + program + ".output")});
}

void SingleMachineSlurm::wait_for_nodes(int count) const {
  const auto are_idle = [&] {
    const std::string idle = answer({"sinfo", "-h", "-N", "-p", "main", "-t", "idle", "-o", "%N"});
    return std::count(idle.begin(), idle.end(), '\n') == count;
  };
  if (becomes_true(are_idle, longest_start)) return;
  throw environment_error("Slurm", "", "its nodes are not up: {}\n{}", answer({"sinfo", "-N", "-l"}),
                          read_file(folder_ / "log/slurmctld.log"));
}

std::vector<pid_t> SingleMachineSlurm::processes() const {
  const std::string mark = "SLURM_CONF=" + (folder_ / "etc/slurm.conf").string();
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    pid_t id = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec != std::errc() || id == ::getpid()) continue;
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    for (std::string variable; std::getline(file, variable, '\0');) {
      if (variable != mark) continue;
      found.push_back(id);
      break;
    }
  }
  return found;
}

void SingleMachineSlurm::kill_everything() {
  nodes_.clear();
  controller_.reset();
  munge_.reset();
  // Processes that outlive the daemons: slurmstepd, batch scripts, mpirun and its workers.
  for (auto left = processes(); !left.empty(); left = processes()) {
    for (const pid_t id : left) ::kill(id, SIGKILL);
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace pbn::slurm
