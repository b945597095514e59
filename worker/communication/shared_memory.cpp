#include "worker/communication/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "base/error.h"

namespace pbn::worker {
namespace {

// How other ranks find a rank's piece. The inode identifies it: a process in another container can have the same
// number.
struct Offer {
  pid_t process = 0;
  int descriptor = -1;
  dev_t device = 0;
  ino_t inode = 0;
  int error = 0;
};

Offer offer_piece(std::size_t bytes) {
  Offer offer{.process = getpid()};
  offer.descriptor = memfd_create("pbn_worker", MFD_CLOEXEC);
  if (offer.descriptor < 0) return {.error = errno};
  offer.error = posix_fallocate(offer.descriptor, 0, static_cast<off_t>(bytes));
  struct stat facts {};
  fstat(offer.descriptor, &facts);
  offer.device = facts.st_dev;
  offer.inode = facts.st_ino;
  return offer;
}

// Null on failure, with errno in `error`.
std::byte* map_piece(const Offer& offer, std::size_t bytes, int& error) {
  const std::string path = fmt::format("/proc/{}/fd/{}", offer.process, offer.descriptor);
  const Descriptor opened(open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct stat facts {};
  const bool found = opened.is_open() && fstat(opened.number(), &facts) == 0;
  void* piece = MAP_FAILED;
  error = errno;
  if (found && (facts.st_dev != offer.device || facts.st_ino != offer.inode)) {
    error = ESRCH;
  } else if (found) {
    piece = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, opened.number(), 0);
    error = piece == MAP_FAILED ? errno : 0;
  }
  return piece == MAP_FAILED ? nullptr : static_cast<std::byte*>(piece);
}

template <typename Value>
std::vector<Value> of_all(MPI_Comm host, const Value& mine) {
  int ranks = 0;
  MPI_Comm_size(host, &ranks);
  std::vector<Value> all(static_cast<std::size_t>(ranks));
  MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all.data(), sizeof mine, MPI_BYTE, host);
  return all;
}

}  // namespace

SharedMemory::SharedMemory(MPI_Comm host, std::size_t bytes) : bytes_(bytes), is_mapped_(true) {
  const Offer mine = offer_piece(bytes);
  const Descriptor piece(mine.descriptor);  // open until all ranks have mapped it
  int failure = mine.error;
  for (const Offer& offer : of_all(host, mine)) {
    int error = offer.error;
    pieces_.push_back(error ? nullptr : map_piece(offer, bytes, error));
    if (failure == 0) failure = error;
  }
  const std::vector<int> failures = of_all(host, failure);  // also a barrier after the mapping
  const auto failed = std::find_if(failures.begin(), failures.end(), [](int error) { return error != 0; });
  if (failed == failures.end()) return;
  unmap();
  throw environment_error("run.communicator", "use --run.communicator mpi",
                          "the ranks of a host cannot share {} MiB of memory each: {}", (bytes >> 20) + 1,
                          std::strerror(*failed));
}

SharedMemory::SharedMemory(std::vector<std::byte*> pieces, std::size_t bytes)
    : bytes_(bytes), is_mapped_(false), pieces_(std::move(pieces)) {}

SharedMemory::~SharedMemory() {
  if (is_mapped_) unmap();
}

void SharedMemory::unmap() {
  for (std::byte* piece : pieces_) {
    if (piece) munmap(piece, bytes_);
  }
  pieces_.clear();
}

}  // namespace pbn::worker
