// Pose files that were changed without a new fingerprint, in a store that has recorded them.
#include "orchestrator/runs/known_data.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/files.h"
#include "base/json.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/pose_digests.h"
#include "tests/data/error_of.h"
#include "tests/data/hdf5_edit.h"
#include "tests/data/small_pose_file.h"

namespace pbn::runs {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class KnownData : public testing::Test {
 protected:
  KnownData() { data::write_small_pose_file(file_, 3); }

  void check(bool remember = true) const {
    grid::DataCatalog catalog;
    catalog.find(file_, "data.train");
    std::vector<grid::DataFile> files = catalog.files();
    require_known_data(files, store_, remember);
  }
  std::string refusal() const {
    return data::error_of([&] { check(); }).what();
  }
  std::vector<Json> records() const { return read_json_lines(store_.root() / "data.jsonl"); }

  // Makes the file like those of programs that wrote no digest of the people.
  void remove_digest(const std::string& generator) const {
    data::Hdf5Edit edit(file_);
    edit.remove_attribute("people_sha256");
    edit.put_attribute("generator", generator);
  }
  void change_pixels() const {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(data::Hdf5Reader(file_).begin_of("images/pixels"));
    file.put('x');
  }
  void move_joints() const { data::Hdf5Edit(file_).put("people/joints", {3, 14, 2}, std::vector<float>(84, 7)); }

  const TemporaryFolder folder_;
  const RunStore store_{folder_ / ""};
  const std::string file_ = folder_ / "train.h5";
};

TEST_F(KnownData, AFileOfAnOlderPbnIsCheckedAgainstItsFingerprint) {
  remove_digest("pbn");
  check();
  change_pixels();
  EXPECT_THAT(refusal(), HasSubstr("train.h5: was changed since its fingerprint was made"));
  EXPECT_THAT(refusal(), HasSubstr("`pbn renew " + file_));
  data::renew_pose_file(file_);
  EXPECT_NO_THROW(check());
}

TEST_F(KnownData, AFileIsReadOncePerSizeAndModificationTime) {
  remove_digest("pbn");
  check(false);
  EXPECT_FALSE(std::filesystem::exists(store_.root() / "data.jsonl"));
  check();
  check();
  ASSERT_THAT(records(), SizeIs(1));
  EXPECT_EQ(records()[0]["content_sha256"], records()[0]["fingerprint"]);
  const auto time = std::filesystem::last_write_time(file_);
  change_pixels();
  std::filesystem::last_write_time(file_, time);
  EXPECT_NO_THROW(check()) << "same size and time";
  std::filesystem::last_write_time(file_, time + std::chrono::seconds(1));
  EXPECT_THAT(refusal(), HasSubstr("was changed"));
}

TEST_F(KnownData, AFileOfAnotherProgramIsCheckedAgainstTheStoresRecord) {
  remove_digest("my script");
  data::Hdf5Edit(file_).put_attribute("fingerprint", std::string(64, 'a'));
  check();
  move_joints();
  EXPECT_THAT(refusal(), HasSubstr("in this store it belongs to other people"));
}

// `pbn run` checks the data when it plans and records them with the sweep.
TEST_F(KnownData, ASecondCallDoesNotReadTheFileAgain) {
  remove_digest("pbn");
  grid::DataCatalog catalog;
  catalog.find(file_, "data.train");
  std::vector<grid::DataFile> files = catalog.files();
  require_known_data(files, store_, false);
  change_pixels();
  EXPECT_NO_THROW(require_known_data(files, store_, true)) << "it was read a second time";
  EXPECT_EQ(records()[0]["content_sha256"], files[0].info.fingerprint);
}

TEST_F(KnownData, PixelsOfAFileOfAnotherProgramAreCheckedToo) {
  remove_digest("my script");
  data::Hdf5Edit(file_).put_attribute("fingerprint", std::string(64, 'a'));
  check();
  change_pixels();
  EXPECT_THAT(refusal(), HasSubstr("in this store it belongs to other pixels"));
}

TEST_F(KnownData, FilesWithTheSameFingerprintMustHaveTheSamePeople) {
  check();
  std::filesystem::copy_file(file_, folder_ / "same.h5");
  grid::DataCatalog catalog;
  catalog.find(folder_ / "same.h5", "data.train");
  std::vector<grid::DataFile> files = catalog.files();
  EXPECT_NO_THROW(require_known_data(files, store_, true));
  EXPECT_THAT(records(), SizeIs(2));
  EXPECT_FALSE(records()[1].contains("content_sha256")) << "the digest of its people suffices";
}

TEST_F(KnownData, ANewModificationTimeRevealsChangedPixels) {
  check();
  change_pixels();
  std::filesystem::last_write_time(file_, std::filesystem::last_write_time(file_) + std::chrono::seconds(1));
  EXPECT_THAT(refusal(), HasSubstr("the fingerprint belongs to other content"));
}

}  // namespace
}  // namespace pbn::runs
