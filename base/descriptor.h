// A file descriptor with an owner, who closes it.
#pragma once

#include <unistd.h>

#include <utility>

namespace pbn {

// For example: const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC)); if (!file.is_open()) ... errno says why.
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
  int release() { return std::exchange(number_, -1); }  // the caller closes it

  void close() {
    if (is_open()) ::close(release());
  }

 private:
  int number_;
};

}  // namespace pbn
