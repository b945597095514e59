// The data of a run and their skeleton.
#include "worker/training/run_setup.h"

#include <gmock/gmock.h>

#include "data/preparing/prepare.h"
#include "tests/data/error_of.h"
#include "tests/data/small_pose_file.h"

namespace pbn::worker {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Drawn people with sixteen parts, and noise with fourteen.
class RunSetupData : public testing::Test {
 protected:
  RunSetupData() {
    data::SyntheticOptions options;
    options.files = {{"train", mpii_}};
    options.people = 20;
    options.how.box_pixels = 64;
    options.how.show_progress = false;
    data::prepare_synthetic(options);
    data::write_small_pose_file(lsp_, 3);
  }

  RunSetup set_up(const std::vector<std::string>& train, const std::string& validation) const {
    GivenSettings given;
    given.values = {{"data", {{"train", train}, {"validation", validation}}}};
    given.place = "here";
    return set_up_run(given, 1, false);
  }

  TemporaryFolder folder_;
  const std::string mpii_ = folder_ / "mpii.h5", lsp_ = folder_ / "lsp.h5";
};

TEST_F(RunSetupData, TrainingPeopleAreMappedToTheSkeletonOfTheValidationFile) {
  const RunSetup setup = set_up({mpii_, lsp_}, lsp_);
  EXPECT_EQ(setup.validation.skeleton().name, "lsp14");
  EXPECT_EQ(setup.train.skeleton().name, "lsp14");
  EXPECT_EQ(setup.train.size(), 23);
  EXPECT_EQ(setup.train.person(0).joints.size(), 14u);
  EXPECT_EQ(setup.identity["data"]["train"].size(), 2u) << setup.identity;
}

TEST_F(RunSetupData, AFileWithoutJointsIsRefusedForTrainingAndForValidation) {
  data::write_pose_file_without_joints(lsp_);
  EXPECT_THAT(data::error_of([&] { set_up({lsp_}, mpii_); }).what(),
              AllOf(HasSubstr("data.train"), HasSubstr("has no labelled joint")));
  EXPECT_THAT(data::error_of([&] { set_up({mpii_}, lsp_); }).what(),
              AllOf(HasSubstr("data.validation"), HasSubstr("has no labelled joint")));
}

}  // namespace
}  // namespace pbn::worker
