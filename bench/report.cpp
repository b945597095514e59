// bench_report: a report of 10,000 results, as `pbn report` makes it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "bench/program.h"
#include "data/preparing/prepare.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/report_folder.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

constexpr double promised_seconds = 3;

// 2,000 cells with 5 seeds each; one baseline for every learning rate.
std::string grid_of(int rates) {
  std::vector<std::string> list;
  for (int i = 1; i <= rates; ++i) list.push_back(fmt::format("{:.4f}", 1e-4 * i));
  return fmt::format(
      "name: ten-thousand\nseeds: 1..5\nbaseline: {{model.head: plain}}\ncells:\n"
      "  - {{model.head: [plain, deep], train.learning_rate: [{0}]}}\n"
      "  - {{model.head: pbn, model.groups: [related-5, body-6], model.depth: [1, 2], model.width: [32, 64], "
      "train.learning_rate: [{0}]}}\n",
      fmt::join(list, ", "));
}

void make_data(const fs::path& folder) {
  for (const char* split : {"train", "validation"}) {
    SyntheticOptions options;
    options.files = {{split, folder / (std::string(split) + ".h5")}};
    options.people = 40;
    options.how = {.box_pixels = 64, .jobs = 1, .show_progress = false};
    prepare_synthetic(options);
  }
}

Sweep planned(const fs::path& folder, int rates) {
  const std::vector<std::string> data{"data.train=" + (folder / "train.h5").string(),
                                      "data.validation=" + (folder / "validation.h5").string()};
  return plan_sweep(parse_grid(grid_of(rates), "grid.yaml", {.set = data}));
}

// As a worker leaves it, with all figures, the losses of 250 epochs and one attempt.
void write_result(const RunStore& store, const Cell& cell, const Run& run, const Figures& figures) {
  const fs::path folder = store.folder(run.id);
  fs::create_directories(folder / "attempts" / "0001");
  Random random(run.seed, 0, stream_of(run.id), Purpose::synthetic);
  Json values = Json::object();
  for (const auto& [name, value] : figures) values[name] = value + random.normal();
  std::vector<double> losses;
  for (int epoch = 1; epoch <= 250; ++epoch) losses.push_back(0.01 / epoch + 1e-5 * random.normal());
  const Json result = {{"run", run.id},
                       {"cell", cell.id},
                       {"protocol", "scale-1-shift"},
                       {"outcome", {{"figures", values}, {"training_loss", losses}}},
                       {"measured",
                        {{"seconds", 1000 * random.uniform()},
                         {"images_per_second", 100.0},
                         {"host", "node"},
                         {"device", "cpu"},
                         {"ranks", 2},
                         {"threads", 1}}},
                       {"versions", {{"pbn", "1"}, {"libtorch", "2"}, {"instruction_set", "avx2"}}}};
  write_json(folder / "result.json", result, Durability::cached);
  write_json(folder / "attempts/0001/meta.json", {{"host", "node"}, {"pid", 1}}, Durability::cached);
  write_json(folder / "attempts/0001/exit.json", {{"code", 0}}, Durability::cached);
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<Claim> measure(const Arguments& arguments) {
  const fs::path folder = arguments["folder"].as<std::string>();
  const int rates = arguments["rates"].as<int>();
  const TemporaryPath passing(folder);
  fs::create_directories(folder);
  make_data(folder);
  const RunStore store(folder / "store");
  std::size_t runs = 0;
  {
    const Sweep sweep = planned(folder, rates);
    const PoseFile train(folder / "train.h5"), validation(folder / "validation.h5");
    const Figures figures = evaluate(mean_pose_predictions(train, validation), ground_truth(validation));
    for (const Cell& cell : sweep.cells) {
      for (const Run& run : cell.runs) write_result(store, cell, run, figures);
      runs += cell.runs.size();
    }
  }
  std::vector<double> times;
  for (int round = 0; round < arguments["rounds"].as<int>(); ++round) {
    double planning = 0;
    times.push_back(seconds_of([&] {
      std::optional<Sweep> sweep;
      planning = seconds_of([&] { sweep = planned(folder, rates); });
      write_report(*sweep, store, folder / "report");
    }));
    fmt::print(stderr, "{} results: {:.2f} s, of which planning {:.2f} s\n", runs, times.back(), planning);
  }
  for (const auto& entry : fs::directory_iterator(folder / "report")) {
    if (entry.is_regular_file())
      fmt::print(stderr, "  {} {} kB\n", entry.path().filename().string(), entry.file_size() / 1000);
  }
  std::sort(times.begin(), times.end());
  return {{.name = "report.10k",
           .ours = times[times.size() / 2],
           .peer = promised_seconds,
           .peer_name = "what we promise",
           .unit = "s",
           .goal = 1,
           .better = Better::less}};
}

Benchmark benchmark() {
  namespace po = boost::program_options;
  Benchmark report;
  report.name = "bench_report";
  report.description =
      "All files of a report (aggregate, tables, figures, page) of 2,000 cells with 5 seeds each, 200 figures and the\n"
      "losses of 250 epochs in every result, as pbn report makes it, from the grid on.";
  report.rounds = 3;
  report.options.add_options()("folder", po::value<std::string>()->default_value("bench-report"),
                               "is made and removed; 300 MB")("rates", po::value<int>()->default_value(200),
                                                              "learning rates in the grid: each stands for 50 results");
  report.run = measure;
  return report;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv); }
