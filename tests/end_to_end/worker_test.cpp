// pbn_worker under mpirun: training, refusals, interruptions and resumption.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/host.h"
#include "shell.h"
#include "tests/denied_call.h"

namespace pbn {
namespace {

using testing::HasSubstr;

class Worker : public testing::Test {
 protected:
  // The command of a training of some seconds; `more` overrides its settings.
  std::string train(int ranks, const std::string& folder, const std::string& more = "") const {
    return fmt::format(
        "{} --train {} --validation {} --out {} --model.features 16 --model.head pbn --model.width 8 --train.epochs 3 "
        "--train.global_batch 8 --train.learning_rate 1e-3 --train.precision fp32 {}",
        worker_on(ranks), train_, validation_, place_ / folder, more);
  }

  const Workplace place_;
  const std::string train_ = small_people(place_, "train", 60);
  const std::string validation_ = small_people(place_, "validation", 21);
};

TEST_F(Worker, TrainsOnTwoRanksAndWritesEveryFileOfARun) {
  const Answer answer = shell(train(2, "run"));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("epoch 3/3"));
  const Json result = read_json(place_ / "run/result.json");
  EXPECT_EQ(result.at("outcome").at("validation_people"), 21);
  EXPECT_EQ(result.at("outcome").at("training_loss").size(), 3u);
  EXPECT_EQ(result.at("measured").at("ranks"), 2);
  EXPECT_EQ(result.at("measured").at("communicator"), "shared");
  EXPECT_TRUE(result.at("outcome").at("figures").contains("pckh50.all16"));
  EXPECT_TRUE(std::filesystem::exists(place_ / "run/predictions.h5"));
  EXPECT_TRUE(std::filesystem::exists(place_ / "run/weights.safetensors"));
  EXPECT_FALSE(read_json_lines(place_ / "run/metrics.jsonl").empty());
  const Answer evaluation =
      shell(fmt::format("pbn evaluate {} --against {} --json", place_ / "run/predictions.h5", validation_));
  ASSERT_EQ(evaluation.exit_code, 0) << evaluation.text;
  EXPECT_THAT(evaluation.text, HasSubstr("pckh50.all16"));
}

TEST_F(Worker, TrainsOnEightRanks) {
  const Answer answer = shell(train(8, "eight", "--train.epochs 1"));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_EQ(outcome_of(place_ / "eight").at("validation_people"), 21);
}

TEST_F(Worker, ARepeatedRunHasTheSameBits) {
  for (const char* precision : {"fp32", "bf16"}) {
    const std::string once = fmt::format("once-{}", precision);
    const std::string again = fmt::format("again-{}", precision);
    const std::string settings = fmt::format("--train.precision {} --run.validate_every 1", precision);
    ASSERT_EQ(shell(train(2, once, settings + " --run.loader_threads 1")).exit_code, 0);
    ASSERT_EQ(shell(train(2, again, settings + " --run.loader_threads 3")).exit_code, 0);
    EXPECT_EQ(outcome_of(place_ / once), outcome_of(place_ / again));
  }
}

TEST_F(Worker, PartsThatAreNotLearnedAreInNoFigureAndTheEvaluationSaysSo) {
  const std::string ankles = "--model.without '[\"r-ankle\", \"l-ankle\"]' --train.epochs 1 --test.flip true";
  const Answer answer = shell(train(2, "no-ankles", ankles));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  const Json figures = outcome_of(place_ / "no-ankles").at("figures");
  EXPECT_FALSE(figures.contains("pckh50.ankle"));
  EXPECT_TRUE(figures.contains("pckh50.knee"));
  const Answer evaluation =
      shell(fmt::format("pbn evaluate {} --against {}", place_ / "no-ankles/predictions.h5", validation_));
  EXPECT_THAT(evaluation.text, HasSubstr("Not predicted, so not in these figures: r-ankle, l-ankle"));
}

TEST_F(Worker, AFinishedRunIsNotTrainedAgain) {
  ASSERT_EQ(shell(train(1, "done", "--train.epochs 1")).exit_code, 0);
  const Answer again = shell(train(1, "done", "--train.epochs 1"));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.text, HasSubstr("is finished"));
  const Answer other = shell(train(1, "done", "--train.epochs 2"));
  EXPECT_EQ(other.exit_code, 64);
  EXPECT_THAT(other.text, HasSubstr("another run"));
}

