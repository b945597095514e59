// pbn run with external workers: order, processors, retries, interrupts and messages.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "base/files.h"
#include "orchestrator/executors/machine_shares.h"
#include "tests/becomes_true.h"
#include "tests/denied_call.h"
#include "tests/orchestrator/counting_sweep.h"
#include "tests/places.h"

namespace pbn::executors {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(LocalExecutor, PerformsEveryRunOnceAndPrintsItsFigure) {
  const CountingSweep sweep("{steps: 2}", 4);
  const CommandOutcome outcome = sweep.run();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("4 runs finished now, 0 were done before, 0 failed."));
  EXPECT_THAT(outcome.output, HasSubstr("seed 3: value "));
  EXPECT_EQ(sweep.count("done"), 4);
  EXPECT_THAT(sweep.run().output, HasSubstr("0 runs finished now, 4 were done before, 0 failed."));
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, QuietPrintsOnlyTheSummaryAndVerboseTheCommands) {
  EXPECT_EQ(CountingSweep("{steps: 1}", 2).run({"--quiet"}).output,
            "2 runs finished now, 0 were done before, 0 failed.\n");
  const Json facts = Json::parse(CountingSweep("{steps: 1}", 2).run({"--quiet", "--json"}).output);
  EXPECT_EQ(facts["finished"], 2);
  EXPECT_EQ(facts["failed"], Json::array());
  EXPECT_THAT(CountingSweep("{steps: 1}", 1).run({"--verbose"}).output,
              HasSubstr("started: " + built_program("counting_worker")));
}

TEST(LocalExecutor, ConcurrentRunsUseDifferentProcessors) {
  if (whole_machine().processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const CountingSweep sweep("{steps: 1, milliseconds: 150}", 4);
  ASSERT_EQ(sweep.run({"--slots", "2"}).code, 0);
  std::set<std::string> places, working;
  std::map<std::string, std::string> place_of;
  int at_once = 0, most_at_once = 0;
  for (const auto& entry : sweep.diary()) {
    if (entry.word == "begin") {
      EXPECT_TRUE(working.insert(entry.processors).second) << "two runs use processors " << entry.processors;
      places.insert(entry.processors);
      most_at_once = std::max(most_at_once, ++at_once);
    } else {
      working.erase(entry.processors);
      --at_once;
    }
  }
  EXPECT_EQ(most_at_once, 2);
  EXPECT_EQ(places.size(), 2u);
}

TEST(LocalExecutor, AFailedRunIsRetried) {
  const CountingSweep sweep("{steps: 1, exits: [70, 1]}", 1), hopeless("{steps: 1, exits: [70, 1]}", 1);
  const CommandOutcome outcome = sweep.run();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("met an internal error (exit code 70); will be tried again (1 of 2)"));
  const CommandOutcome given_up = hopeless.run({"--retries", "1"});
  EXPECT_EQ(given_up.code, 1);
  EXPECT_THAT(given_up.output, HasSubstr("0 runs finished now, 0 were done before, 1 failed."));
  EXPECT_THAT(given_up.output, HasSubstr("  | ends with 1"));
}

// A shell worker that publishes `result` with its run's id in place of RUN.
class ShellWorker {
 public:
  explicit ShellWorker(const std::string& result, const std::string& metric = "metric: error\n") {
    write(result, metric);
  }

  void write(const std::string& result, const std::string& metric) const {
    std::ofstream(folder_.path() / "result") << result;
    std::ofstream(folder_.path() / "grid.yaml")
        << "name: shell\n"
        << metric << "worker: {command: [sh, '" << (folder_.path() / "work.sh").string() << "']}\n";
    std::ofstream(folder_.path() / "work.sh")
        << "run=$(sed -n 's/.*\"run\": \"\\(.*\\)\".*/\\1/p' \"$PBN_RUN/config.json\")\n"
        << "sed \"s/RUN/$run/\" '" << (folder_.path() / "result").string() << "' > \"$PBN_RUN/mine\"\n"
        << "ln \"$PBN_RUN/mine\" \"$PBN_RUN/result.json\"\n";
  }
  CommandOutcome pbn(const std::string& command) const {
    return run_program({built_program("pbn"), command, (folder_.path() / "grid.yaml").string(), "--store",
                        (folder_.path() / "store").string()});
  }
  int files(const std::string& name) const {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "store")) {
      count += entry.path().filename() == name;
    }
    return count;
  }

 private:
  TemporaryFolder folder_;
};

