#include "bench/gpu_step.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "bench/mpi_job.h"
#include "bench/network/network_work.h"
#include "bench/roofline/roofline.h"
#include "worker/device/gpu_driver.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

// What is measured, on a GPU or, to try the programs, on the processor.
struct GpuWork {
  bool is_stand_in;
  fs::path people;  // pose file
  int stacks = is_stand_in ? 1 : 8;
  int features = is_stand_in ? 32 : 256;
  int steps = is_stand_in ? 3 : 44;  // 4 of them are a warm-up
  double peer_seconds = is_stand_in ? 0.2 : 4;

  std::string device() const { return is_stand_in ? "cpu" : "cuda"; }
};

std::string output_of(const std::vector<std::string>& command) {
  const TemporaryPath file(fs::temp_directory_path() / fmt::format("pbn_bench_{}.out", ::getpid()));
  const Descriptor output(::open(file.path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  fmt::print(stderr, "step.gpu: {}\n", fmt::join(command, " "));
  const int code = Process({.command = command, .standard_output = output.number()}).wait();
  if (code != 0) throw environment_error(command.front(), "standard error says why", "it ended with {}", code);
  std::string text = read_file(file.path());
  fmt::print(stderr, "{}", text);
  return text;
}

// The last line that is JSON and for which `is_wanted` holds.
template <typename Condition>
Json line_of(const std::string& output, const Condition& is_wanted) {
  std::istringstream lines(output);
  Json found;
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_object() && is_wanted(json)) found = json;
  }
  if (found.is_null()) throw environment_error("step.gpu", "standard error says why", "the program gave no figures");
  return found;
}

fs::path drawn_people() {
  fs::path file = fs::temp_directory_path() / fmt::format("pbn_bench_people_{}.h5", ::getpid());
  const fs::path pbn = own_program().parent_path() / "pbn";
  output_of({pbn.string(), "prepare", "synthetic", file.string(), "--box", "256", "--people", "64", "--encoding",
             "jpeg", "--json", "--force"});
  return file;
}

// Makes each measurement once.
class GpuMeasurements {
 public:
  explicit GpuMeasurements(GpuWork work) : work_(std::move(work)) {}

  // What `pbn_worker try` says.
  Json ours(int people, int ranks, const std::string& kernels) {
    const std::vector<std::string> arguments{"try",
                                             "--train",
                                             work_.people.string(),
                                             "--validation",
                                             work_.people.string(),
                                             "--steps",
                                             std::to_string(work_.steps),
                                             "--model.stacks",
                                             std::to_string(work_.stacks),
                                             "--model.features",
                                             std::to_string(work_.features),
                                             "--train.global_batch",
                                             std::to_string(people),
                                             "--train.precision",
                                             "bf16",
                                             "--run.device",
                                             work_.device(),
                                             "--run.kernels",
                                             kernels,
                                             "--run.graph",
                                             work_.is_stand_in ? "off" : "on"};
    const bool has_processors = !work_.is_stand_in;
    std::vector<std::string> command =
        ranks_of(own_program().parent_path() / "pbn_worker", ranks, /*bound_to_cores=*/false, arguments);
    if (has_processors) std::erase(command, "--oversubscribe");
    return line_of(once(command), [](const Json& json) { return json.contains("images_per_second"); });
  }

  double our_rate(int people, int ranks, const std::string& kernels) {
    return ours(people, ranks, kernels).at("images_per_second");
  }

  // Images per second of one of the ways, which are measured by one process.
  double peer_rate(int people, const std::string& way, const std::vector<std::string>& ways) {
    std::vector<std::string> arguments{"--device",   work_.device(),
                                       "--stacks",   std::to_string(work_.stacks),
                                       "--features", std::to_string(work_.features),
                                       "--batch",    std::to_string(people),
                                       "--seconds",  fmt::format("{}", work_.peer_seconds),
                                       "--ways"};
    arguments.insert(arguments.end(), ways.begin(), ways.end());
    const std::string output = once(peer_command("step_on_gpu.py", arguments));
    return line_of(output, [&](const Json& json) { return json.value("way", "") == way; }).at("images_per_second");
  }

  const GpuWork& work() const { return work_; }

 private:
  std::string once(const std::vector<std::string>& command) {
    const auto [place, is_new] = outputs_.try_emplace(fmt::format("{}", fmt::join(command, " ")));
    if (is_new) place->second = output_of(command);
    return place->second;
  }

  GpuWork work_;
  std::map<std::string, std::string> outputs_;
};

const std::vector<std::string> ordinary_ways = {"eager", "graphed"};

void fill_over_peer(Claim& claim, GpuMeasurements& made, int people, const std::string& way,
                    const std::vector<std::string>& ways) {
  claim.ours = made.our_rate(people, 1, "own");
  if (peer_python()) claim.peer = made.peer_rate(people, way, ways);
}

