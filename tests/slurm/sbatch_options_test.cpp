#include "orchestrator/slurm/sbatch_options.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace pbn::slurm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SbatchOptions, NameAJobAndItsLog) {
  EXPECT_THAT(naming_options({"/store/sweeps/study-1a2b3c4d", "slurm/chunk-002", "XXXXXXXX"}, true),
              ElementsAre("--job-name=study-1a2b3c4d.chunk-002-XXXXXXXX",
                          "--output=/store/sweeps/study-1a2b3c4d/slurm/chunk-002/%a.log", "--chdir=/"));
  EXPECT_THAT(naming_options({"/100%/s", "slurm/report-001", "0"}, false).at(1),
              "--output=/100%%/s/slurm/report-001/log");
  EXPECT_THAT(naming_options({"/a\\b%", "c", "0"}, true).at(1), "--output=/a\\\\b%/c/log");
}

TEST(SbatchOptions, JoinDependencies) {
  EXPECT_THAT(dependency_options({}, {}), IsEmpty());
  EXPECT_THAT(dependency_options({}, {"7", "8"}), ElementsAre("--dependency=afterany:7:8"));
  EXPECT_THAT(dependency_options({"afterok:1", "after:2+5"}, {"7"}),
              ElementsAre("--dependency=afterok:1,after:2+5,afterany:7", "--kill-on-invalid-dep=yes"));
}

TEST(SbatchOptions, AJobIsWaitedForUntilItEndsWell) {
  EXPECT_EQ(as_dependency("123"), "afterok:123");
  EXPECT_EQ(as_dependency("123_4"), "afterok:123_4");
  EXPECT_EQ(as_dependency("afterany:123:124_5"), "afterany:123:124_5");
  for (const char* wrong : {"", "soon", "after", "afterok:", "12;touch x", "afterwards:3"}) {
    EXPECT_THROW(as_dependency(wrong), Error) << wrong;
  }
}

}  // namespace
}  // namespace pbn::slurm
