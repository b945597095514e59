#include "tests/worker/communication/world.h"

#include <gtest/gtest.h>

namespace pbn {
namespace {

const Ranks* the_world = nullptr;

}  // namespace

const Ranks& world() { return *the_world; }

}  // namespace pbn

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const pbn::Ranks ranks(argc, argv);
  pbn::the_world = &ranks;
  if (ranks.rank() != 0)
    delete testing::UnitTest::GetInstance()->listeners().Release(
        testing::UnitTest::GetInstance()->listeners().default_result_printer());
  const int failed = RUN_ALL_TESTS();
  ranks.barrier();
  return failed;
}