TEST_F(Worker, UnconnectedTasksDoNotTrainSeparately) {
  const std::string line = train(1, "alone", "--train.epochs 1");
  const std::string task =
      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 " + line.substr(line.find("pbn_worker"));
  const auto started = [&](const std::string& variables) { return shell(variables + " " + task); };
  const Answer first = started("SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2");
  EXPECT_EQ(first.exit_code, 69);
  EXPECT_THAT(first.text, HasSubstr("srun started 2 tasks that do not know each other; "));
  EXPECT_THAT(first.text, HasSubstr("srun --mpi=list"));
  const Answer second = started("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_STEP_NUM_TASKS=2");
  EXPECT_EQ(second.exit_code, 69);
  EXPECT_THAT(second.text, Not(HasSubstr("pbn_worker:"))) << "only the first task prints the error";
  const Answer of_another_mpi = started("PMI_RANK=0 PMI_SIZE=4 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1");
  EXPECT_EQ(of_another_mpi.exit_code, 69);
  EXPECT_THAT(of_another_mpi.text, HasSubstr("mpirun started 4 tasks"));
  EXPECT_FALSE(std::filesystem::exists(place_ / "alone"));
  EXPECT_EQ(started("SLURM_PROCID=0 SLURM_NTASKS=2").exit_code, 0) << "a batch script is not a task of srun";
}

TEST_F(Worker, WritesItsResultOnFileSystemsWithoutHardLinks) {
  const std::string line = train(1, "no-links", "--train.epochs 1");
  EXPECT_EQ(in_child_without({{SYS_link, EPERM}}, [&] { return shell(line).exit_code; }), 0);
  EXPECT_TRUE(std::filesystem::exists(place_ / "no-links/result.json"));
}

TEST_F(Worker, RefusesBeforeTrainingAFileSystemOnWhichNothingCanBePublished) {
  const std::string line = train(1, "nowhere", "--train.epochs 1");
  const std::vector<DeniedCall> lacking{{SYS_link, EPERM}, {SYS_renameat2, EINVAL}, {SYS_rename, EPERM}};
  EXPECT_EQ(in_child_without(lacking, [&] { return shell(line).exit_code; }), 69);
  EXPECT_FALSE(std::filesystem::exists(place_ / "nowhere/metrics.jsonl"));
}

// Starts a run that saves itself after every step, waits for a checkpoint in mid-epoch, runs `harm` ($launcher is the
// process of mpirun, $rank that of one rank), and then the same command again.
class Interrupted : public Worker {
 protected:
  void expect_same_outcome_after(const std::string& harm, int expected_exit_code, const std::string& more = "") {
    const std::string settings =
        "--run.checkpoint_seconds 0 --train.epochs 6 " + more;  // long enough to be interrupted
    ASSERT_EQ(shell(train(2, "whole", settings)).exit_code, 0);
    const std::string wait_and_harm = fmt::format(
        "{} & \n"
        "shell_child=$!; for i in $(seq 600); do ls {}/ckpt/000002-00000000[2-6]* >/dev/null 2>&1 && break; sleep "
        "0.05; done\n"
        "launcher=$(pgrep -P $shell_child -x mpirun || echo $shell_child); rank=$(pgrep -P $launcher -x pbn_worker | "
        "tail -n 1)\n"
        "{}\n"
        "wait $shell_child",
        train(2, "cut", settings), place_ / "cut", harm);
    const Answer cut = shell(wait_and_harm);
    EXPECT_EQ(cut.exit_code, expected_exit_code) << cut.text;
    ASSERT_FALSE(std::filesystem::exists(place_ / "cut/result.json")) << "the run was too fast to be interrupted";
    const Answer resumed = shell(train(2, "cut", settings));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.text;
    EXPECT_THAT(resumed.text, HasSubstr("continues from epoch"));
    EXPECT_EQ(outcome_of(place_ / "cut"), outcome_of(place_ / "whole"));
  }
};

