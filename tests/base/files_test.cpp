#include "base/files.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
  }

  const TemporaryFolder folder_;
};

TEST_F(FilesTest, AWriteReplacesTheFileAndLeavesNothingElse) {
  write_atomically(folder_ / "a", "old");
  write_atomically(folder_ / "a", std::string("new\0bytes", 9));
  EXPECT_EQ(read_file(folder_ / "a"), std::string("new\0bytes", 9));
  EXPECT_EQ(files(), 1u);
}

TEST_F(FilesTest, AnUnfinishedFileLeavesNothingAndKeepsWhatWasThere) {
  write_atomically(folder_ / "a", "old");
  {
    const UnfinishedFile unfinished(folder_ / "a");
    std::ofstream(unfinished.path()) << "half";
    EXPECT_EQ(files(), 2u);
  }
  EXPECT_EQ(read_file(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FilesTest, MissingFoldersAndFilesAreNamed) {
  EXPECT_THROW(write_atomically(folder_ / "none" / "a", "x"), Error);
  try {
    read_file(folder_ / "none");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    EXPECT_THAT(error.what(), testing::HasSubstr((folder_ / "none").string()));
  }
}

TEST_F(FilesTest, AFolderIsMadeWithItsParentsOrTheReasonIsGiven) {
  make_writable_folder(folder_ / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "b"));
  EXPECT_TRUE(fs::is_empty(folder_ / "a" / "b"));
  write_atomically(folder_ / "file", "");
  EXPECT_THROW(make_writable_folder(folder_ / "file" / "b"), Error);
}

}  // namespace
}  // namespace pbn
