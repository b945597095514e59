#include "tests/worker/communication/world.h"

#include <gtest/gtest.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace pbn::worker {
namespace {

const Ranks* the_world = nullptr;

// What MPI_Init allocates is not a leak, and leaks are looked for before MPI_Finalize: both unload plug-ins, after
// which nobody can tell who allocated a block.
void ignore_leaks(bool from_now_on) {
#if defined(__SANITIZE_ADDRESS__)
  from_now_on ? __lsan_disable() : __lsan_enable();
#else
  static_cast<void>(from_now_on);
#endif
}

// Ends the process where something leaked.
void require_no_leaks() {
#if defined(__SANITIZE_ADDRESS__)
  __lsan_do_leak_check();
#endif
}

}  // namespace

const Ranks& world() { return *the_world; }

}  // namespace pbn::worker

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  pbn::worker::ignore_leaks(true);
  const pbn::worker::Ranks ranks(argc, argv);
  pbn::worker::ignore_leaks(false);
  pbn::worker::the_world = &ranks;
  if (ranks.rank() != 0)
    delete testing::UnitTest::GetInstance()->listeners().Release(
        testing::UnitTest::GetInstance()->listeners().default_result_printer());
  const int failed = RUN_ALL_TESTS();
  ranks.barrier();
  pbn::worker::require_no_leaks();
  return failed;
}