constexpr const char* good_result = R"({"run": "RUN", "outcome": {"figures": {"error": 0.5}}})";

TEST(LocalExecutor, ADamagedResultFailsTheRunAndIsPutAside) {
  for (const auto& [figure, why] :
       std::vector<std::pair<std::string, std::string>>{{"NaN", "result.json is not valid JSON at"},
                                                        {"Infinity", "result.json is not valid JSON at"},
                                                        {"\"low\"", "error is \"low\", not a number"},
                                                        {"null", "error is null, not a number"}}) {
    const ShellWorker worker(R"({"run": "RUN", "outcome": {"figures": {"error": )" + figure + "}}}");
    const CommandOutcome first = worker.pbn("run");
    EXPECT_EQ(first.code, 1) << figure;
    EXPECT_THAT(first.output, HasSubstr("shell, seed 1: " + why));
    EXPECT_THAT(first.output, HasSubstr("0 runs finished now, 0 were done before, 1 failed."));
    EXPECT_EQ(worker.files("exit.json"), 1) << "not retried";
    for (const char* command : {"plan", "status", "report"}) {
      EXPECT_THAT(worker.pbn(command).output, HasSubstr(why)) << command;
    }
    EXPECT_THAT(worker.pbn("plan").output, HasSubstr("1 cell, 1 run: 0 done, 1 to do"));
    EXPECT_THAT(worker.pbn("status").output, HasSubstr("1 run: 1 failed"));
    EXPECT_THAT(worker.pbn("run").output, HasSubstr("it becomes result.json.refused"));
    worker.write(good_result, "metric: error\n");
    EXPECT_EQ(worker.pbn("run").code, 0) << "after the program was fixed";
    EXPECT_THAT(worker.pbn("status").output, HasSubstr("1 run: 1 completed"));
    EXPECT_EQ(worker.files("result.json.refused"), 1);
  }
}

TEST(LocalExecutor, PrintsTheFirstFigureIfThereIsNoMetric) {
  const ShellWorker worker(R"({"run": "RUN", "outcome": {"figures": {"loss": 3, "error": 0.5}}})", "");
  EXPECT_THAT(worker.pbn("run").output, HasSubstr("shell, seed 1: error 0.5\n"));
  EXPECT_THAT(worker.pbn("plan").output, HasSubstr("Metric: the first figure of the results."));
  EXPECT_THAT(worker.pbn("report").output, HasSubstr("error"));
}

TEST(LocalExecutor, BadDataIsNotRetried) {
  const CountingSweep sweep("{steps: 1, exits: [65]}", 1);
  EXPECT_EQ(sweep.run().code, 1);
  EXPECT_EQ(sweep.count("begin"), 1);
}

TEST(LocalExecutor, ARunThatIsRequeuedWithoutProgressFails) {
  const CountingSweep sweep("{steps: 1, exits: [75, 75, 75, 75, 75]}", 1);
  EXPECT_EQ(sweep.run({"--retries", "3"}).code, 1);
  EXPECT_EQ(sweep.count("begin"), 4);
}

