#include "worker/training/result.h"

#include <ATen/ATen.h>

#include <filesystem>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "config/identity.h"
#include "config/test_protocol.h"
#include "evaluation/metrics.h"
#include "model/weights/weights_file.h"
#include "worker/checkpoints/other_run.h"
#include "worker/device/versions.h"

namespace pbn::worker {
namespace {

Json outcome(const RunSetup& setup, Trainer& trainer, const evaluation::Predictions& predictions) {
  const evaluation::GroundTruth truth = evaluation::ground_truth(setup.validation.files().front());
  return {{"figures", evaluation::evaluate(predictions, truth)},
          {"training_loss", trainer.position().epoch_losses},
          {"final_epoch", setup.config.train.epochs},
          {"validation_people", predictions.people()},
          {"weights_sha256", weights_digest(trainer.network())},
          {"predictions_sha256", evaluation::predictions_sha256(predictions, setup.folder)}};
}

Json measured(const RunSetup& setup, const Trainer& trainer, const Device& device, const Ranks& ranks,
              const Communicator& communicator) {
  Json facts = {{"seconds", trainer.position().seconds},
                {"images_per_second", trainer.images_per_second()},
                {"attempts", trainer.position().attempts},
                {"host", ranks.hosts().front()},
                {"device", device.describe()},
                {"communicator", communicator.name()},
                {"ranks", ranks.size()},
                {"threads", setup.config.run.threads},
                {"peak_memory_mib", device.memory().peak >> 20}};
  if (const auto& init = trainer.init()) {
    facts["init"] = {{"file", setup.config.train.init},
                     {"taken", init->taken.size()},
                     {"fresh", init->fresh},
                     {"unused", init->unused}};
  }
  return facts;
}

}  // namespace

bool is_finished(const RunSetup& setup) {
  const auto file = setup.folder / "result.json";
  if (!std::filesystem::exists(file)) return false;
  const Json result = read_json(file);
  if (result.value("run", "") == setup.id) return true;
  throw other_run(setup.folder, "the result", result.value("identity", Json::object()), setup.identity);
}

void write_result(const RunSetup& setup, Trainer& trainer, const evaluation::Predictions& predictions,
                  const Device& device, const Ranks& ranks, const Communicator& communicator) {
  evaluation::write_predictions(setup.folder / "predictions.h5", predictions);
  model::write_weights(setup.folder / "weights.safetensors", trainer.network(), setup.config.tasks,
                       setup.train.input_pixels());
  const Json result = {{"run", setup.id},
                       {"cell", config::cell_id(setup.identity)},
                       {"identity", setup.identity},
                       {"parameters", config::count_parameters(setup.config.model)},
                       {"gflop_per_image", 2e-9 * static_cast<double>(config::count_multiply_adds(
                                                      setup.config.model, setup.train.input_pixels()))},
                       {"outcome", outcome(setup, trainer, predictions)},
                       {"measured", measured(setup, trainer, device, ranks, communicator)},
                       {"protocol", config::protocol_name(setup.config.test)},
                       {"versions", versions_on(device)}};
  publish_once(setup.folder / "result.json", result.dump(1) + "\n");  // if another attempt was faster, its result stays
}

std::string digest_of(const at::Tensor& tensor) {
  const at::Tensor host = tensor.cpu().contiguous();
  return sha256_hex({static_cast<const char*>(host.const_data_ptr()), host.nbytes()});
}

std::string weights_digest(model::Network& network) {
  return digest_of(at::cat({network.without_gaps(network.flat_parameters()).to(at::kCPU, at::kDouble),
                            network.flat_buffers().to(at::kCPU, at::kDouble)}));
}

}  // namespace pbn::worker
