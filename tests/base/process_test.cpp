#include "base/process.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "tests/denied_call.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

using std::chrono::milliseconds;

ProcessOptions command(std::vector<std::string> words) {
  ProcessOptions options;
  options.command = std::move(words);
  options.output = "/dev/null";
  return options;
}

TEST(Process, TheExitCodeIsReturned) {
  EXPECT_EQ(Process(command({"sh", "-c", "exit 75"})).wait_for(milliseconds(5000)), 75);
}

TEST(Process, ASignalGives128PlusItsNumber) {
  Process sleeping(command({"sleep", "60"}));
  EXPECT_EQ(sleeping.wait_for(milliseconds(20)), std::nullopt);
  sleeping.signal(SIGTERM);
  EXPECT_EQ(sleeping.wait_for(milliseconds(5000)), 128 + SIGTERM);
}

TEST(Process, ArgumentsNeedNoQuoting) {
  const TemporaryFolder folder;
  ProcessOptions options = command({"printf", "%s", "a b'\"$(date);"});
  options.output = folder / "output";
  EXPECT_EQ(Process(options).wait_for(milliseconds(5000)), 0);
  EXPECT_EQ(read_file(options.output), "a b'\"$(date);");
}

TEST(Process, AMissingProgramIsAnEnvironmentError) {
  EXPECT_TRUE(find_program("no-such-program-anywhere").empty());
  EXPECT_THROW(Process(command({"no-such-program-anywhere"})), Error);
}

TEST(Process, DoesNotReadTheParentsStandardInput) {
  const TemporaryFolder folder;
  ProcessOptions options = command({"readlink", "/proc/self/fd/0"});
  options.output = folder / "output";
  EXPECT_EQ(Process(options).wait(), 0);
  EXPECT_EQ(read_file(options.output), "/dev/null\n");
}

TEST(Process, TheEndIsNoticedWithoutPidfd) {
  for (const int error : {ENOSYS, EPERM}) {
    EXPECT_EQ(in_child_without({{SYS_pidfd_open, error}},
                               [] {
                                 Process ended(command({"sh", "-c", "exit 7"}));
                                 pollfd end{ended.descriptor(), POLLIN, 0};
                                 const bool is_readable = end.fd >= 0 && ::poll(&end, 1, -1) == 1;
                                 Process sleeping(command({"sleep", "60"}));
                                 const bool is_running = !sleeping.wait_for(milliseconds(20));
                                 sleeping.signal(SIGTERM);
                                 const Process killed(command({"sleep", "60"}));  // by the destructor
                                 const bool have_ended = ended.wait() == 7 && sleeping.wait() == 128 + SIGTERM;
                                 return is_readable && is_running && have_ended ? 0 : 1;
                               }),
              0);
  }
}

TEST(Process, TheExitCodeIsReturnedWhereSigchldIsIgnored) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGCHLD, SIG_IGN);
              return Process(command({"sh", "-c", "exit 75"})).wait_for(milliseconds(5000)).value_or(1);
            }),
            75);
}

TEST(Process, TheOutputFileObeysTheUmask) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(002);
  ProcessOptions options = command({"true"});
  options.output = folder / "output";
  EXPECT_EQ(Process(options).wait(), 0);
  ::umask(before);
  EXPECT_EQ(static_cast<int>(std::filesystem::status(options.output).permissions()), 0664);
}

TEST(Process, AnInaccessibleFolderOfPathIsSkipped) {
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
  EXPECT_EQ(in_child([&] {
              const std::string path = folder.path().string() + ":/proc/1/root/bin:/etc/passwd:/no/such:/usr/bin:/bin";
              ::setenv("PATH", path.c_str(), 1);
              if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;
              ::chmod(folder.path().c_str(), 0);  // in case the test does not run as root
              return Process(command({"sh", "-c", "exit 7"})).wait();
            }),
            7);
}

}  // namespace
}  // namespace pbn
