// bench_report: the time that `pbn report` takes for 10,000 results.
#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "base/time.h"
#include "bench/program.h"
#include "data/preparing/prepare.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/report_folder.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

constexpr double promised_seconds = 3;

// A grid of 10 cells for each learning rate, one of them the baseline, with 5 seeds.
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
    data::SyntheticOptions options;
    options.files = {{split, folder / (std::string(split) + ".h5")}};
    options.people = 40;
    options.how = {.box_pixels = 64, .jobs = 1, .show_progress = false};
    data::prepare_synthetic(options);
  }
}

grid::Sweep planned(const fs::path& folder, int rates) {
  const std::vector<std::string> data{"data.train=" + (folder / "train.h5").string(),
                                      "data.validation=" + (folder / "validation.h5").string()};
  return grid::plan_sweep(grid::parse_grid(grid_of(rates), "grid.yaml", {.set = data}));
}

// Writes what a worker leaves: all figures, the losses of 250 epochs, and one attempt.
void write_result(const runs::RunStore& store, const grid::Cell& cell, const grid::Run& run,
                  const evaluation::Figures& figures) {
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

std::vector<Claim> measure(const po::variables_map& arguments, const Effort& effort) {
  const fs::path folder = arguments["folder"].as<std::string>();
  const int rates = arguments["rates"].as<int>();
  const TemporaryPath temporary(folder);
  fs::create_directories(folder);
  make_data(folder);
  const runs::RunStore store(folder / "store");
  std::size_t runs = 0;
  {
    const grid::Sweep sweep = planned(folder, rates);
    const data::PoseSet train(data::PoseFile(folder / "train.h5"));
    const data::PoseFile validation(folder / "validation.h5");
    const evaluation::Figures figures = evaluation::evaluate(evaluation::mean_pose_predictions(train, validation),
                                                             evaluation::ground_truth(validation));
    for (const grid::Cell& cell : sweep.cells) {
      for (const grid::Run& run : cell.runs) write_result(store, cell, run, figures);
      runs += cell.runs.size();
    }
  }
  std::vector<double> times;
  for (int round = 0; round < effort.rounds; ++round) {
    const Stopwatch stopwatch;
    const grid::Sweep sweep = planned(folder, rates);
    const double planning = stopwatch.seconds();
    report::write_report(sweep, store, folder / "report");
    times.push_back(stopwatch.seconds());
    fmt::print(stderr, "{} results: {:.2f} s, of which planning {:.2f} s\n", runs, times.back(), planning);
  }
  for (const auto& entry : fs::directory_iterator(folder / "report")) {
    if (entry.is_regular_file())
      fmt::print(stderr, "  {} {} kB\n", entry.path().filename().string(), entry.file_size() / 1000);
  }
  return {{.name = "report.10k",
           .ours = median(times),
           .peer = promised_seconds,
           .peer_name = "the promised time",
           .unit = "s",
           .goal = 1,
           .better = Better::less}};
}

Benchmark benchmark() {
  Benchmark report{
      .name = "bench_report",
      .description =
          R"(All files of a report (aggregate, tables, figures, page) of 2,000 cells with 5 seeds each, made like pbn report from
the grid on. Every result has 200 figures and the losses of 250 epochs.)",
      .effort = {.rounds = 3},
      .run = measure};
  report.options.add_options()("folder", po::value<std::string>()->default_value("bench-report"),
                               "a folder that is made and removed; 300 MB")(
      "rates", po::value<int>()->default_value(200), "number of learning rates in the grid, with 50 results each");
  return report;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv); }
