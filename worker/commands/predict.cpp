#include "worker/commands/commands.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/path_text.h"
#include "base/progress.h"
#include "config/schema.h"
#include "config/test_protocol.h"
#include "data/photographs/orientation.h"
#include "data/sources/photographs.h"
#include "model/weights/weights_file.h"
#include "worker/device/torch_settings.h"
#include "worker/prediction/validation.h"
#include "worker/training/start_up.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t people_at_once = 128;  // their crops take up to 77 MB on disk
constexpr double first_pixel = 0.5;          // continuous coordinates: pixel i covers [i, i+1)

data::PersonInPhotograph person_in(const Json& person, const config::Skeleton& skeleton) {
  const auto parts = static_cast<std::size_t>(skeleton.size());
  data::PersonInPhotograph annotated;
  annotated.photograph = path_of_text(person.at("image").get<std::string>());
  annotated.image_name = path_text(annotated.photograph.filename());
  annotated.joints.assign(parts, {});
  annotated.labelled.assign(parts, false);
  annotated.occluded.assign(parts, data::Occlusion::unknown);
  const Json& box = person.at("box");
  annotated.box = data::Box{box.at(0), box.at(1), box.at(2)};
  return annotated;
}

void write_pose_file(const fs::path& file, const data::PoseFileInfo& info, const config::Skeleton& skeleton,
                     std::span<const Json> people) {
  data::PoseFileWriter writer(file, info, static_cast<std::int64_t>(people.size()));
  for (const Json& person : people) {
    const data::PersonInPhotograph wanted = person_in(person, skeleton);
    const data::Image photograph = data::turned(data::read_image(wanted.photograph),
                                                data::Orientation{person.at("turned_by").get<std::uint8_t>()});
    const data::CroppedPerson cropped = data::cut_out_of(photograph, wanted, info, first_pixel);
    writer.add(cropped.person, data::stored_crop(info, cropped.crop));
  }
  writer.finish();
}

data::PoseFileInfo info_for(const config::TestProtocol& test, int input_pixels, const config::Skeleton& skeleton) {
  data::PoseFileInfo info;
  info.skeleton = &skeleton;
  info.dataset = info.source = "photographs";
  info.split = "predict";
  info.reference = skeleton.reference;
  info.box_pixels = input_pixels;
  info.extent = std::max(1.0, test.scales.back());
  return info;
}

// Appends [[x, y, confidence] for each of the tasks] for each person.
void add_joints(Json& answer, const evaluation::Predictions& predictions, const config::Skeleton& skeleton,
                const config::Skeleton& tasks) {
  const std::vector<int> parts = skeleton.indices_of(tasks.parts);
  for (std::int64_t person = 0; person < predictions.people(); ++person) {
    Json joints = Json::array();
    for (const int part : parts) {
      const auto joint = static_cast<std::size_t>(person * predictions.parts + part);
      const auto& [x, y] = predictions.joints[joint];
      joints.push_back({x, y, predictions.confidence[joint]});
    }
    answer.push_back(std::move(joints));
  }
}

struct PredictionRequest {
  fs::path weights, answer;
  int input_pixels = 0;
  config::TestProtocol test;
  std::vector<Json> people;
};

PredictionRequest read_request(const fs::path& file) {
  const Json json = read_json(file);
  try {
    return {path_of_text(json.at("weights").get<std::string>()), path_of_text(json.at("answer").get<std::string>()),
            json.at("input_pixels"), config::canonical_protocol(config::test_protocol(json.at("test"))),
            json.at("people")};
  } catch (const Json::exception& error) {
    throw data_error(file.string(), "see worker/commands/commands.h", "is not a request ({})", error.what());
  }
}

int input_side(const PredictionRequest& request, const model::NetworkDescription& network) {
  const int side = request.input_pixels > 0 ? request.input_pixels : network.input_pixels;
  if (side == 0) {
    throw usage_error(request.weights.string(), "give it with --input PIXELS",
                      "does not contain the side of the training images");
  }
  config::require_input_side(side, "--input");
  return side;
}

void answer(const PredictionRequest& request, const ChosenDevice& device) {
  prepare_torch(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  const model::NetworkDescription description = model::read_weights_description(request.weights);
  const config::Skeleton& skeleton = config::skeleton_of_text(description.tasks.text);
  const config::Precision precision =
      device.device->computes_bf16() ? config::Precision::bf16 : config::Precision::fp32;
  model::Network network(description.spec,
                         {.precision = precision, .device = device.device->torch(), .mean_rgb = description.mean_rgb});
  model::read_weights(request.weights, network);

  const int input_pixels = input_side(request, description);
  const data::PoseFileInfo info = info_for(request.test, input_pixels, skeleton);
  const auto communicator = alone();
  Json answers = Json::array();
  Progress progress("predict", static_cast<std::int64_t>(request.people.size()), "people");
  for (std::size_t first = 0; first < request.people.size(); first += people_at_once) {
    const auto some = std::span(request.people).subspan(first, std::min(people_at_once, request.people.size() - first));
    const TemporaryPath file(request.answer.string() + ".people.h5");
    write_pose_file(file.path(), info, skeleton, some);
    const evaluation::Predictions predictions =
        predict(network, description.tasks, data::PoseSet(data::PoseFile(file.path())), request.test, 1,
                device.device->torch(), *communicator, [&](std::int64_t people) { progress.advance(people); });
    add_joints(answers, predictions, skeleton, description.tasks);
  }
  write_json(request.answer, {{"skeleton", skeleton.text},
                              {"parts", description.tasks.parts},
                              {"groups", config::to_json(description.spec.groups, description.tasks)},
                              {"parameters", config::count_parameters(description.spec)},
                              {"input_pixels", input_pixels},
                              {"people", answers}});
}

}  // namespace

int predict_request(const WorkerOptions& options, const Ranks& ranks) {
  ranks.together([&] {  // which reports errors without MPI_Abort's messages
    if (ranks.size() > 1) throw usage_error("predict", "start it without mpirun", "works on one rank");
    const ChosenDevice device = device_of_rank(options.given, ranks);
    warn_of_unused_gpu(device, ranks);
    answer(read_request(options.request), device);
  });
  return 0;
}

}  // namespace pbn::worker
