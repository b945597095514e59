// What every fuzz target keeps to. A target is a file with a function fuzz(bytes) in which a parser of ours reads
// them: built with clang's libFuzzer it looks for inputs that break the parser (./run fuzz), built as usual it replays
// the corpus as a test (replay.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pbn {

void fuzz(std::string_view bytes);  // each target's own

// The promise to every user: reading either works or ends in an Error that blames the input and says where. All else,
// any other exception too, ends the program here.
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
