#include "base/process.h"

#include <gmock/gmock.h>

#include <csignal>

#include "base/error.h"
#include "base/files.h"
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

TEST(Process, ItsExitCodeComesBack) {
  EXPECT_EQ(Process(command({"sh", "-c", "exit 75"})).wait_for(milliseconds(5000)), 75);
}

TEST(Process, ASignalIs128AndItsNumber) {
  Process sleeping(command({"sleep", "60"}));
  EXPECT_EQ(sleeping.wait_for(milliseconds(20)), std::nullopt);
  sleeping.signal(SIGTERM);
  EXPECT_EQ(sleeping.wait_for(milliseconds(5000)), 128 + SIGTERM);
}

TEST(Process, ArgumentsWithSpacesQuotesAndDollarsReachItAsTheyAre) {
  const TemporaryFolder folder;
  ProcessOptions options = command({"printf", "%s", "a b'\"$(date);"});
  options.output = folder / "output";
  EXPECT_EQ(Process(options).wait_for(milliseconds(5000)), 0);
  EXPECT_EQ(read_file(options.output), "a b'\"$(date);");
}

TEST(Process, AProgramThatIsNotThereIsAnEnvironmentError) {
  EXPECT_TRUE(find_program("no-such-program-anywhere").empty());
  EXPECT_THROW(Process(command({"no-such-program-anywhere"})), Error);
}

}  // namespace
}  // namespace pbn
