// Compares the batch scripts with golden files. To update them after a change of the template:
//   PBN_WRITE_GOLDEN=1 build/bin/slurm_tests --gtest_filter='SlurmScript.*'
#include "orchestrator/slurm/script.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "tests/places.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const fs::path golden_folder = source_folder() / "tests/slurm/golden";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Replaces the paths that differ between machines.
void expect_golden(const std::string& script, const std::string& name) {
  const std::string general = replaced(replaced(script, shell_quoted(own_program().string()), "/PBN"),
                                       shell_quoted(fs::current_path().string()), "/WORKING_FOLDER");
  if (std::getenv("PBN_WRITE_GOLDEN")) write_atomically(golden_folder / name, general);
  EXPECT_EQ(general, read_file(golden_folder / name));
}

SlurmProfile example_profile() { return read_slurm_profile(source_folder() / "slurm/profile-example.yaml"); }

TEST(SlurmScript, OfAnArrayUnderSrun) {
  expect_golden(array_script(example_profile(), {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 4}),
                "srun.sh");
}

TEST(SlurmScript, OfAnArrayUnderMpirunOnTwoNodes) {
  SlurmProfile profile =
      parse_slurm_profile("time: 90\nlauncher: mpirun\nnodes: 2\ngpus: 1\nmemory: 4G\n", "cluster.yaml");
  expect_golden(array_script(profile, {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 8}), "mpirun.sh");
}

constexpr const char* site = R"(
partition: gpu
time: 1-12:00:00
nodes: 2
memory: 4G
mpi: pmi2
launcher_options: [--distribution=block]
login_shell: true
modules: [mpich]
sbatch: [--exclusive]
mail: {to: me@example.org, on: [end, time_limit_90]}
report: {partition: cpu, time: "1:30:00", memory: 6G, sbatch: [--constraint=ssd]}
)";

TEST(SlurmScript, OfAnArrayWithEverythingThatSitesAskFor) {
  SlurmProfile profile = parse_slurm_profile(site, "cluster.yaml");
  expect_golden(array_script(profile, {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 5}), "site.sh");
}

TEST(SlurmScript, OfAReportInItsOwnPartition) {
  expect_golden(report_script(parse_slurm_profile(site, "cluster.yaml"), {"report", "demo-f5c6d481"}),
                "site-report.sh");
}

TEST(SlurmScript, OfRanksInContainers) {
  const SlurmProfile profile = parse_slurm_profile(
      "time: 90\ngpus: 1\ncontainer: {image: /i/pbn.sif, options: [--bind=/scratch]}\n", "cluster.yaml");
  expect_golden(array_script(profile, {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 2}), "container.sh");
}

TEST(SlurmScript, TellsTheElementHowMuchMoreARunMayGet) {
  const std::string script = array_script(
      parse_slurm_profile("time: 90\nnodes: 2\nlimits: {time: 1-0, memory: 4G}\n", "c.yaml"), {"/l.jsonl", 4});
  EXPECT_THAT(script, HasSubstr(" work --most-memory=8192 --most-time=1440 /l.jsonl \"$SLURM_ARRAY_TASK_ID\" --"));
}

TEST(SlurmScript, GivesTheFlavourOfPmiOnce) {
  const auto options_of = [](const std::string& entries) {
    return shell_quoted(launcher_command(parse_slurm_profile("time: 1\n" + entries, "cluster.yaml"), 2));
  };
  EXPECT_THAT(options_of(""), StartsWith("srun --mpi=pmix --ntasks=2"));
  EXPECT_THAT(options_of("mpi: pmi2\n"), StartsWith("srun --mpi=pmi2 --ntasks=2"));
  const std::string by_options = options_of("launcher_options: [--mpi=pmix_v4]\n");
  EXPECT_THAT(by_options, AllOf(StartsWith("srun --ntasks=2"), EndsWith(" --mpi=pmix_v4")));
}

TEST(SlurmScript, OfPackedRunsUnderSrun) {
  expect_golden(
      array_script(example_profile(), {"/store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl", 2, true, true, 4}),
      "packed.sh");
}

TEST(SlurmScript, OfPackedRunsUnderMpirunStartsTheRanksOfOne) {
  const SlurmProfile profile = parse_slurm_profile("time: 90\nlauncher: mpirun\n", "cluster.yaml");
  const std::string script = array_script(profile, {"/l.jsonl", 2, true, true, 4});
  EXPECT_THAT(script, AllOf(HasSubstr("#SBATCH --ntasks=8\n"), HasSubstr(" mpirun -np 2 ")));
}

TEST(SlurmScript, OfRunsOneAfterTheOtherAsksForTheRoomOfOne) {
  const std::string script = array_script(example_profile(), {"/l.jsonl", 2, true, true, 1});
  EXPECT_THAT(script, AllOf(HasSubstr("performs the runs on line i"), HasSubstr("#SBATCH --ntasks=2\n"),
                            Not(HasSubstr("--exact"))));
}

TEST(SlurmScript, OfAReport) {
  expect_golden(report_script(example_profile(), {"report", "experiments/demo.yaml", "--store=/scratch/my runs"}),
                "report.sh");
}

TEST(SlurmScript, ASingleProcessHasNoLauncher) {
  EXPECT_THAT(array_script(example_profile(), {"/l.jsonl", 1, false}),
              HasSubstr("work /l.jsonl \"$SLURM_ARRAY_TASK_ID\" --\n"));
}

TEST(SlurmScript, TheShellInterpretsNoWord) {
  const std::string strange = "it's \"$(touch x)\"; `y`\n\\ *";
  EXPECT_EQ(shell_quoted("plain/word-1.0=x"), "plain/word-1.0=x");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_THAT(array_script(example_profile(), {strange, 1}), HasSubstr(" work " + shell_quoted(strange) + " "));
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  ProcessOptions options;
  options.command = {"bash", "-c", "printf %s " + shell_quoted(strange)};
  options.standard_output = pipe_ends[1];
  EXPECT_EQ(Process(options).wait(), 0);
  char output[100] = {};
  EXPECT_GT(::read(pipe_ends[0], output, sizeof output - 1), 0);
  EXPECT_EQ(output, strange);
}

TEST(SlurmScript, AnInvalidTemplateIsRefused) {
  SlurmProfile profile = example_profile();
  profile.script_template = "{{#modules}}";
  EXPECT_THROW(array_script(profile, {"/l.jsonl", 1}), Error);
}

}  // namespace
}  // namespace pbn::slurm
