// Memory that all ranks of one host see.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <vector>

namespace pbn {

// One piece of equal size from every rank, all zero at first. Anonymous memory (memfd_create(2)): nothing of it is left
// when the last process is gone, however it went, and the size of /dev/shm, 64 MiB in many containers, is no limit. All
// of it is there from the start, so that no access fails later; each piece lies near the processor of its rank.
class SharedMemory {
 public:
  // Every rank of the communicator, whose ranks are on one host, calls it. Throws the same environment error on all of
  // them when one cannot have its piece or see another's.
  SharedMemory(MPI_Comm host, std::size_t bytes);
  // Of ranks that are threads of one process: one piece for each, owned by somebody else.
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

}  // namespace pbn
