// File descriptors that close themselves.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

namespace pbn {

// Owns a descriptor and closes it. For example:
//   const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
//   if (!file.is_open()) ... errno gives the reason
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }  // the caller must close it

  bool close() { return !is_open() || ::close(release()) == 0; }  // false: errno gives the reason

 private:
  int number_;
};

// A file in memory that has a path, which this process can open; empty at first.
class MemoryFile {
 public:
  int descriptor() const { return memory_.number(); }
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor()); }

 private:
  Descriptor memory_{::memfd_create("pbn", MFD_CLOEXEC)};
};

}  // namespace pbn
