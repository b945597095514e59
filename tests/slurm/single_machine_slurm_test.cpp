#include "tests/slurm/single_machine_slurm.h"

#include <gmock/gmock.h>

namespace pbn::slurm {
namespace {

using ::testing::HasSubstr;

TEST(SingleMachineSlurm, RunsAnArrayAndRemembersIt) {
  if (const std::string obstacle = SingleMachineSlurm::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  const SingleMachineSlurm slurm({});
  EXPECT_THAT(slurm.answer({"scontrol", "show", "config"}), HasSubstr("MaxArraySize            = 1001"));
  EXPECT_NE(slurm.answer({"sbatch", "--parsable", "--wait", "--output=/dev/null", "--array=0-2", "--wrap=true"}), "");
  EXPECT_THAT(slurm.elements(),
              ::testing::ElementsAre(HasSubstr("_0 COMPLETED"), HasSubstr("_1 COMPLETED"), HasSubstr("_2 COMPLETED")));
}

}  // namespace
}  // namespace pbn::slurm
