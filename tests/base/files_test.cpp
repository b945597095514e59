#include "base/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/shared_folder.h"
#include "tests/denied_call.h"
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

TEST_F(FilesTest, AnUnfinishedFileKeepsTheOldContentAndLeavesNothing) {
  write_atomically(folder_ / "a", "old");
  {
    const UnfinishedFile unfinished(folder_ / "a");
    std::ofstream(unfinished.path()) << "half";
    EXPECT_EQ(files(), 2u);
  }
  EXPECT_EQ(read_file(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FilesTest, TemporaryNamesFitIfTheFinalNameDoes) {
  std::string umlauts;
  while (umlauts.size() + 2 <= 255) umlauts += "\u00fc";
  for (const std::string& name : {std::string(251, 'n'), std::string(255, 'n'), umlauts, std::string(255, '\xfc')}) {
    write_atomically(folder_ / name, "whole");
    EXPECT_EQ(read_file(folder_ / name), "whole");
    const UnfinishedFile unfinished(folder_ / name);
    const std::string temporary = unfinished.path().filename().string();
    EXPECT_LE(temporary.size() + std::string(".jpeg.tmp").size(), 255u);  // the longest suffix that a library appends
    EXPECT_TRUE(temporary.starts_with(".") && temporary.ends_with(".tmp"));
  }
  const UnfinishedFile cut(folder_ / umlauts);
  const std::string temporary = cut.path().filename().string();
  std::size_t end = 1;
  while (temporary.substr(end).starts_with("\u00fc")) end += 2;
  EXPECT_EQ(temporary.at(end), '.') << "half a character before the ending";
}

TEST_F(FilesTest, ANameThatIsTooLongIsRefusedBeforeTheWork) {
  EXPECT_THROW(UnfinishedFile(folder_ / std::string(256, 'n')), Error);
}

TEST_F(FilesTest, PublishedContentIsNotReplaced) {
  EXPECT_TRUE(publish_once(folder_ / "result", "first"));
  EXPECT_FALSE(publish_once(folder_ / "result", "second"));
  EXPECT_EQ(read_file(folder_ / "result"), "first");
  EXPECT_EQ(files(), 1u);
  EXPECT_THROW(publish_once(folder_ / "none" / "result", "x"), Error);
}

TEST_F(FilesTest, PublishedContentIsNotReplacedWithoutHardLinks) {
  for (const auto& lacking :
       {std::vector<DeniedCall>{{SYS_link, EPERM}}, {{SYS_link, EOPNOTSUPP}, {SYS_renameat2, EINVAL}}}) {
    EXPECT_EQ(in_child_without(lacking,
                               [&] {
                                 require_publishing(folder_.path());
                                 const bool first = publish_once(folder_ / "result", "first");
                                 return first && !publish_once(folder_ / "result", "second") ? 0 : 1;
                               }),
              0);
    EXPECT_EQ(read_file(folder_ / "result"), "first");
    EXPECT_EQ(files(), 1u);
    fs::remove(folder_ / "result");
  }
}

TEST_F(FilesTest, AFolderWithoutPublishingIsReportedEarly) {
  EXPECT_NO_THROW(require_publishing(folder_.path()));
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(in_child_without({{SYS_link, EPERM}, {SYS_renameat2, ENOSYS}, {SYS_rename, EIO}},
                             [&] {
                               try {
                                 require_publishing(folder_.path());
                               } catch (const Error& error) {
                                 return static_cast<int>(error.blame);
                               }
                               return 0;
                             }),
            69);
  EXPECT_EQ(files(), 0u);
}

TEST_F(FilesTest, ALockIsHeldByOneAtATimeAndByTheChildThatInheritsIt) {
  std::optional<FileLock> lock = FileLock::try_to_take(folder_ / "lock");
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->is_enforced());
  EXPECT_FALSE(FileLock::try_to_take(folder_ / "lock"));
  const int of_a_child = ::dup(lock->descriptor());
  lock.reset();
  EXPECT_FALSE(FileLock::try_to_take(folder_ / "lock"));
  ::close(of_a_child);
  EXPECT_TRUE(FileLock::try_to_take(folder_ / "lock"));
}

TEST_F(FilesTest, EveryWayToWriteObeysTheUmask) {
  const mode_t before = ::umask(002);
  write_atomically(folder_ / "a", "");
  publish_once(folder_ / "b", "");
  append_json_line(folder_ / "c", 1);
  EXPECT_TRUE(FileLock::try_to_take(folder_ / "d"));
  ::umask(before);
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_EQ(static_cast<int>(entry.status().permissions()), 0664) << entry.path();
  }
  EXPECT_EQ(files(), 4u);
}

TEST_F(FilesTest, ExactlyOneOfSeveralPublishersWins) {
  constexpr int rounds = 50, writers = 4;
  for (int round = 0; round < rounds; ++round) {
    const fs::path file = folder_ / std::to_string(round), start = folder_ / "start";
    std::vector<pid_t> children;
    for (int writer = 0; writer < writers; ++writer) {
      children.push_back(::fork());
      if (children.back() == 0) {
        while (!fs::exists(start)) std::this_thread::yield();
        ::_exit(publish_once(file, "of " + std::to_string(::getpid())) ? 0 : 1);
      }
    }
    write_atomically(start, "");
    std::vector<pid_t> winners;
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      if (status == 0) winners.push_back(child);
    }
    fs::remove(start);
    ASSERT_EQ(winners.size(), 1u) << "in round " << round;
    EXPECT_EQ(read_file(file), "of " + std::to_string(winners[0]));
  }
  EXPECT_EQ(files(), std::size_t{rounds});
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
