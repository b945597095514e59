#include "orchestrator/slurm/profile.h"

#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/slurm/mpi_flavour.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string profile_error(const std::string& text) {
  try {
    parse_slurm_profile(text, "cluster.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(SlurmProfile, ReadsTheExample) {
  const SlurmProfile profile = read_slurm_profile(source_folder() / "slurm/profile-example.yaml");
  EXPECT_EQ(profile.partition, "gpu");
  EXPECT_EQ(profile.time, "12:00:00");
  EXPECT_EQ(profile.memory_mib, 16 * 1024);
  EXPECT_EQ(profile.launcher, Launcher::srun);
  EXPECT_THAT(profile.modules, ElementsAre("openmpi/4.1.4", "cuda/13.0"));
  EXPECT_THAT(profile.setup, ElementsAre("ulimit -l unlimited", "export NCCL_SOCKET_IFNAME=ib0"));
  EXPECT_EQ(profile.largest_chunk, 500);
  EXPECT_EQ(profile.parallel, 32);
  EXPECT_EQ(profile.max_submit, 2000);
}

TEST(SlurmProfile, NeedsATimeLimitAndNothingElse) {
  const SlurmProfile profile = parse_slurm_profile("time: 90\n", "cluster.yaml");
  EXPECT_EQ(profile.time, "90");
  EXPECT_EQ(profile.gpus, 0);
  EXPECT_EQ(profile.parallel, 0);
  EXPECT_THAT(profile_error("partition: gpu\n"), HasSubstr("\"time\" is missing"));
}

TEST(SlurmProfile, TakesAutoForTimeAndMemory) {
  const SlurmProfile profile = parse_slurm_profile("time: auto\nmemory: auto\n", "cluster.yaml");
  EXPECT_TRUE(profile.auto_time && profile.auto_memory);
  EXPECT_FALSE(parse_slurm_profile("time: 90\nmemory: 4G\n", "cluster.yaml").auto_time);
  EXPECT_THAT(profile_error("time: auto\nlimits: {time: auto}\n"), HasSubstr("is not a time limit"));
}

TEST(SlurmProfile, GivesTheMeaningOfAutoPrecision) {
  EXPECT_EQ(parse_slurm_profile("time: 90\n", "cluster.yaml").precision, "");
  EXPECT_EQ(parse_slurm_profile("time: 90\nprecision: fp32\n", "cluster.yaml").precision, "fp32");
  EXPECT_THAT(
      profile_error("time: 90\nprecision: auto\n"),
      AllOf(HasSubstr("cluster.yaml:2:12"), HasSubstr("precision: \"auto\" is not allowed; known are: bf16, fp32")));
}

TEST(SlurmProfile, SaysHowManyRunsAnElementCarries) {
  EXPECT_EQ(parse_slurm_profile("time: 90\n", "cluster.yaml").runs_per_element, 1);
  EXPECT_EQ(parse_slurm_profile("time: 90\narray: {runs_per_element: 16}\n", "cluster.yaml").runs_per_element, 16);
  const SlurmProfile profile = parse_slurm_profile(
      "time: 90\ngpus: 1\nmemory: 8G\nnode: {cpus: 64, gpus: 8, memory: 500G}\narray: {runs_per_element: auto}\n",
      "cluster.yaml");
  EXPECT_EQ(profile.runs_per_element, 0);
  EXPECT_EQ(profile.node.cpus, 64);
  EXPECT_EQ(profile.node.gpus, 8);
  EXPECT_EQ(profile.node.memory_mib, 500 * 1024);
  EXPECT_THAT(profile_error("time: 90\narray: {runs_per_element: many}\n"),
              AllOf(HasSubstr("cluster.yaml:2:27"), HasSubstr("is not allowed; a whole number from 1 to 1000000")));
  EXPECT_THAT(profile_error("time: 90\ngpus: 1\nnode: {cpus: 64}\n"),
              AllOf(HasSubstr("cluster.yaml: \"node.gpus\" is missing"), HasSubstr("node: {cpus: 64, gpus: 8")));
  EXPECT_THAT(profile_error("time: 90\nnode: {memory: 4T}\n"), HasSubstr("\"memory\": \"4T\" is not an amount"));
}

TEST(SlurmProfile, ErrorsHaveAPlaceAndASuggestion) {
  EXPECT_THAT(profile_error("time: 10\npartitoin: gpu\n"),
              AllOf(HasSubstr("cluster.yaml:2:1"), HasSubstr("did you mean \"partition\"?")));
  EXPECT_THAT(
      profile_error("time: 10\narray: {paralel: 3}\n"),
      AllOf(HasSubstr("cluster.yaml:2:9"), HasSubstr("array.paralel"), HasSubstr("did you mean \"parallel\"?")));
  EXPECT_THAT(profile_error("time: half an hour\n"), HasSubstr("is not a time limit"));
  EXPECT_THAT(profile_error("time: 10\ncpus: 0\n"),
              HasSubstr("cpus: 0 is not allowed; a whole number from 1 to 1000000"));
  EXPECT_THAT(profile_error("time: 10\nmemory: 16 GB\n"), HasSubstr("for example 16G or 4000M"));
  EXPECT_THAT(profile_error("time: 10\nlauncher: mpiexec\n"), HasSubstr("launcher: \"mpiexec\" is not allowed"));
  EXPECT_THAT(profile_error("time: 10\nmodules: [4.1]\n"), HasSubstr("put it in quotes"));
  EXPECT_THAT(profile_error("time: 10\nsbatch: [\"--comment=a\\nb\"]\n"), HasSubstr("is not a line of text"));
}

// The entries that the example shows in comments, for they change what the others do.
TEST(SlurmProfile, ReadsTheExamplesCommentsAsEntries) {
  std::istringstream lines(read_file(source_folder() / "slurm/profile-example.yaml"));
  std::string entries;
  for (std::string line; std::getline(lines, line);) {
    static const std::regex commented("( *)# ([a-z_]+: ?[^ ].*)");
    std::smatch entry;
    const bool is_entry = std::regex_match(line, entry, commented) && !line.starts_with("# template:");
    entries += (is_entry ? entry[1].str() + entry[2].str() : line) + '\n';
  }
  const SlurmProfile profile = parse_slurm_profile(entries, "cluster.yaml");
  EXPECT_EQ(profile.mpi, "pmix_v4");
  EXPECT_TRUE(profile.login_shell);
  EXPECT_EQ(profile.mail_to, "me@example.org");
  EXPECT_EQ(profile.mail_on, "END,FAIL");
  EXPECT_EQ(profile.report.partition, "cpu");
  EXPECT_EQ(profile.report.memory_mib, 4096);
  EXPECT_EQ(profile.limit_time, "2-00:00:00");
  EXPECT_EQ(profile.limit_memory_mib, 64 * 1024);
  ASSERT_TRUE(profile.container.has_value());
  EXPECT_TRUE(profile.container->gpus) << "as the profile has gpus";
}

TEST(SlurmProfile, RefusesWhatPbnGivesItself) {
  const auto refusal = [](const std::string& option, const std::string& more = "") {
    return profile_error("time: 10\n" + more + "sbatch: [--exclusive, \"" + option + "\"]\n");
  };
  EXPECT_THAT(refusal("--partition=gpu"),
              AllOf(HasSubstr("cluster.yaml:2:23"), HasSubstr("pbn gives --partition itself"),
                    HasSubstr("as the entry \"partition\"")));
  EXPECT_THAT(refusal("-pgpu"), HasSubstr("--partition itself"));
  EXPECT_THAT(refusal("--part=gpu"), HasSubstr("--partition itself"));
  EXPECT_THAT(refusal("-t 5"), HasSubstr("\"time\""));
  EXPECT_THAT(refusal("--array=1-3"), HasSubstr("\"array\""));
  EXPECT_THAT(refusal("--dependency=afterok:1"), HasSubstr("pbn submit --after"));
  EXPECT_THAT(refusal("--no-requeue"), HasSubstr("pbn queues runs again itself"));
  EXPECT_THAT(refusal("--mem=4G"), HasSubstr("\"memory\""));
  EXPECT_THAT(refusal("exclusive"), HasSubstr("is not an option"));
  EXPECT_EQ(refusal("--mem-per-cpu=4G"), "none");
  EXPECT_THAT(refusal("--mem-per-cpu=4G", "memory: 4G\n"), HasSubstr("leave out either"));
  EXPECT_EQ(refusal("--gres=tmp:10G"), "none");
  EXPECT_THAT(refusal("--gres=tmp:10G", "gpus: 1\n"), HasSubstr("\"gpus\""));
  EXPECT_EQ(refusal("--nodelist=n1"), "none");
  EXPECT_EQ(refusal("-x n1"), "none");
  EXPECT_THAT(profile_error("time: 10\nreport: {sbatch: [--time=5]}\n"), HasSubstr("cluster.yaml:2:19"));
}

TEST(SlurmProfile, ChecksMailAndMpi) {
  EXPECT_THAT(profile_error("time: 10\nmail: {on: [ends]}\n"), HasSubstr("did you mean \"END\"?"));
  EXPECT_THAT(profile_error("time: 10\nmpi: \"pmix; x\"\n"), HasSubstr("srun --mpi=list"));
  EXPECT_THAT(profile_error("time: 10\nmpi: pmix\nlauncher: mpirun\n"), HasSubstr("cluster.yaml:2:1"));
  EXPECT_THAT(profile_error("time: 10\nmpi: pmix\nlauncher_options: [--mpi=pmi2]\n"), HasSubstr("both give --mpi"));
  EXPECT_THAT(profile_error("time: 10\nlogin_shell: 1\n"), HasSubstr("is true or false"));
}

TEST(MpiFlavour, IsOneThatSrunHas) {
  const SlurmProfile pmix = parse_slurm_profile("time: 1\n", "cluster.yaml");
  const std::string list =
      "MPI plugin types are...\n\tnone\n\tpmi2\n\tpmix\nspecific pmix plugin versions available: pmix_v3,pmix_v4\n";
  EXPECT_NO_THROW(require_mpi_flavour(pmix, list));
  EXPECT_NO_THROW(require_mpi_flavour(parse_slurm_profile("time: 1\nmpi: pmix_v4\n", "c.yaml"), list));
  EXPECT_NO_THROW(require_mpi_flavour(pmix, "")) << "unknown";
  const std::string old = "srun: MPI types are...\nsrun: pmi2\nsrun: none\n";
  try {
    require_mpi_flavour(pmix, old);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("srun --mpi=list has none, pmi2"), HasSubstr("launcher: mpirun")));
  }
  EXPECT_NO_THROW(require_mpi_flavour(parse_slurm_profile("time: 1\nlauncher: mpirun\n", "c.yaml"), old));
  EXPECT_EQ(mpi_flavour(parse_slurm_profile("time: 1\nlauncher_options: [--mpi, pmi2]\n", "c.yaml")), "pmi2");
}

TEST(SlurmProfile, ATemplateIsRelativeToTheProfile) {
  const TemporaryFolder folder;
  write_atomically(folder / "mine.mustache", "#!/bin/bash\n");
  write_atomically(folder / "cluster.yaml", "time: 10\ntemplate: mine.mustache\n");
  EXPECT_EQ(read_slurm_profile(folder / "cluster.yaml").script_template, "#!/bin/bash\n");
  EXPECT_THAT(profile_error("time: 10\ntemplate: nowhere.mustache\n"), HasSubstr("there is no template"));
}

}  // namespace
}  // namespace pbn::slurm