TEST(LocalExecutor, AMissingProgramFailsItsRuns) {
  const TemporaryFolder folder;
  write_atomically(folder / "grid.yaml", "worker: {command: [/no/such/program]}\nmetric: value\n");
  const CommandOutcome outcome = run_program({built_program("pbn"), "run", (folder / "grid.yaml").string(), "--store",
                                              folder.path().string(), "--retries", "0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("/no/such/program"));
}

TEST(LocalExecutor, AnInterruptedRunSavesItselfAndResumes) {
  const CountingSweep sweep("{steps: 40, milliseconds: 20}", 3);
  Process pbn(sweep.start({"--slots", "2"}));
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
  std::this_thread::sleep_for(100ms);
  pbn.signal(SIGINT);
  EXPECT_EQ(pbn.wait_for(10s), 75) << read_file(sweep.output());
  EXPECT_EQ(sweep.count("begin"), 2);  // the third was not started
  EXPECT_EQ(sweep.run({"--slots", "2"}).code, 0);
  sweep.expect_each_run_once();
}

// timeout(1) and batch systems signal the program and its process group.
TEST(LocalExecutor, TwoSignalsAtOnceCountAsOne) {
  const CountingSweep sweep("{steps: 1000, milliseconds: 20}", 1);
  Process pbn(sweep.start());
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }));
  std::this_thread::sleep_for(100ms);
  pbn.signal(SIGSTOP);  // so that it receives both signals at once
  pbn.signal(SIGINT);
  pbn.signal(SIGTERM);
  pbn.signal(SIGCONT);
  EXPECT_EQ(pbn.wait_for(10s), 75) << read_file(sweep.output());
  const Json end = read_json(sweep.folder(sweep.runs()[0]) / "attempts/0001/exit.json");
  EXPECT_EQ(end.at("reason"), "was interrupted; saved itself and asked to be started again (exit code 75)");
}

// mpirun ends with 1 after a signal, even if its ranks saved their state.
TEST(LocalExecutor, TheMetricsTellThatAWorkerHasSavedItself) {
  const TemporaryFolder folder;
  write_atomically(folder / "worker.sh", R"(
said='{"kind": "stop", "text": "saved in epoch 2 after step 16, to be started again"}'
trap 'echo "$said" >> "$PBN_RUN/metrics.jsonl"; exit 1' USR2
touch "$PBN_RUN/begun"
while :; do sleep 0.05; done
)");
  write_atomically(folder / "grid.yaml",
                   fmt::format("worker: {{command: [sh, '{}']}}\nmetric: value\n", (folder / "worker.sh").string()));
  ProcessOptions options;
  options.command = {built_program("pbn"), "run", (folder / "grid.yaml").string(), "--store", folder.path().string()};
  options.output = folder / "output";
  Process pbn(options);
  fs::path run;
  ASSERT_TRUE(becomes_true([&] {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (entry.path().filename() == "begun") run = entry.path().parent_path();
    }
    return !run.empty();
  })) << read_file(folder / "output");
  pbn.signal(SIGINT);
  EXPECT_EQ(pbn.wait_for(10s), 75) << read_file(folder / "output");
  const Json end = read_json(run / "attempts/0001/exit.json");
  EXPECT_EQ(end.at("code"), 75);
  EXPECT_EQ(end.at("reason"), "was interrupted; saved itself, though its launcher ended with 1");
}

// A step takes at least 20 ms, so the rate is at most 25 hundredths of a run per second.
TEST(LocalExecutor, TheRateExcludesEarlierAttempts) {
  const CountingSweep sweep("{steps: 200, milliseconds: 20}", 1);
  {
    Process pbn(sweep.start());
    const fs::path metrics = sweep.folder(sweep.runs()[0]) / "metrics.jsonl";
    ASSERT_TRUE(becomes_true([&] { return fs::exists(metrics) && read_json_lines(metrics).size() > 80; }));
    pbn.signal(SIGINT);
    ASSERT_EQ(pbn.wait_for(10s), 75);
  }
  const CommandOutcome outcome = sweep.run();
  EXPECT_EQ(outcome.code, 0);
  std::smatch rate;
  for (std::string rest = outcome.output; std::regex_search(rest, rate, std::regex("run, ([0-9.]+)/s"));
       rest = rate.suffix()) {
    EXPECT_LE(std::stod(rate[1]), 25) << outcome.output;
  }
  EXPECT_THAT(outcome.output, testing::ContainsRegex("run, [0-9.]+/s"));
}

