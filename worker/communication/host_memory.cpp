#include "worker/communication/host_memory.h"

#include <ATen/ops/zeros.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "base/error.h"
#include "worker/communication/communication_thread.h"
#include "worker/communication/element_sums.h"
#include "worker/communication/host_sums.h"
#include "worker/communication/mpi_sums.h"

namespace pbn::worker {
namespace {

void require_host_memory(const at::Tensor& tensor) {
  if (!tensor.is_contiguous() || !tensor.is_cpu() || !can_sum(tensor.scalar_type())) {
    throw bug_error("", "", "a {} tensor for a sum is not contiguous, not in host memory or of an unsupported type",
                    toString(tensor.scalar_type()));
  }
}

int rank_in_world() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int size_of_world() {
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

// Owns the MPI communicator of one host's ranks.
class RanksOfAHost {
 public:
  explicit RanksOfAHost(int ranks_per_host) {
    if (ranks_per_host > 0) {
      MPI_Comm_split(MPI_COMM_WORLD, rank_in_world() / ranks_per_host, 0, &ranks_);
    } else {
      MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &ranks_);
    }
  }
  ~RanksOfAHost() { MPI_Comm_free(&ranks_); }
  RanksOfAHost(const RanksOfAHost&) = delete;
  RanksOfAHost& operator=(const RanksOfAHost&) = delete;

  MPI_Comm get() const { return ranks_; }
  int size() const {
    int size = 0;
    MPI_Comm_size(ranks_, &size);
    return size;
  }

 private:
  MPI_Comm ranks_ = MPI_COMM_NULL;
};

// Runs a step on every rank. Throws on every rank if one of them failed.
void together(const std::function<void()>& step) {
  std::optional<Error> failure;
  try {
    step();
  } catch (const Error& error) {
    failure = error;
  }
  int works = !failure;
  MPI_Allreduce(MPI_IN_PLACE, &works, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (failure) throw *failure;
  if (!works)
    throw environment_error("run.communicator", "use --run.communicator mpi", "ranks of a host cannot share memory");
}

// The shared memory of this host's ranks.
struct Host {
  explicit Host(int ranks_per_host) : ranks(ranks_per_host) {}

  RanksOfAHost ranks;
  HostSums sums{ranks.get()};
};

class MpiCommunicator : public Communicator {
 public:
  ~MpiCommunicator() override { gives_up_ = true; }

  std::string name() const override { return "mpi"; }
  int rank() const override { return sums_.rank(); }
  int size() const override { return sums_.size(); }
  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return at::zeros({elements}, options);
  }

  void start_sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    thread_.start([this, tensor] { sums_.sum(tensor); });
  }
  void wait() override { thread_.wait(); }
  void sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    wait();
    sums_.sum(tensor);
  }
  void broadcast(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    wait();
    sums_.broadcast(tensor, 0);
  }
  void barrier() override {
    wait();
    sums_.meet();
  }

 private:
  std::atomic<bool> gives_up_ = false;
  MpiSums sums_{MPI_COMM_WORLD, gives_up_};
  CommunicationThread thread_;  // last: it uses the others
};

// For ranks that are all on one host.
class SharedMemoryCommunicator : public Communicator {
 public:
  explicit SharedMemoryCommunicator(std::unique_ptr<Host> host) : host_(std::move(host)) {
    if (sums_.has_processors_to_spare()) helper_ = std::thread([this] { sums_.help(); });
  }
  ~SharedMemoryCommunicator() override {
    sums_.leave();
    if (helper_.joinable()) helper_.join();
  }

  std::string name() const override { return "shared"; }
  int rank() const override { return sums_.rank(); }
  int size() const override { return sums_.size(); }
  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return sums_.zeros(elements, c10::typeMetaToScalarType(options.dtype()));
  }

  void start_sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    sums_.sums_in_place(tensor) ? sums_.start_sum(tensor) : sums_.sum_now(tensor);
  }
  void wait() override { sums_.finish(); }
  void broadcast(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    wait();
    sums_.broadcast_now(tensor, 0);
  }
  void barrier() override {
    wait();
    sums_.meet();
  }

 private:
  std::unique_ptr<Host> host_;
  HostSums& sums_ = host_->sums;
  std::thread helper_;  // if a processor is free for it
};

// For several hosts with several ranks each: sums over each host, then over the first ranks of the hosts, and copies
// the result to the other ranks.
class HierarchicalCommunicator : public Communicator {
 public:
  explicit HierarchicalCommunicator(std::unique_ptr<Host> host) : host_(std::move(host)) {
    MPI_Comm leaders = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, on_host_.rank() == 0 ? 0 : MPI_UNDEFINED, 0, &leaders);
    if (leaders == MPI_COMM_NULL) return;
    between_hosts_.emplace(leaders, gives_up_);
    MPI_Comm_free(&leaders);
  }
  ~HierarchicalCommunicator() override {
    gives_up_ = true;
    on_host_.leave();
  }

  std::string name() const override { return "shared and mpi"; }
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    at::Tensor zeros;
    together([&] { zeros = on_host_.zeros(elements, c10::typeMetaToScalarType(options.dtype())); });
    return zeros;
  }

  void start_sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    thread_.start([this, tensor] { sum_over_hosts(tensor); });
  }
  void wait() override { thread_.wait(); }
  void sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    wait();
    sum_over_hosts(tensor);
  }
  void broadcast(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    wait();
    if (between_hosts_) between_hosts_->broadcast(tensor, 0);  // rank 0 is the first rank of its host
    on_host_.broadcast_now(tensor, 0);
  }
  void barrier() override {
    wait();
    on_host_.meet();
    if (between_hosts_) between_hosts_->meet();
    on_host_.meet();
  }

 private:
  void sum_over_hosts(const at::Tensor& tensor) {
    const bool in_place = on_host_.sums_in_place(tensor);
    in_place ? on_host_.start_sum(tensor) : on_host_.sum_now(tensor);
    on_host_.finish();
    if (between_hosts_) between_hosts_->sum(tensor);
    in_place ? on_host_.start_copy(tensor) : on_host_.broadcast_now(tensor, 0);
    on_host_.finish();
  }

  int rank_ = rank_in_world(), size_ = size_of_world();
  std::unique_ptr<Host> host_;
  HostSums& on_host_ = host_->sums;
  std::atomic<bool> gives_up_ = false;
  std::optional<MpiSums> between_hosts_;  // only on the first rank of a host
  CommunicationThread thread_;            // last: it uses the others
};

}  // namespace

std::unique_ptr<Communicator> make_host_communicator(const std::string& wanted, int ranks_per_host) {
  int most_on_a_host = RanksOfAHost(ranks_per_host).size();
  MPI_Allreduce(MPI_IN_PLACE, &most_on_a_host, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (wanted == "mpi" || (wanted == "auto" && most_on_a_host == 1)) return std::make_unique<MpiCommunicator>();
  std::unique_ptr<Host> host;
  try {
    together([&] { host = std::make_unique<Host>(ranks_per_host); });
  } catch (const Error&) {
    if (wanted == "shared") throw;
    return std::make_unique<MpiCommunicator>();
  }
  if (most_on_a_host == size_of_world()) return std::make_unique<SharedMemoryCommunicator>(std::move(host));
  return std::make_unique<HierarchicalCommunicator>(std::move(host));
}

}  // namespace pbn::worker
