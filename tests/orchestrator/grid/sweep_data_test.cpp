// Grids whose data files differ in skeleton or box size.
#include <gmock/gmock.h>

#include "base/error.h"
#include "data/groups/groups_report.h"
#include "tests/data/error_of.h"
#include "tests/data/small_pose_file.h"
#include "tests/orchestrator/study.h"

namespace pbn::grid {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Adds a file of three people with fourteen parts to the study's people with sixteen parts.
class SweepData : public testing::Test {
 protected:
  SweepData() { data::write_small_pose_file(lsp_, 3); }

  std::string both() const { return "data.train=[\"" + small_train_file().string() + "\", \"" + lsp_ + "\"]"; }

  TemporaryFolder folder_;
  const std::string lsp_ = folder_ / "lsp.h5";
};

TEST_F(SweepData, TheValidationFileDeterminesTheSkeleton) {
  const Sweep sixteen = small_sweep("name: mixed\n", {both()});
  EXPECT_EQ(sixteen.cells[0].skeleton().name, "mpii16");
  EXPECT_EQ(sixteen.cells[0].train().size(), 2u);
  const Sweep fourteen = small_sweep("name: mixed\n", {both(), "data.validation=" + lsp_});
  EXPECT_EQ(fourteen.cells[0].skeleton().name, "lsp14");
  EXPECT_LT(fourteen.cells[0].parameters, sixteen.cells[0].parameters) << "fourteen heat maps";
  EXPECT_EQ(fourteen.cells[0].runs[0].id.size(), 64u);
}

TEST_F(SweepData, GroupsAreFoundInAllTrainingFiles) {
  data::write_small_pose_file(lsp_, 40);
  const Sweep sweep = small_sweep("cells: [{model.head: pbn, model.groups: {related: 3}}]\n", {both()});
  const auto related = data::find_related_parts({small_train_file(), lsp_}, 3);
  EXPECT_EQ(sweep.cells[0].setting("model.groups"),
            config::to_json(related.cut.minimum.groups, *related.relatedness.skeleton));
}

TEST_F(SweepData, FilesWithDifferentBoxSizesAreRefused) {
  data::PoseFileInfo larger = data::small_info();
  larger.box_pixels = 128;
  data::write_small_pose_file(lsp_, 3, larger);
  EXPECT_THAT(data::error_of([&] { small_sweep("name: mixed\n", {both()}); }).what(),
              AllOf(HasSubstr("lsp.h5 has boxes of 128 px"), HasSubstr("prepare both with the same --box")));
}

TEST_F(SweepData, FilesWithoutLabelledJointsAreRefused) {
  data::write_pose_file_without_joints(lsp_);
  for (const std::string key : {"data.train", "data.validation"}) {
    const Error error = data::error_of([&] { small_sweep("name: mixed\n", {key + "=" + lsp_}); });
    EXPECT_EQ(error.blame, Blame::usage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(key), HasSubstr("lsp.h5 has no labelled joint")));
  }
}

}  // namespace
}  // namespace pbn::grid
