// A machine with a GPU that cannot be used: the test double of the driver (tests/worker/cuda/driver_double.cpp) has
// one.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/end_to_end/shell.h"
#include "tests/places.h"

namespace pbn {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// Why the GPU cannot be used: the plug-in lacks libraries or CUDA finds that the driver is a double.
const auto the_reason = AnyOf(HasSubstr("the CUDA plug-in cannot be opened: "), HasSubstr("CUDA finds no GPU: "),
                              HasSubstr("no CUDA plug-in"));
constexpr const char* warning = "pbn_worker: warning: this machine seems to have a GPU, but the CPU is used: ";

class UnusedGpu : public testing::Test {
 protected:
  // Trains in FOLDER with these words before and after the command.
  Answer train(const std::string& folder, const std::string& environment, const std::string& more = "") {
    const std::string people = small_people(place_, "people", 12),
                      doubles = programs_folder().parent_path() / "doubles";
    return shell(
        fmt::format("unset CUDA_VISIBLE_DEVICES; LD_LIBRARY_PATH={} {} pbn_worker --train {} --validation {} "
                    "--out {} --model.features 16 --train.epochs 1 --train.global_batch 4 {}",
                    doubles, environment, people, people, place_ / folder, more));
  }

  const Workplace place_;
};

TEST_F(UnusedGpu, IsALoudWarningIfAnyDeviceWillDo) {
  const Answer answer = train("run", "");
  EXPECT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text, AllOf(HasSubstr(warning), the_reason));
  EXPECT_THAT(shell("grep warning " + place_ / "run/metrics.jsonl").text,
              HasSubstr("this machine seems to have a GPU"));
}

TEST_F(UnusedGpu, IsAnErrorIfAGpuIsWanted) {
  const Answer answer = train("run", "", "--run.device cuda");
  EXPECT_EQ(answer.exit_code, 69) << answer.text;
  EXPECT_THAT(answer.text, AllOf(HasSubstr("no GPU: "), the_reason));
}

TEST_F(UnusedGpu, IsAnErrorIfTheEnvironmentNamesIt) {
  const Answer answer = train("run", "CUDA_VISIBLE_DEVICES=0");
  EXPECT_EQ(answer.exit_code, 69) << answer.text;
  EXPECT_THAT(answer.text, AllOf(HasSubstr("CUDA_VISIBLE_DEVICES: 0 is given, but no GPU can be used: "), the_reason));
}

TEST_F(UnusedGpu, IsAWarningIfTheEnvironmentNamesItWhereNoDriverIs) {  // as on a cluster whose nodes have other GPUs
  constexpr int stub_instead_of_a_driver = 34;
  const Answer answer =
      train("run", fmt::format("CUDA_VISIBLE_DEVICES=0 DRIVER_DOUBLE_FAILS={}", stub_instead_of_a_driver));
  EXPECT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("warning: CUDA_VISIBLE_DEVICES is 0, but the CPU is used: "));
}

TEST_F(UnusedGpu, IsNoMatterIfItIsHiddenOrNotWanted) {
  for (const Answer& answer :
       {train("hidden", "CUDA_VISIBLE_DEVICES="), train("unwanted", "CUDA_VISIBLE_DEVICES=0", "--run.device cpu")}) {
    EXPECT_EQ(answer.exit_code, 0) << answer.text;
    EXPECT_THAT(answer.text, Not(HasSubstr("seems to have a GPU")));
  }
}

TEST_F(UnusedGpu, WithADriverThatFailsIsAWarningToo) {
  EXPECT_THAT(
      train("run", "DRIVER_DOUBLE_FAILS=999").text,
      HasSubstr(std::string(warning) + "the NVIDIA driver fails: an error of the driver's double (CUDA error 999)"));
}

}  // namespace
}  // namespace pbn
