// The interface of fuzz targets. A target is a file with a function fuzz(bytes) that calls one of our parsers. Built
// with clang's libFuzzer, it searches for inputs that break the parser (./run fuzz); otherwise it replays the corpus as
// a test (replay.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pbn {

void fuzz(std::string_view bytes);  // defined by each target

// Calls `read`, which must succeed or throw an Error that blames the input and names its place. Any other Error or
// exception aborts the program.
template <typename Read>
void read_or_refuse(Blame blame, const std::string& where, const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.blame != blame || error.problem.empty() || error.where.find(where) == std::string::npos) std::abort();
  }
}

}  // namespace pbn

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