void fill_roofline(Claim& claim, GpuMeasurements& made, int people) {
  const Json ours = made.ours(people, 1, "own");
  claim.ours = ours.at("images_per_second");
  const std::optional<GpuLimits> gpu = limits_of(ours.at("device"));
  if (!gpu) return;
  const config::ModelSpec model = configuration_of({.stacks = made.work().stacks, .batch = people}).model;
  claim.peer = people / seconds_on(*gpu, calls_of_step(model, people, 256));
}

void fill_loading(Claim& claim, GpuMeasurements& made, int people) {
  const Json ours = made.ours(people, 1, "own");
  const double waiting = ours.at("seconds_waiting_for_data"), step = ours.at("seconds_per_step");
  claim.ours = std::max(1e-3, 100 * waiting / (waiting + step));
}

void fill_ranks(Claim& claim, GpuMeasurements& made, int gpus) {
  if (gpus < 8) {
    claim.absent = fmt::format("this machine has {} GPU{}", gpus, gpus == 1 ? "" : "s");
    return;
  }
  claim.ours = made.our_rate(16, 8, "own");
  claim.peer = made.our_rate(16, 1, "own");
}

// A claim and how it is measured.
struct Undertaking {
  Claim claim;
  std::function<void(Claim&, GpuMeasurements&)> fill;
};

std::vector<Undertaking> undertakings_with(int people) {
  const std::string name = fmt::format("step.gpu.{}people.", people);
  const auto over = [people](const std::string& way) {
    return
        [people, way](Claim& claim, GpuMeasurements& made) { fill_over_peer(claim, made, people, way, ordinary_ways); };
  };
  return {
      {{.name = name + "over_eager", .peer_name = "PyTorch eager", .unit = "images/s", .goal = 2}, over("eager")},
      {{.name = name + "over_graphed", .peer_name = "PyTorch in a graph", .unit = "images/s"}, over("graphed")},
      {{.name = name + "over_aten", .peer_name = "LibTorch's kernels", .unit = "images/s"},
       [people](Claim& claim, GpuMeasurements& made) {
         claim.ours = made.our_rate(people, 1, "own");
         claim.peer = made.our_rate(people, 1, "aten");
       }},
      {{.name = name + "roofline", .peer_name = "roofline", .unit = "images/s", .goal = 0.6},
       [people](Claim& claim, GpuMeasurements& made) { fill_roofline(claim, made, people); }},
      {{.name = name + "loading", .peer = 0.5, .peer_name = "at most", .unit = "% of a step", .better = Better::less},
       [people](Claim& claim, GpuMeasurements& made) { fill_loading(claim, made, people); }}};
}

std::vector<Undertaking> all_undertakings(int gpus) {
  std::vector<Undertaking> all = undertakings_with(16), more = undertakings_with(32);
  all.insert(all.end(), more.begin(), more.end());
  all.push_back({{.name = "step.gpu.8ranks", .peer_name = "one GPU", .unit = "images/s", .goal = 4},
                 [gpus](Claim& claim, GpuMeasurements& made) { fill_ranks(claim, made, gpus); }});
  for (const int people : {16, 32}) {
    all.push_back({{.name = fmt::format("step.gpu.compiled.{}people", people),
                    .peer_name = "torch.compile max-autotune",
                    .unit = "images/s",
                    .goal = 1.2},
                   [people](Claim& claim, GpuMeasurements& made) {
                     fill_over_peer(claim, made, people, "compiled", {"compiled"});
                   }});
  }
  return all;
}

}  // namespace

void add_gpu_step_options(po::options_description& options) {
  options.add_options()("people", po::value<std::string>()->value_name("FILE"),
                        "pose file with boxes of 256 pixels for the claims about GPUs; without it people are drawn")(
      "gpu-stand-in", "the claims about GPUs on the processor, with small work: do the programs work?");
}

std::vector<Claim> gpu_step_claims(const po::variables_map& arguments) {
  const std::string only = "step." + arguments["only"].as<std::string>();
  const bool is_stand_in = arguments.count("gpu-stand-in") > 0;
  const worker::DriverAnswer driver = worker::ask_gpu_driver();
  const int gpus = static_cast<int>(driver.gpus.size());
  std::vector<Undertaking> wanted = all_undertakings(gpus);
  std::erase_if(wanted, [&](const Undertaking& one) { return !one.claim.name.starts_with(only); });
  std::vector<Claim> claims;
  for (Undertaking& one : wanted) claims.push_back(one.claim);
  if (gpus == 0 && !is_stand_in) {
    for (Claim& claim : claims) claim.absent = "no GPU: " + driver.reason, claim.peer.reset();
    return claims;
  }
  if (claims.empty()) return claims;
  const bool is_given = arguments.count("people") > 0;
  GpuMeasurements made({is_stand_in, is_given ? fs::path(arguments["people"].as<std::string>()) : drawn_people()});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    try {
      wanted[i].fill(claims[i], made);
    } catch (const Error& error) {
      claims[i].absent = fmt::format("failed: {}", error.what());
    }
  }
  if (!is_given) fs::remove(made.work().people);
  return claims;
}

}  // namespace pbn::bench
