#include "worker/watchdog/activity_board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/files.h"
#include "base/host.h"

namespace pbn::worker {
namespace fs = std::filesystem;

struct ActivityBoard::Record {
  char host[256];
  std::atomic<std::int64_t> process, beats, progress, phase, epoch, step, sums, is_waiting;
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

namespace {

void require(bool is_done, const fs::path& file, const char* action, int code) {
  if (!is_done) throw environment_error(file.string(), "", "cannot {}: {}", action, std::strerror(code));
}

}  // namespace

ActivityBoard::ActivityBoard(const fs::path& run_folder, int rank, int ranks, const std::string& name)
    : folder_(run_folder / name), rank_(rank), ranks_(ranks) {
  make_writable_folder(folder_);
  const fs::path file = folder_ / std::to_string(rank);
  std::error_code ignored;
  fs::remove(file, ignored);  // an earlier process may still map the old file
  const Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  require(made.is_open(), file, "create", errno);
  const int code = ::posix_fallocate(made.number(), 0, sizeof(Record));
  require(code == 0, file, "allocate", code);
  void* const page = ::mmap(nullptr, sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED, made.number(), 0);
  require(page != MAP_FAILED, file, "map", errno);
  own_ = static_cast<Record*>(page);
  host_name().copy(own_->host, sizeof own_->host - 1);
  own_->process = ::getpid();
}

ActivityBoard::~ActivityBoard() {
  std::error_code not_empty;
  fs::remove(folder_ / std::to_string(rank_), not_empty);
  fs::remove(folder_, not_empty);  // by the last rank
  ::munmap(own_, sizeof(Record));
}

void ActivityBoard::enter(RankPhase phase) {
  own_->phase = static_cast<std::int64_t>(phase);
  made_progress();
}

void ActivityBoard::finished_step(int epoch, std::int64_t step) {
  own_->epoch = epoch;
  own_->step = step;
  own_->sums = 0;
  made_progress();
}

void ActivityBoard::requested_sum() {
  ++own_->sums;
  made_progress();
}

void ActivityBoard::set_waiting(bool for_others) {
  own_->is_waiting = for_others;
  made_progress();
}

void ActivityBoard::made_progress() { ++own_->progress; }

void ActivityBoard::beat() {
  ++own_->beats;
  ::msync(own_, sizeof(Record), MS_SYNC);
}

std::int64_t ActivityBoard::progress() const { return own_->progress; }

std::vector<Activity> ActivityBoard::read() const {
  std::vector<Activity> all(static_cast<std::size_t>(ranks_));
  for (int rank = 0; rank < ranks_; ++rank) {
    const auto bytes = read_file_if_there(folder_ / std::to_string(rank));
    if (!bytes || bytes->size() < sizeof(Record)) continue;
    alignas(Record) std::array<char, sizeof(Record)> copy;
    std::copy_n(bytes->begin(), copy.size(), copy.begin());
    const auto& record = *reinterpret_cast<const Record*>(copy.data());
    all[static_cast<std::size_t>(rank)] = {
        record.host,  record.process, record.beats, record.progress,       static_cast<RankPhase>(record.phase.load()),
        record.epoch, record.step,    record.sums,  record.is_waiting != 0};
  }
  return all;
}

}  // namespace pbn::worker
