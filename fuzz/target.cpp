#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pbn::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