// A closed terminal causes two signals, from the shell and from the kernel.
TEST(LocalExecutor, AClosedTerminalSavesTheRuns) {
  const CountingSweep sweep("{steps: 40, milliseconds: 20}", 2);
  int screen[2];
  ASSERT_EQ(::pipe2(screen, O_CLOEXEC), 0);
  ::signal(SIGHUP, SIG_DFL);  // these tests may run under nohup
  ProcessOptions options = sweep.start({"--slots", "2"});
  options.output = "/proc/self/fd/" + std::to_string(screen[1]);
  Process pbn(options);
  ::close(screen[1]);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 2; }));
  ::close(screen[0]);
  pbn.signal(SIGHUP);
  pbn.signal(SIGHUP);
  EXPECT_EQ(pbn.wait_for(10s), 75);
  for (const std::string& run : sweep.runs()) {
    EXPECT_EQ(read_json(sweep.folder(run) / "attempts/0001/exit.json").at("code"), 75);
  }
  EXPECT_EQ(sweep.run({"--slots", "2"}).code, 0);
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, ContinuesUnderNohup) {
  const CountingSweep sweep("{steps: 20, milliseconds: 20}", 1);
  ProcessOptions options = sweep.start();
  options.command.insert(options.command.begin(), {"sh", "-c", "trap '' HUP; exec \"$@\"", "sh"});
  Process pbn(options);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }));
  pbn.signal(SIGHUP);
  EXPECT_EQ(pbn.wait_for(30s), 0) << read_file(sweep.output());
  EXPECT_EQ(sweep.count("begin"), 1);
}

TEST(LocalExecutor, FilesInAStoreObeyTheUmask) {
  const mode_t before = ::umask(002);
  const CountingSweep sweep("{steps: 3}", 2);
  EXPECT_EQ(sweep.run().code, 0);
  ::umask(before);
  for (const auto& entry : fs::recursive_directory_iterator(sweep.store())) {
    EXPECT_NE(entry.status().permissions() & fs::perms::group_write, fs::perms::none) << entry.path();
  }
}

TEST(LocalExecutor, WorksWithoutPidfds) {
  const CountingSweep sweep("{steps: 3}", 4);
  EXPECT_EQ(in_child_without({{SYS_pidfd_open, ENOSYS}}, [&] { return sweep.run({"--slots", "2"}).code; }), 0);
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, WorkersSaveThemselvesIfPbnFails) {
  const CountingSweep sweep("{milliseconds: 20}", 1, "[{settings.steps: [40, 3, 5]}]");
  const std::vector<std::string> runs = sweep.runs();
  fs::create_directories(sweep.folder(runs[2]));
  write_atomically(sweep.folder(runs[2]) / "attempts", "where a folder should be");
  const CommandOutcome outcome = sweep.run({"--slots", "2"});
  EXPECT_EQ(outcome.code, 69) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("pbn cannot continue: the workers save themselves"));
  EXPECT_EQ(read_json(sweep.folder(runs[0]) / "attempts/0001/exit.json").at("code"), 75);
  fs::remove(sweep.folder(runs[2]) / "attempts");
  EXPECT_EQ(sweep.run({"--slots", "2"}).code, 0);
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, ASecondInterruptEndsWorkersThatDoNotSave) {
  const TemporaryFolder folder;
  write_atomically(folder / "grid.yaml",
                   R"(worker: {command: [sh, -c, 'trap "" USR2; touch "$PBN_RUN/deaf"; sleep 60']})"
                   "\nmetric: value\n");
  ProcessOptions options;
  options.command = {built_program("pbn"), "run", (folder / "grid.yaml").string(), "--store", folder.path().string()};
  options.output = folder / "output";
  Process pbn(options);
  ASSERT_TRUE(becomes_true([&] {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (entry.path().filename() == "deaf") return true;
    }
    return false;
  })) << read_file(folder / "output");
  pbn.signal(SIGINT);
  EXPECT_FALSE(pbn.wait_for(1s));
  pbn.signal(SIGINT);
  EXPECT_EQ(pbn.wait_for(5s), 75);
}

