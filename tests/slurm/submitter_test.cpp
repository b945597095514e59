// Submitting to a Slurm whose commands also print lines of the site.
#include "orchestrator/slurm/submitter.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(JobNumber, IsOnASeparateLine) {
  EXPECT_EQ(job_number_in("123\n"), "123");
  EXPECT_EQ(job_number_in("123;cluster\n"), "123");
  EXPECT_EQ(job_number_in("Welcome to cluster\nYou have 4000 h left\n123\n"), "123");
  EXPECT_EQ(job_number_in("\033[32mcharged to 77\033[0m\r\n 123 \r\nBye, see you in 2027\n"), "123");
  EXPECT_EQ(job_number_in("Submitted batch job 123\n"), "123");
  EXPECT_EQ(job_number_in("sbatch: Submitted batch job 123 on cluster a\n"), "123");
  EXPECT_EQ(job_number_in("123\nSubmitted batch job 123\n"), "123");
  EXPECT_EQ(job_number_in("2026\n123\n"), "") << "ambiguous";
  EXPECT_EQ(job_number_in("Welcome to cluster 5\n"), "");
  EXPECT_EQ(job_number_in(""), "");
}

// Replaces Slurm's commands by shell scripts.
class Submitter : public ::testing::Test {
 protected:
  Submitter() {
    for (const char* program : {"sbatch", "scontrol", "scancel"}) command(program, "exit 0");
    command("squeue", "cat \"" + queue().string() + "\" 2>/dev/null; exit 0");
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~Submitter() override { ::setenv("PATH", path_.c_str(), 1); }

  void command(const std::string& name, const std::string& body) const {
    write_atomically(folder_ / name, "#!/bin/bash\n" + body + "\n");
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }
  // A script that adds a job to the queue under the name given to sbatch.
  std::string accept_as(int job) const {
    return "for word; do case $word in --job-name=*) echo \"" + std::to_string(job) +
           "|0|PENDING|Priority|${word#*=}\" >> \"" + queue().string() + "\";; esac; done\n";
  }
  fs::path queue() const { return folder_ / "queue"; }

  std::string submit() const {
    SlurmSubmitter submitter(sweep());
    return submitter.submit({"", "chunk", {{"aa"}}}, {}, "array.sh");
  }
  fs::path sweep() const {
    make_writable_folder(folder_ / "sweep" / "chunk");
    return folder_ / "sweep";
  }

  const TemporaryFolder folder_;
  const std::string path_ = std::getenv("PATH");
};

TEST_F(Submitter, FindsTheNumberAmongOtherLinesOfEitherStream) {
  command("sbatch", "echo Welcome; echo 17; echo 'See the new rules of 2026'");
  EXPECT_EQ(submit(), "17");
  command("sbatch", "echo 'sbatch: charged to account 5' >&2; echo 18");
  EXPECT_EQ(submit(), "18");
  command("sbatch", "echo Welcome; echo 'Submitted batch job 19' >&2");
  EXPECT_EQ(submit(), "19");
}

TEST_F(Submitter, LooksUpAJobWithoutANumberByItsName) {
  command("squeue", "echo Welcome; echo 'a|b'; cat \"" + queue().string() + "\"");
  command("sbatch", accept_as(20) + "echo Your job is on its way");
  EXPECT_EQ(submit(), "20");
}

TEST_F(Submitter, LeavesAnAcceptedJobWithoutANumberOpen) {
  command("sbatch", "echo Your job is on its way");
  try {
    submit();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("Your job is on its way"), HasSubstr("gave no number")));
  }
  EXPECT_TRUE(SubmissionJournal(sweep()).read().at(0).is_open());
}

TEST_F(Submitter, ReportsARefusalPrintedOnStandardOutput) {
  command("sbatch", "echo 'no such partition'; exit 1");
  try {
    submit();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no such partition"));
  }
  EXPECT_TRUE(SubmissionJournal(sweep()).read().at(0).given_up);
}

TEST_F(Submitter, FindsAnElementsStateAmongOtherLines) {
  command("squeue", "echo Welcome to our cluster; echo RUNNING; echo; echo bye");
  EXPECT_EQ(Slurm().state("17_0"), "RUNNING");
  command("squeue", "echo Welcome to our cluster");
  EXPECT_EQ(Slurm().state("17_0"), std::nullopt);
}

}  // namespace
}  // namespace pbn::slurm
