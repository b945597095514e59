// Memory shared by all ranks of one host.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <vector>

namespace pbn::worker {

// A piece of equal size for every rank, initially zero. It is anonymous (memfd_create(2)): the kernel frees it with the
// last process, even after a crash, and the size of /dev/shm, 64 MiB in many containers, does not limit it. All of it
// is allocated at once, so that no access fails later; each piece is near the processor of its rank.
class SharedMemory {
 public:
  // Every rank of the communicator calls it; all of them are on one host. Throws the same environment error on all
  // ranks if one cannot allocate its piece or map another one's.
  SharedMemory(MPI_Comm host, std::size_t bytes);
  // For ranks that are threads of one process: one piece for each, which the caller owns.
  SharedMemory(std::vector<std::byte*> pieces, std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  std::byte* of(int rank) const { return pieces_[static_cast<std::size_t>(rank)]; }
  std::size_t bytes() const { return bytes_; }

 private:
  void unmap();

  std::size_t bytes_;
  bool is_mapped_;
  std::vector<std::byte*> pieces_;  // (ranks)
};

}  // namespace pbn::worker
