// A file in memory with a path, for readers that need a path.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace pbn {

class MemoryFile {
 public:
  MemoryFile() : memory_(::memfd_create("fuzz", MFD_CLOEXEC)) {}

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(memory_.number()); }

  void clear() {
    if (::ftruncate(memory_.number(), 0) != 0) std::abort();
  }
  void hold(std::string_view bytes) {
    clear();
    if (::pwrite(memory_.number(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  }

 private:
  Descriptor memory_;
};

}  // namespace pbn
