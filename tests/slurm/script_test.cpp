// The scripts that Slurm gets, compared with golden ones. After a change of the template:
//   PBN_WRITE_GOLDEN=1 build/bin/slurm_tests --gtest_filter='SlurmScript.*'
#include "orchestrator/slurm/script.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "tests/places.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path golden = source_folder() / "tests/slurm/golden";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// With what differs between machines taken out.
void expect_golden(const std::string& script, const std::string& name) {
  const std::string general = replaced(replaced(script, shell_quoted(own_program().string()), "/PBN"),
                                       shell_quoted(fs::current_path().string()), "/WORKING_FOLDER");
  if (std::getenv("PBN_WRITE_GOLDEN")) write_atomically(golden / name, general);
  EXPECT_EQ(general, read_file(golden / name));
}

SlurmProfile example() { return read_slurm_profile(source_folder() / "slurm/profile-example.yaml"); }

TEST(SlurmScript, OfAnArrayUnderSrun) {
  expect_golden(array_script(example(), {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 4}), "srun.sh");
}

TEST(SlurmScript, OfAnArrayUnderMpirunOnTwoNodes) {
  SlurmProfile profile =
      parse_slurm_profile("time: 90\nlauncher: mpirun\nnodes: 2\ngpus: 1\nmemory: 4G\n", "cluster.yaml");
  expect_golden(array_script(profile, {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 8}), "mpirun.sh");
}

TEST(SlurmScript, OfAReport) {
  expect_golden(report_script(example(), {"report", "experiments/demo.yaml", "--store=/scratch/my runs"}), "report.sh");
}

TEST(SlurmScript, AProgramOfOnesOwnStartsAsOneProcess) {
  EXPECT_THAT(array_script(example(), {"/l.jsonl", 1, false}),
              HasSubstr("work /l.jsonl \"$SLURM_ARRAY_TASK_ID\" --\n"));
}

TEST(SlurmScript, NoWordIsReadByTheShell) {
  const std::string strange = "it's \"$(touch x)\"; `y`\n\\ *";
  EXPECT_EQ(shell_quoted("plain/word-1.0=x"), "plain/word-1.0=x");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_THAT(array_script(example(), {strange, 1}), HasSubstr(" work " + shell_quoted(strange) + " "));
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  ProcessOptions options;
  options.command = {"bash", "-c", "printf %s " + shell_quoted(strange)};
  options.standard_output = pipe_ends[1];
  EXPECT_EQ(Process(options).wait(), 0);
  char said[100] = {};
  EXPECT_GT(::read(pipe_ends[0], said, sizeof said - 1), 0);
  EXPECT_EQ(said, strange);
}

TEST(SlurmScript, ATemplateThatIsNoneIsRefused) {
  SlurmProfile profile = example();
  profile.script_template = "{{#modules}}";
  EXPECT_THROW(array_script(profile, {"/l.jsonl", 1}), Error);
}

}  // namespace
}  // namespace pbn
