#include "worker/communication/host_sums.h"

#include <ATen/ops/from_blob.h>
#include <sched.h>

#include <algorithm>

#include "base/error.h"
#include "worker/communication/element_sums.h"
#include "worker/communication/shared_counter.h"

namespace pbn::worker {
namespace {

constexpr std::size_t largest_piece = 128 << 10;  // the pieces of two ranks fit into the L2 cache
constexpr std::size_t smallest_piece = 16 << 10;  // below this size the claim costs more than the sum
constexpr std::size_t stage_bytes = 128 << 10;
constexpr std::size_t line = 128;         // two cache lines, which processors fetch together
constexpr int spins_before_sleep = 4000;  // about 50 microseconds, several times the time to wake a sleeper

int rank_in(MPI_Comm host) {
  int rank = 0;
  MPI_Comm_rank(host, &rank);
  return rank;
}

int size_of(MPI_Comm host) {
  int size = 1;
  MPI_Comm_size(host, &size);
  return size;
}

// The number of processors that the ranks of a host may use together.
int processors_of(MPI_Comm host) {
  cpu_set_t mine, all;
  CPU_ZERO(&mine);
  sched_getaffinity(0, sizeof mine, &mine);
  MPI_Allreduce(&mine, &all, sizeof mine, MPI_BYTE, MPI_BOR, host);
  return CPU_COUNT(&all);
}

}  // namespace

// A rank's shared counters and stages, initially zero. All ranks use rank 0's `done` and `next`.
struct HostSums::Board {
  alignas(line) SharedCounter started;            // number of the last work that this rank has started
  alignas(line) SharedCounter turns;              // pieces that this rank has copied to its stages
  alignas(line) SharedCounter done;               // rank 0: finished pieces of all works
  alignas(line) std::atomic<std::uint64_t> next;  // rank 0: number of a work << 32 | its next piece
  alignas(line) std::byte stages[2][stage_bytes];
};

struct HostSums::Work {
  std::uint32_t number;
  Task task;
  at::ScalarType type;
  Place place;
  std::size_t bytes, piece_bytes;

