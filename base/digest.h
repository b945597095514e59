// SHA-256, which identifies data sets, runs and checkpoints by their content.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pbn {

// For example: Sha256 sum; sum.update(pixels); sum.update(joints); const std::string fingerprint = sum.hex();
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
  template <typename T>
  void update(std::span<const T> values) {
    update(std::as_bytes(values));
  }
  std::string hex();  // 64 lower-case digits; no update after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view text);

}  // namespace pbn
