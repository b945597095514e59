// The command lines of container runtimes, for a rank of a run with a store, data and PMIx in a temporary folder.
#include "orchestrator/executors/container.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/executors/worker_command.h"
#include "tests/orchestrator/study.h"
#include "tests/temporary_folder.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const Words worker{"pbn_worker", "--run", "/the run"};

class ContainerCommand : public ::testing::Test {
 protected:
  ContainerCommand() {
    const fs::path run = folder_ / "store/runs/ab/abcdef";
    fs::create_directories(run);
    fs::create_directories(folder_ / "pmix");
    write_atomically(folder_ / "train.h5", "");
    write_json(run / "config.json", {{"data", {{"train", path("train.h5")}, {"validation", "/nowhere.h5"}}},
                                     {"settings", {{"root", "/"}, {"init", path("store/old.safetensors")}}}});
    host_ = {folder_ / "work", {{"PBN_RUN", run.string()}, {"PATH", "/usr/bin"}}, 1000, 100};
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  Words command(const std::string& description) const {
    return container_command(parse_container(description, "c.yaml"), worker, host_);
  }
  void be_a_rank() {
    host_.environment.insert({{"PMIX_RANK", "3"}, {"PMIX_SERVER_TMPDIR", path("pmix")}, {"SLURM_JOB_ID", "17"}});
  }
  std::string name() const { return container_name(parse_container("{image: i, runtime: podman}", "c.yaml"), host_); }

  TemporaryFolder folder_{"pbn-container"};
  ContainerHost host_;
};

TEST_F(ContainerCommand, OfApptainerBindsStoreDataAndWorkingFolder) {
  EXPECT_THAT(command("{image: /i/pbn.sif, options: [--cleanenv], gpus: true, bind: [/scratch]}"),
              ElementsAre("apptainer", "exec", "--pwd=" + path("work"), "--bind=/scratch", "--bind=" + path("store"),
                          "--bind=" + path("train.h5"), "--bind=" + path("work"), "--nv", "--cleanenv", "/i/pbn.sif",
                          "pbn_worker", "--run", "/the run"));
}

TEST_F(ContainerCommand, OfPodmanStaysInTheJobsControlGroups) {
  const auto both = [&](const std::string& file) { return "--volume=" + path(file) + ":" + path(file); };
  EXPECT_THAT(command("{image: pbn, runtime: podman, gpus: true}"),
              ElementsAre("podman", "run", "--rm", "--network=host", "--ipc=host", "--name=" + name(),
                          "--workdir=" + path("work"), both("store"), both("train.h5"), both("work"), "--env=PBN_RUN",
                          "--cgroups=disabled", "--security-opt=label=disable", "--replace",
                          "--device=nvidia.com/gpu=all", "pbn", "pbn_worker", "--run", "/the run"));
}

TEST_F(ContainerCommand, OfDockerIsTheUsersOwn) {
  const Words words = command("{image: pbn, runtime: docker, gpus: true, options: [--shm-size=1g]}");
  EXPECT_THAT(words, AllOf(Contains("--user=1000:100"), Contains("--gpus=all"), Contains("--pid=host"),
                           Not(Contains("--replace"))));
  EXPECT_THAT(Words(words.end() - 5, words.end()),
              ElementsAre("--shm-size=1g", "pbn", "pbn_worker", "--run", "/the run"));
}

TEST_F(ContainerCommand, OfEnrootBeginsInTheWorkingFolder) {
  const Words words = command("{image: pbn.sqsh, runtime: enroot, gpus: true}");
  EXPECT_THAT(words, AllOf(Contains("--mount=" + path("store") + ":" + path("store") + ":none:x-create=auto,rbind"),
                           Contains("--env=PBN_RUN"), Contains("--env=NVIDIA_VISIBLE_DEVICES=all")));
  EXPECT_THAT(Words(words.end() - 8, words.end()), ElementsAre("pbn.sqsh", "sh", "-c", "cd -- \"$0\" && exec \"$@\"",
                                                               path("work"), "pbn_worker", "--run", "/the run"));
}

TEST_F(ContainerCommand, OfARankSeesWhatPmixNeeds) {
  be_a_rank();
  const Words words = command("{image: pbn, runtime: podman}");
  EXPECT_THAT(words, AllOf(Contains("--volume=/tmp:/tmp"), Contains("--env=PMIX_RANK"), Contains("--env=SLURM_JOB_ID"),
                           Contains("--env=OMPI_MCA_btl=^vader"), Not(Contains("--env=PATH")),
                           Not(Contains(HasSubstr("gpu")))));
  EXPECT_THAT(name(), EndsWith("-3")) << "every rank has a container of its own";
  const bool is_within_tmp = folder_.path().string().starts_with("/tmp/");
  EXPECT_EQ(std::count(words.begin(), words.end(), "--volume=" + path("pmix") + ":" + path("pmix")), !is_within_tmp);
}

TEST_F(ContainerCommand, OutsideOfARunHasNoName) {
  host_.environment.erase("PBN_RUN");
  EXPECT_EQ(name(), "");
  EXPECT_THAT(command("{image: pbn, runtime: podman}"), Not(Contains("--replace")));
}

TEST(Container, TravelsThroughTheLaunchersWords) {
  const Container container = parse_container(
      "image: it's \"x\"\nruntime: docker\noptions: [--a=b c]\nbind: [/d]\nworker: /opt/w\ngpus: true\n", "c.yaml");
  const Words words = contained(container);
  EXPECT_THAT(Words(words.begin() + 1, words.end()),
              ElementsAre("contain",
                          R"({"bind":["/d"],"gpus":true,"image":"it's \"x\"","options":["--a=b c"],)"
                          R"("runtime":"docker"})",
                          "--"));
  const Container read = parse_container(words.at(2), "CONTAINER");
  EXPECT_EQ(read.image, container.image);
  EXPECT_EQ(read.runtime, ContainerRuntime::docker);
  EXPECT_EQ(read.options, container.options);
  EXPECT_EQ(read.bind, container.bind);
  EXPECT_TRUE(read.gpus);
}

TEST(Container, DescriptionsAreChecked) {
  const auto error = [](const std::string& text) -> std::string {
    try {
      parse_container(text, "c.yaml");
    } catch (const Error& caught) {
      return caught.what();
    }
    return "none";
  };
  EXPECT_EQ(error("image: a\n"), "none");
  EXPECT_THAT(error("runtime: podman\n"), HasSubstr("\"image\" is missing"));
  EXPECT_THAT(error("image: a\nruntime: podmann\n"),
              AllOf(HasSubstr("c.yaml:2:10"), HasSubstr("did you mean \"podman\"?")));
  EXPECT_THAT(error("image: a\nimagine: b\n"), HasSubstr("did you mean \"image\"?"));
  EXPECT_THAT(error("image: a\nbind: [data]\n"), HasSubstr("data is not an absolute path"));
  EXPECT_THAT(error("image: a\noptions: --nv\n"), HasSubstr("must be a list"));
  EXPECT_THAT(error("image: a\ngpus: 2\n"), HasSubstr("is true or false"));
}

TEST(Container, IsBetweenLauncherAndWorker) {
  const grid::Sweep sweep = small_sweep("name: study\nrun: {ranks: 2}\n");
  const Container container = parse_container("{image: pbn.sif, worker: /opt/pbn/pbn_worker}", "c.yaml");
  const Words words = worker_command(sweep.cells[0], sweep.cells[0].runs[0], "/store/runs/ab/1", container);
  const Words prefix = contained(container);
  const auto inside = std::search(words.begin(), words.end(), prefix.begin(), prefix.end());
  ASSERT_NE(inside, words.end());
  EXPECT_THAT(words.front(), EndsWith("mpirun"));
  EXPECT_THAT(Words(inside + static_cast<std::ptrdiff_t>(prefix.size()), words.end()),
              ElementsAreArray({"/opt/pbn/pbn_worker", "--run", "/store/runs/ab/1"}));
}

}  // namespace
}  // namespace pbn::executors
