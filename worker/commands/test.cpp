#include "worker/commands/commands.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/time.h"
#include "config/test_protocol.h"
#include "evaluation/metrics.h"
#include "model/weights/weights_file.h"
#include "worker/device/torch_settings.h"
#include "worker/device/versions.h"
#include "worker/prediction/validation.h"
#include "worker/training/result.h"
#include "worker/training/start_up.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;

struct TestSetup {
  config::RunConfig config;
  data::PoseSet people;
  Json trained;     // result.json of the run
  fs::path folder;  // DIR/tests/PROTOCOL
};

TestSetup set_up(const GivenSettings& given, int ranks, const Device& device) {
  const fs::path result = given.folder / "result.json";
  if (!fs::exists(result)) {
    throw usage_error(given.folder.string(), "train it first: pbn_worker --run DIR, or pbn run GRID",
                      "the run is not finished: there is no result.json");
  }
  const Json resolved = resolved_settings(given, ranks);
  data::PoseSet people(data::PoseFile(resolved["data"]["validation"].get<std::string>()));
  const Json canonical = config::canonical_settings(resolved, people.skeleton(), device.computes_bf16());
  config::RunConfig config = config::run_config(canonical, people.skeleton());
  config.test.name.clear();  // that of the training's test
  require_precision(canonical, device);
  require_crops_for(config.test, people);
  fs::path folder = given.folder / "tests" / config::protocol_name(config.test);
  return {config, std::move(people), read_json(result), std::move(folder)};
}

// The progress of all ranks, estimated and shown by rank 0.
class TestProgress {
 public:
  TestProgress(const TestSetup& setup, const Ranks& ranks)
      : file_(setup.folder / "metrics.jsonl"),
        ranks_(ranks),
        all_(setup.people.size()),
        bar_("test", all_, "people", ranks.rank() == 0) {}

  void advance(std::int64_t people_of_this_rank) {
    if (ranks_.rank() != 0) return;
    const std::int64_t before = done_;
    done_ = std::min(all_, done_ + people_of_this_rank * ranks_.size());
    bar_.advance(done_ - before);
    if (since_line_.seconds() < 1) return;
    append_json_line(file_, {{"kind", "progress"}, {"people", done_}, {"of", all_}});
    since_line_ = {};
  }

 private:
  fs::path file_;
  const Ranks& ranks_;
  std::int64_t all_, done_ = 0;
  Progress bar_;
  Stopwatch since_line_;
};

bool is_tested(const TestSetup& setup) {
  const fs::path file = setup.folder / "result.json";
  if (!fs::exists(file)) return false;
  const Json tested = read_json(file);
  const char* const weights = "outcome.weights_sha256";
  return at_path(tested, "run") == at_path(setup.trained, "run") &&
         at_path(tested, weights) == at_path(setup.trained, weights);
}

void write_test_result(const TestSetup& setup, model::Network& network, const evaluation::Predictions& predictions,
                       double seconds, const Device& device, const Ranks& ranks) {
  evaluation::write_predictions(setup.folder / "predictions.h5", predictions);
  const auto people = static_cast<double>(predictions.people());
  write_json(setup.folder / "result.json",
             {{"run", at_path(setup.trained, "run")},
              {"protocol", config::protocol_name(setup.config.test)},
              {"test", config::to_json(config::canonical_protocol(setup.config.test))},
              {"outcome",
               {{"figures", evaluation::evaluate(predictions, evaluation::ground_truth(setup.people.files().front()))},
                {"validation_people", predictions.people()},
                {"weights_sha256", weights_digest(network)},
                {"predictions_sha256", evaluation::predictions_sha256(predictions, setup.folder)}}},
              {"measured",
               {{"seconds", seconds},
                {"people_per_second", people / seconds},
                {"host", ranks.hosts().front()},
                {"device", device.describe()},
                {"ranks", ranks.size()},
                {"threads", setup.config.run.threads},
                {"peak_memory_mib", device.memory().peak >> 20}}},
              {"versions", versions_on(device)}});
}

}  // namespace

int test_run(const WorkerOptions& options, const Ranks& ranks) {
  std::optional<ChosenDevice> device;
  std::optional<TestSetup> setup;
  std::optional<model::Network> network;
  bool tested = false;
  ranks.together([&] { device = device_of_rank(options.given, ranks); });
  warn_of_unused_gpu(*device, ranks);
  require_own_devices(options.given, ranks, *device->device);
  ranks.together([&] {
    setup.emplace(set_up(options.given, ranks.size(), *device->device));
    if (ranks.rank() == 0) make_writable_folder(setup->folder);
    tested = is_tested(*setup);
    if (tested) return;
    prepare_torch(setup->config.run.threads, setup->config.train.precision);
    choose_kernels(setup->config, *device->device);  // those of training, so that predictions have the same bits
    const auto weights = options.given.folder / "weights.safetensors";
    network.emplace(setup->config.model,
                    model::NetworkOptions{.precision = setup->config.train.precision,
                                          .seed = setup->config.seed,
                                          .device = device->device->torch(),
                                          .mean_rgb = model::read_weights_description(weights).mean_rgb});
    model::read_weights(weights, *network);
  });
  const std::string result = (setup->folder / "result.json").string();
  if (!tested) {
    const Stopwatch stopwatch;
    const auto communicator = device->device->communicator(ranks, setup->config.run.communicator);
    TestProgress progress(*setup, ranks);
    const evaluation::Predictions predictions =
        predict(*network, setup->config.tasks, setup->people, setup->config.test, setup->config.run.loader_threads,
                device->device->torch(), *communicator, [&](std::int64_t people) { progress.advance(people); });
    ranks.together([&] {
      if (ranks.rank() != 0) return;
      write_test_result(*setup, *network, predictions, stopwatch.seconds(), *device->device, ranks);
    });
  }
  if (ranks.rank() == 0) fmt::print("{} {}\n", tested ? "already tested:" : "tested:", result);
  return 0;
}

}  // namespace pbn::worker