TEST(LocalExecutor, ACancelledRunSavesItselfAndIsNotStartedAgain) {
  const CountingSweep sweep("{steps: 1000, milliseconds: 20}", 1);
  const std::string run = sweep.runs()[0];
  Process pbn(sweep.start());
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }));
  write_atomically(sweep.folder(run) / "cancelled", "");
  EXPECT_EQ(pbn.wait_for(10s), 0) << read_file(sweep.output());
  EXPECT_THAT(read_file(sweep.output()), HasSubstr("0 failed, 1 is cancelled"));
  EXPECT_EQ(sweep.run().code, 0);
  EXPECT_EQ(sweep.count("begin"), 1);
}

TEST(LocalExecutor, TwoProcessesOnOneGridShareItsRuns) {
  const CountingSweep sweep("{steps: 2, milliseconds: 20}", 12);
  Process first(sweep.start({"--slots", "2"})), second(sweep.start({"--slots", "2"}));
  EXPECT_EQ(first.wait_for(30s), 0) << read_file(sweep.output());
  EXPECT_EQ(second.wait_for(30s), 0) << read_file(sweep.output());
  EXPECT_EQ(sweep.count("begin"), 12);
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, ARunHeldByAnotherProcessIsTakenOverWhenItDies) {
  const CountingSweep sweep("{steps: 100, milliseconds: 20}", 1);
  auto first = std::make_unique<Process>(sweep.start());
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }));
  Process second(sweep.start());
  EXPECT_FALSE(second.wait_for(500ms));
  EXPECT_EQ(sweep.count("begin"), 1);
  first->signal(SIGKILL);
  EXPECT_EQ(second.wait_for(30s), 0) << read_file(sweep.output());
  EXPECT_EQ(sweep.count("begin"), 2);
  sweep.expect_each_run_once();
}

TEST(LocalExecutor, ASupersededProcessKillsItsWorkerAndWritesNothingMore) {
  const CountingSweep sweep("{steps: 1000, milliseconds: 20}", 1);
  const fs::path run = sweep.folder(sweep.runs()[0]);
  Process pbn(sweep.start());
  ASSERT_TRUE(becomes_true([&] { return sweep.count("begin") == 1; }));
  fs::create_directories(run / "attempts/0002");  // another machine takes the run over
  write_json(run / "attempts/0002/meta.json", {{"host", "elsewhere"}, {"boot", "x"}, {"pid", 1}, {"pid_started", 1u}});
  const pid_t worker = sweep.diary()[0].process;
  EXPECT_TRUE(becomes_true([&] { return ::kill(worker, 0) != 0; }));
  EXPECT_FALSE(fs::exists(run / "attempts/0001/exit.json"));
  EXPECT_FALSE(pbn.wait_for(300ms));  // waits for the other machine
  write_json(run / "attempts/0002/exit.json", {{"code", 75}, {"reason", "saved"}});
  EXPECT_TRUE(becomes_true([&] { return fs::exists(run / "attempts/0003"); }));
  pbn.signal(SIGINT);
  EXPECT_EQ(pbn.wait_for(10s), 75);
}

TEST(LocalExecutor, NoShellInterpretsNames) {
  const std::string trap = "$(touch TRAP); `touch TRAP` 'it''s' \"x\" & | > TRAP\n*";
  const CountingSweep sweep("{steps: 1, note: " + Json(trap).dump() + "}", 1,
                            "[{settings.word: [" + Json(trap).dump() + "]}]", trap, "the store of " + trap);
  const CommandOutcome outcome = sweep.run();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const std::string run = sweep.runs()[0];
  EXPECT_EQ(read_json(sweep.folder(run) / "config.json").at("settings").at("word"), trap);
  EXPECT_NE(sweep.reported_outcome(), "");
  EXPECT_FALSE(fs::exists("TRAP"));
  for (const auto& entry : fs::recursive_directory_iterator(sweep.store())) EXPECT_NE(entry.path().filename(), "TRAP");
  sweep.expect_each_run_once();
}

}  // namespace
}  // namespace pbn::executors