TEST_F(Interrupted, ByTheDeathOfOneRankTheRunHasTheSameOutcome) { expect_same_outcome_after("kill -9 $rank", 137); }

TEST_F(Interrupted, ByTheDeathOfMpirunTheRunHasTheSameOutcome) { expect_same_outcome_after("kill -9 $launcher", 137); }

TEST_F(Interrupted, ByUsr2TheRunSavesItselfAsksForARestartAndHasTheSameOutcome) {
  expect_same_outcome_after("kill -USR2 $launcher", 75);
}

TEST_F(Interrupted, WithMicroBatchesAndAveragedWeightsTheRunHasTheSameOutcome) {
  expect_same_outcome_after("kill -USR2 $launcher", 75, "--train.accumulate 2 --train.average 0.9");
}

TEST_F(Worker, StartsFromTheTrunkOfAnotherRunAndListsTheTensors) {
  ASSERT_EQ(shell(train(1, "first", "--train.epochs 1 --model.head plain")).exit_code, 0);
  const std::string init = "--train.epochs 1 --init " + (place_ / "first/weights.safetensors");
  const Answer answer = shell(train(2, "second", init));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("tensors copied; initialised: stack0.head"));
  const Json result = read_json(place_ / "second/result.json");
  const Json& report = at_path(result, "measured.init");
  EXPECT_EQ(report.at("unused"), Json({"stack0.head.conv.bias", "stack0.head.conv.weight"}));
  EXPECT_GT(report.at("taken"), 100);
  EXPECT_TRUE(result.at("identity").contains("train.init"));
  const Answer wider = shell(train(1, "third", init + " --model.features 32"));
  EXPECT_EQ(wider.exit_code, 65) << wider.text;
  EXPECT_THAT(wider.text, HasSubstr("tensor \"stem.conv1.conv.weight\" has shape"));
}

TEST_F(Worker, ATrainingThatDoesNotLearnGetsAWarning) {
  const Answer answer = shell(train(1, "flat", "--train.learning_rate 0"));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text,
              testing::ContainsRegex("warning: epoch 2: the training loss [0-9.e-]+ is not below that of an "
                                     "output of zero, [0-9.e-]+"));
}

TEST_F(Worker, OwnKernelsWithoutAGpuGetAdvice) {
  const Answer answer = shell(train(1, "kernels", "--train.epochs 1 --run.kernels own"));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("warning: run.kernels is not used: the device is the CPU"));
}

TEST_F(Worker, OwnGradientsOfWeightsAreUsedWhereOneDnnIsWithoutAvx512) {
  if (instruction_set() == "baseline") GTEST_SKIP() << "the processor has no AVX2";
  const auto outcome = [&](const std::string& gradients) {
    const Answer answer =
        shell("ONEDNN_MAX_CPU_ISA=AVX2 " + train(1, gradients, "--run.weight_gradients " + gradients));
    EXPECT_EQ(answer.exit_code, 0) << answer.text;
    EXPECT_THAT(answer.text, Not(HasSubstr("is not used")));
    return outcome_of(place_ / gradients);
  };
  EXPECT_NE(outcome("own"), outcome("onednn"));
  if (instruction_set() == "avx2") return;
  const Answer answer = shell(train(1, "avx512", "--train.epochs 1 --run.weight_gradients own"));
  EXPECT_THAT(answer.text, HasSubstr("warning: run.weight_gradients is not used: oneDNN has AVX-512 here"));
}

