#include "orchestrator/slurm/profile.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
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

TEST(SlurmProfile, GivesTheMeaningOfAutoPrecision) {
  EXPECT_EQ(parse_slurm_profile("time: 90\n", "cluster.yaml").precision, "");
  EXPECT_EQ(parse_slurm_profile("time: 90\nprecision: fp32\n", "cluster.yaml").precision, "fp32");
  EXPECT_THAT(profile_error("time: 90\nprecision: auto\n"),
              AllOf(HasSubstr("cluster.yaml:2:12"), HasSubstr("is bf16 or fp32")));
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
              AllOf(HasSubstr("cluster.yaml:2:27"), HasSubstr("must be a whole number, at least 1")));
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
  EXPECT_THAT(profile_error("time: 10\ncpus: 0\n"), HasSubstr("\"cpus\" must be a whole number, at least 1"));
  EXPECT_THAT(profile_error("time: 10\nmemory: 16 GB\n"), HasSubstr("for example 16G or 4000M"));
  EXPECT_THAT(profile_error("time: 10\nlauncher: mpiexec\n"), HasSubstr("srun or mpirun"));
  EXPECT_THAT(profile_error("time: 10\nmodules: [4.1]\n"), HasSubstr("put it in quotes"));
  EXPECT_THAT(profile_error("time: 10\nsbatch: [\"--comment=a\\nb\"]\n"), HasSubstr("must be a single line"));
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
