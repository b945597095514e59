// A worker of its own for the tests of the sweeper (docs/external-worker.md): counts, with a checkpoint at every step,
// and leaves a diary of what happened, so that a test can tell whether work was done twice.
//
//   settings: {steps: 5, milliseconds: 10, exits: [70], last_words: "...", mebibytes: 300}
//                          exits: codes with which its first attempts end at once, after these words; it needs so much
//                          memory
//   COUNTING_DIARY=FILE    gets a line "WORD RUN PID PROCESSORS" for each: begin, done; and what must never be:
//                          again (there is a result already), twice (another worker is at the same run)
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> wanted_to_stop{false};

std::string processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  std::string list;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &allowed)) list += fmt::format("{}{}", list.empty() ? "" : ",", processor);
  }
  return list;
}

void write_diary(const std::string& word, const fs::path& run) {
  const char* file = std::getenv("COUNTING_DIARY");
  if (!file) return;
  const std::string line = fmt::format("{} {} {} {}\n", word, run.filename().string(), ::getpid(), processors());
  const int diary = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (::write(diary, line.data(), line.size()) < 0) std::abort();
  ::close(diary);
}

// Held until this process has ended.
bool is_alone(const fs::path& run) {
  const int descriptor = ::open((run / "counting").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

int count(const fs::path& run) {
  write_diary(is_alone(run) ? "begin" : "twice", run);
  if (fs::exists(run / "result.json")) write_diary("again", run);
  const Json config = read_json(run / "config.json");
  const Json& settings = config.at("settings");
  const auto attempt = static_cast<std::size_t>(std::atoi(std::getenv("PBN_ATTEMPT")));
  const Json exits = settings.value("exits", Json::array());
  if (attempt <= exits.size()) {
    fmt::print("ends with {}\n{}\n", exits[attempt - 1].dump(), settings.value("last_words", ""));
    return exits[attempt - 1];
  }

  static std::vector<char> memory;  // static, so that no compiler leaves it out
  memory.assign(settings.value("mebibytes", std::size_t{0}) << 20, 'x');
  const fs::path checkpoint = run / "ckpt/state.json";
  fs::create_directories(run / "ckpt");
  Json state = fs::exists(checkpoint) ? read_json(checkpoint) : Json({{"step", 0}, {"value", config.at("seed")}});
  const int steps = settings.at("steps");
  for (int step = state["step"]; step < steps && !wanted_to_stop; ++step) {
    std::this_thread::sleep_for(std::chrono::milliseconds(settings.value("milliseconds", 0)));
    const auto value = (state["value"].get<std::uint64_t>() * 6364136223846793005u + static_cast<unsigned>(step)) >> 11;
    state = {{"step", step + 1}, {"value", value}};
    write_json(checkpoint, state, Durability::cached);
    append_json_line(run / "metrics.jsonl", {{"kind", "progress"}, {"step", step + 1}, {"steps", steps}});
  }
  if (state["step"] < steps) return 75;
  const double value = static_cast<double>(state["value"].get<std::uint64_t>() % 10000) / 100;
  const Json result = {{"run", config.at("run")},
                       {"seed", config.at("seed")},
                       {"outcome", {{"figures", {{"value", value}}}}},
                       {"measured", {{"attempt", attempt}}}};
  if (publish_once(run / "result.json", result.dump())) write_diary("done", run);
  return 0;
}

}  // namespace
}  // namespace pbn

int main(int argc, char** argv) {
  ::signal(SIGUSR2, [](int) { pbn::wanted_to_stop = true; });
  return pbn::run_and_report("counting_worker", [&] {
    if (argc != 3) throw pbn::usage_error("counting_worker", "", "expected --run DIR");
    return pbn::count(argv[2]);
  });
}
