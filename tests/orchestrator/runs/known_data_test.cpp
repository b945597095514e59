// A pose file that was changed and kept its fingerprint, as the store that knows it sees it.
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

namespace pbn {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class KnownData : public testing::Test {
 protected:
  KnownData() { write_small_pose_file(file_, 3); }

  void look(bool remember = true) const {
    DataRoom room;
    room.find(file_, "data.train");
    std::vector<DataFile> files = room.files();
    require_known_data(files, store_, remember);
  }
  std::string refusal() const {
    return error_of([&] { look(); }).what();
  }
  std::vector<Json> memory() const { return read_json_lines(store_.root() / "data.jsonl"); }

  void forget_the_digest(const std::string& generator) const {  // as files were written before there was one
    Hdf5Edit edit(file_);
    edit.remove_attribute("people_sha256");
    edit.put_attribute("generator", generator);
  }
  void change_pixels() const {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(Hdf5Reader(file_).begin_of("images/pixels"));
    file.put('x');
  }
  void move_joints() const { Hdf5Edit(file_).put("people/joints", {3, 14, 2}, std::vector<float>(84, 7)); }

  const TemporaryFolder folder_;
  const RunStore store_{folder_ / ""};
  const std::string file_ = folder_ / "train.h5";
};

TEST_F(KnownData, AFileOfAnOlderPbnIsHeldAgainstItsFingerprint) {
  forget_the_digest("pbn");
  look();
  change_pixels();
  EXPECT_THAT(refusal(), HasSubstr("train.h5: was changed since its fingerprint was made"));
  EXPECT_THAT(refusal(), HasSubstr("`pbn renew " + file_));
  renew_pose_file(file_);
  EXPECT_NO_THROW(look());
}

TEST_F(KnownData, ItIsReadAsAWholeOnceForItsSizeAndTime) {
  forget_the_digest("pbn");
  look(false);
  EXPECT_FALSE(std::filesystem::exists(store_.root() / "data.jsonl"));
  look();
  look();
  ASSERT_THAT(memory(), SizeIs(1));
  EXPECT_EQ(memory()[0]["content_sha256"], memory()[0]["fingerprint"]);
  const auto time = std::filesystem::last_write_time(file_);
  change_pixels();
  std::filesystem::last_write_time(file_, time);
  EXPECT_NO_THROW(look()) << "of the same size and time";
  std::filesystem::last_write_time(file_, time + std::chrono::seconds(1));
  EXPECT_THAT(refusal(), HasSubstr("was changed"));
}

TEST_F(KnownData, AHandWrittenFileIsHeldAgainstWhatTheStoreSawBefore) {
  forget_the_digest("my script");
  Hdf5Edit(file_).put_attribute("fingerprint", std::string(64, 'a'));
  look();
  move_joints();
  EXPECT_THAT(refusal(), HasSubstr("this store knows it of other people"));
}

// Planning looks before there is a store, and the sweep is recorded after.
TEST_F(KnownData, AFileIsReadAsAWholeOnce) {
  forget_the_digest("pbn");
  DataRoom room;
  room.find(file_, "data.train");
  std::vector<DataFile> files = room.files();
  require_known_data(files, store_, false);
  change_pixels();
  EXPECT_NO_THROW(require_known_data(files, store_, true)) << "it was read a second time";
  EXPECT_EQ(memory()[0]["content_sha256"], files[0].info.fingerprint);
}

TEST_F(KnownData, PixelsOfAHandWrittenFileAreHeldAgainstThemToo) {
  forget_the_digest("my script");
  Hdf5Edit(file_).put_attribute("fingerprint", std::string(64, 'a'));
  look();
  change_pixels();
  EXPECT_THAT(refusal(), HasSubstr("this store knows it of other pixels"));
}

TEST_F(KnownData, TwoFilesOfOneFingerprintMustBeTheSamePeople) {
  look();
  std::filesystem::copy_file(file_, folder_ / "same.h5");
  DataRoom room;
  room.find(folder_ / "same.h5", "data.train");
  std::vector<DataFile> files = room.files();
  EXPECT_NO_THROW(require_known_data(files, store_, true));
  EXPECT_THAT(memory(), SizeIs(2));
  EXPECT_FALSE(memory()[1].contains("content_sha256")) << "its digest is enough";
}

TEST_F(KnownData, PixelsThatWereChangedInAFileWithADigestAreFoundByItsTime) {
  look();
  change_pixels();
  std::filesystem::last_write_time(file_, std::filesystem::last_write_time(file_) + std::chrono::seconds(1));
  EXPECT_THAT(refusal(), HasSubstr("it is that of other content than the file has"));
}

}  // namespace
}  // namespace pbn