TEST_F(Worker, ATryMeasuresStepsAfterAWarmUpAndLoadingApart) {
  const auto report = [&](const std::string& steps) {
    const Answer answer = shell(fmt::format("{} try --train {} --validation {} --model.features 16 {}", worker_on(2),
                                            train_, validation_, steps));
    EXPECT_EQ(answer.exit_code, 0) << answer.text;
    return Json::parse(answer.text.substr(answer.text.find('{')));
  };
  const Json facts = report("--steps 4");
  EXPECT_EQ(facts.at("steps"), 4);
  EXPECT_EQ(facts.at("measured_steps"), 3) << "the first is a warm-up";
  EXPECT_GT(facts.at("seconds_per_step"), 0.0);
  EXPECT_GE(facts.at("seconds_waiting_for_data"), 0.0);
  EXPECT_DOUBLE_EQ(facts.at("images_per_second"), 16 / facts.at("seconds_per_step").get<double>());
  EXPECT_EQ(report("--steps 1").at("measured_steps"), 1);
  EXPECT_EQ(report("").at("steps"), 2);
}

TEST_F(Worker, HelpAndUsageErrorsNeedNoMpi) {
  const std::string no_mpi = "OMPI_MCA_pml=none OMPI_MCA_btl=none ";  // MPI_Init would fail
  EXPECT_EQ(shell(no_mpi + "pbn_worker --help").exit_code, 0);
  const Answer nothing = shell(no_mpi + "pbn_worker");
  EXPECT_EQ(nothing.exit_code, 64);
  EXPECT_THAT(nothing.text, HasSubstr("pbn_worker: nothing to do"));
}

TEST_F(Worker, WrongSettingsAreRefusedWithTheirExitCode) {
  const auto complaint = [&](int ranks, const std::string& more) {
    const Answer answer = shell(train(ranks, "refused", more));
    EXPECT_FALSE(std::filesystem::exists(place_ / "refused/result.json"));
    return fmt::format("{}: {}", answer.exit_code, answer.text);
  };
  EXPECT_THAT(complaint(1, "--model.head plian"),
              testing::AllOf(HasSubstr("64: "), HasSubstr("did you mean \"plain\"?")));
  EXPECT_THAT(complaint(2, "--train.global_batch 7"), testing::AllOf(HasSubstr("64: "), HasSubstr("shared evenly")));
  EXPECT_THAT(complaint(1, "--train.global_batch 64"),
              testing::AllOf(HasSubstr("64: "), HasSubstr("60 training people")));
  EXPECT_THAT(complaint(1, "--run.device cuda"), testing::AllOf(HasSubstr("69: "), HasSubstr("no GPU")));
  for (const char* device : {"cpu", "auto"}) {  // neither has a GPU here
    EXPECT_THAT(complaint(2, fmt::format("--train.precision tf32 --run.device {}", device)),
                testing::AllOf(HasSubstr("64: "), HasSubstr("tf32 is a number format of GPUs")));
  }
}

TEST_F(Worker, MoreRanksThanPeopleAreRefused) {
  const std::string few = small_people(place_, "few", 3);
  const Answer answer = shell(fmt::format("{} --train {} --validation {} --out {} --train.global_batch 4", worker_on(4),
                                          train_, few, place_ / "few"));
  EXPECT_EQ(answer.exit_code, 64) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("3 people are too few for 4 ranks"));
}

TEST_F(Worker, ATruncatedPoseFileAndAnUnwritableFolderAreRefused) {
  const std::string half = place_ / "half.h5";
  std::filesystem::copy_file(train_, half);
  std::filesystem::resize_file(half, std::filesystem::file_size(half) / 2);
  const Answer cut =
      shell(fmt::format("pbn_worker --train {} --validation {} --out {}", half, validation_, place_ / "x"));
  EXPECT_EQ(cut.exit_code, 65) << cut.text;
  EXPECT_THAT(cut.text, HasSubstr("half.h5"));
  const Answer unwritable =
      shell(fmt::format("pbn_worker --train {} --validation {} --out /proc/nowhere", train_, validation_));
  EXPECT_EQ(unwritable.exit_code, 69) << unwritable.text;
  EXPECT_THAT(unwritable.text, HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace pbn