  std::size_t pieces() const { return (bytes + piece_bytes - 1) / piece_bytes; }
};

HostSums::HostSums(MPI_Comm host)
    : HostSums(rank_in(host), size_of(host), processors_of(host),
               [host](std::size_t bytes) { return std::make_shared<SharedMemory>(host, bytes); }) {}

HostSums::HostSums(int rank, int size, int processors, Share share)
    : share_(std::move(share)),
      rank_(rank),
      size_(size),
      processors_(processors),
      spins_(processors >= size ? spins_before_sleep : 0),
      boards_(share_(sizeof(Board))) {}

HostSums::~HostSums() = default;

HostSums::Board& HostSums::board_of(int rank) const { return *reinterpret_cast<Board*>(boards_->of(rank)); }

std::byte* HostSums::stage_of(int rank, std::uint32_t turn) const { return board_of(rank).stages[turn % 2]; }

at::Tensor HostSums::zeros(std::int64_t elements, at::ScalarType type) {
  const std::size_t bytes = static_cast<std::size_t>(elements) * c10::elementSize(type);
  auto memory = places_.emplace_back(share_(std::max<std::size_t>(bytes, 1)));
  std::byte* const mine = memory->of(rank_);
  return at::from_blob(
      mine, {elements}, [memory](void*) {}, at::TensorOptions(type));
}

std::optional<HostSums::Place> HostSums::place_of(const at::Tensor& tensor) const {
  const auto* const first = static_cast<const std::byte*>(tensor.const_data_ptr());
  for (const auto& memory : places_) {
    const std::byte* const mine = memory->of(rank_);
    if (first >= mine && first + tensor.nbytes() <= mine + memory->bytes()) {
      return Place{memory.get(), static_cast<std::size_t>(first - mine)};
    }
  }
  return std::nullopt;
}

void HostSums::start(const at::Tensor& tensor, Task task) {
  const std::optional<Place> place = place_of(tensor);
  if (!place) throw bug_error("", "", "a tensor for a sum in place is not in shared memory");
  if (tensor.nbytes() == 0) return;
  // Several pieces for each rank, so that others can do the share of a late rank. Only one rank writes to a line.
  const std::size_t fair = tensor.nbytes() / (2 * static_cast<std::size_t>(size_)) / line * line;
  const std::size_t piece_bytes = std::clamp(fair, smallest_piece, largest_piece);
  {
    const std::lock_guard guard(lock_);
    const Work work{newest_ + 1, task, tensor.scalar_type(), *place, tensor.nbytes(), piece_bytes};
    pieces_ += static_cast<std::uint32_t>(work.pieces());
    started_.push_back(work);
    newest_ = work.number;
  }
  board_of(rank_).started.add(1);
  new_work_.notify_one();
}

std::optional<HostSums::Work> HostSums::started_work(std::uint32_t number) const {
  const std::lock_guard guard(lock_);
  if (started_.empty() || started_.front().number > number || started_.back().number < number) return std::nullopt;
  return started_[number - started_.front().number];
}

void HostSums::finish() {
  while (finished_ != newest_) {
    if (!run(*started_work(finished_ + 1), spins_)) return;
    ++finished_;
  }
  if (!board_of(0).done.wait_for(pieces_, spins_, left_)) return;
  const std::lock_guard guard(lock_);
  started_.clear();
}

void HostSums::help() {
  std::uint32_t next = 1;
  while (!left_) {
    {
      std::unique_lock guard(lock_);
      new_work_.wait(guard, [&] { return left_ || (!started_.empty() && started_.back().number >= next); });
      if (left_) return;
      next = std::max(next, started_.front().number);
    }
    if (const auto work = started_work(next); work && !run(*work, 0)) return;
    ++next;
  }
}

// Runs pieces until all are claimed; other ranks may still be running theirs. False if it gave up.
bool HostSums::run(const Work& work, int spins) {
  for (int rank = 0; rank < size_; ++rank) {
    if (!board_of(rank).started.wait_for(work.number, spins, left_)) return false;
  }
  SharedCounter& done = board_of(0).done;
  while (const auto piece = claim_piece(work)) {
    run_piece(work, *piece);
    const std::uint32_t all_started =
        pieces_;  // read before this piece counts as done, after which finish() may return
    if (done.add_quietly(1) == all_started) done.wake_all();
  }
  return !left_;
}

// The caller knows that all pieces of earlier works are claimed. `next` then refers to this work or an earlier one or,
// if the caller is very late, to a later one.
std::optional<std::size_t> HostSums::claim_piece(const Work& work) {
  std::atomic<std::uint64_t>& next = board_of(0).next;
  std::uint64_t seen = next.load();
  while (true) {
    const auto ahead = static_cast<std::int32_t>(static_cast<std::uint32_t>(seen >> 32) - work.number);
    const std::uint64_t piece = ahead < 0 ? 0 : seen & 0xFFFFFFFF;
    if (ahead > 0 || piece == work.pieces()) return std::nullopt;
    if (next.compare_exchange_weak(seen, (std::uint64_t{work.number} << 32) | (piece + 1))) return piece;
  }
}

void HostSums::run_piece(const Work& work, std::size_t piece) const {
  const std::size_t begin = piece * work.piece_bytes;
  const std::size_t bytes = std::min(work.piece_bytes, work.bytes - begin);
  std::vector<std::byte*> buffers;
  for (int rank = 0; rank < size_; ++rank) buffers.push_back(work.place.memory->of(rank) + work.place.offset + begin);
  if (work.task == Task::sum) return sum_into_all(buffers, work.type, bytes / c10::elementSize(work.type));
  for (std::size_t rank = 1; rank < buffers.size(); ++rank) std::copy_n(buffers[0], bytes, buffers[rank]);
}

// `put` copies a piece to this rank's stage; when all ranks have done so, `take` reads all stages. A stage is reused
// two turns later. By then all ranks have started the turn in between, so they have read the stage.
template <typename Put, typename Take>
void HostSums::exchange(std::size_t bytes, const Put& put, const Take& take) {
  std::size_t begin = 0;
  do {
    const std::size_t length = std::min(bytes - begin, stage_bytes);
    ++turn_;
    put(begin, length);
    board_of(rank_).turns.add(1);
    for (int rank = 0; rank < size_; ++rank) {
      if (!board_of(rank).turns.wait_for(turn_, spins_, left_)) return;
    }
    take(begin, length);
    begin += length;
  } while (begin < bytes);
}

void HostSums::sum_now(const at::Tensor& tensor) {
  auto* const values = static_cast<std::byte*>(tensor.mutable_data_ptr());
  const auto put = [&](std::size_t begin, std::size_t length) {
    std::copy_n(values + begin, length, stage_of(rank_, turn_));
  };
  const auto take = [&](std::size_t begin, std::size_t length) {
    std::vector<const std::byte*> pieces;
    for (int rank = 0; rank < size_; ++rank) {
      pieces.push_back(rank == rank_ ? values + begin : stage_of(rank, turn_));
    }
    sum_into(values + begin, pieces, tensor.scalar_type(), length / tensor.element_size());
  };
  exchange(tensor.nbytes(), put, take);
}

void HostSums::broadcast_now(const at::Tensor& tensor, int from) {
  auto* const values = static_cast<std::byte*>(tensor.mutable_data_ptr());
  const auto put = [&](std::size_t begin, std::size_t length) {
    if (rank_ == from) std::copy_n(values + begin, length, stage_of(rank_, turn_));
  };
  const auto take = [&](std::size_t begin, std::size_t length) {
    if (rank_ != from) std::copy_n(stage_of(from, turn_), length, values + begin);
  };
  exchange(tensor.nbytes(), put, take);
}

void HostSums::meet() {
  exchange(
      0, [](std::size_t, std::size_t) {}, [](std::size_t, std::size_t) {});
}

void HostSums::leave() {
  const std::lock_guard guard(lock_);
  left_ = true;
  new_work_.notify_all();
}

}  // namespace pbn::worker
