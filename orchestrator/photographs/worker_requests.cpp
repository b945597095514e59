#include "orchestrator/photographs/worker_requests.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/path_text.h"
#include "base/process.h"
#include "config/test_protocol.h"
#include "orchestrator/executors/stop_signals.h"
#include "orchestrator/executors/worker_command.h"

namespace pbn::photographs {
namespace {

namespace fs = std::filesystem;

Json request_for(const fs::path& weights, const std::vector<Photograph>& photographs,
                 const std::vector<PersonToFind>& people, const config::TestProtocol& test, int input_pixels,
                 const fs::path& answer) {
  Json boxes = Json::array();
  for (const PersonToFind& person : people) {
    const Photograph& photograph = photographs[person.photograph];
    boxes.push_back({{"image", path_text(photograph.file)},
                     {"turned_by", static_cast<int>(photograph.turned_by)},
                     {"box", {person.box.centre_x, person.box.centre_y, person.box.side}}});
  }
  return {{"weights", path_text(weights)},
          {"input_pixels", input_pixels},
          {"test", config::to_json(test)},
          {"people", boxes},
          {"answer", path_text(answer)}};
}

void run_worker(const std::string& command, const fs::path& request,
                const std::optional<executors::Container>& container = {}) {
  ProcessOptions options;
  options.command = executors::pbn_worker_words(container);
  options.command.insert(options.command.end(), {command, request.string()});
  options.environment = executors::environment_under("");
  const executors::StopSignals signals;
  Process process(options);
  std::optional<int> code;
  while (!code) {
    code = process.wait_for(std::chrono::milliseconds(200));
    if (executors::stop_requested()) throw Error(Blame::requeue, command, "interrupted");
  }
  if (*code == 0) return;
  const bool is_known = *code == 64 || *code == 65 || *code == 69;
  throw Error(is_known ? static_cast<Blame>(*code) : Blame::bug, "pbn_worker", exit_code_in_words(*code));
}

CheckpointPrediction answer_in(const fs::path& file, const std::vector<PersonToFind>& people) {
  const Json answer = read_json(file);
  CheckpointPrediction prediction;
  const config::Skeleton& skeleton = config::skeleton_of_text(answer.at("skeleton").get<std::string>());
  prediction.parts = config::with_only_parts(skeleton, answer.at("parts").get<std::vector<std::string>>());
  if (!answer.at("groups").empty()) prediction.groups = config::resolve_groups(answer["groups"], prediction.parts);
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& [x, y, side] = people[i].box;
    evaluation::FoundPerson& person = prediction.people.emplace_back();
    person.box = {x - side / 2, y - side / 2, side, side};
    for (const Json& joint : answer.at("people").at(i)) {
      person.joints.push_back({joint.at(0), joint.at(1)});
      person.confidence.push_back(joint.at(2));
    }
  }
  return prediction;
}

// With the folders of all files that the worker reads and writes.
std::optional<executors::Container> container_with(std::optional<executors::Container> container,
                                                   const std::vector<Photograph>& photographs, const fs::path& weights,
                                                   const fs::path& work) {
  if (!container) return container;
  std::set<std::string> folders{fs::absolute(weights).parent_path().string(), fs::absolute(work).string()};
  for (const Photograph& photograph : photographs) {
    folders.insert(fs::absolute(photograph.file).parent_path().string());
  }
  container->bind.insert(container->bind.end(), folders.begin(), folders.end());
  return container;
}

}  // namespace

fs::path weights_of(const fs::path& checkpoint) {
  fs::path file = fs::is_directory(checkpoint) ? checkpoint / "weights.safetensors" : checkpoint;
  if (fs::exists(file)) return file;
  throw usage_error(path_text(checkpoint),
                    "give a weights.safetensors, the folder of a finished run, or the first digits of its id", "{}",
                    fs::is_directory(checkpoint) ? "holds no weights.safetensors" : "there is no such file or folder");
}

CheckpointPrediction predict_people(const fs::path& checkpoint, const std::vector<Photograph>& photographs,
                                    const std::vector<PersonToFind>& people, const config::TestProtocol& test,
                                    int input_pixels, const fs::path& work,
                                    const std::optional<executors::Container>& container) {
  const TemporaryPath request(work / "request.json"), answer(work / "answer.json");
  const fs::path weights = weights_of(checkpoint);
  write_json(request.path(), request_for(weights, photographs, people, test, input_pixels, answer.path()));
  run_worker("predict", request.path(), container_with(container, photographs, weights, work));
  CheckpointPrediction prediction = answer_in(answer.path(), people);
  const fs::path absolute = fs::absolute(checkpoint).lexically_normal();
  prediction.name = absolute.has_filename() ? absolute.filename().string() : absolute.parent_path().filename().string();
  if (prediction.name == "weights.safetensors") prediction.name = absolute.parent_path().filename().string();
  return prediction;
}

Json write_onnx(const fs::path& checkpoint, const fs::path& file) {
  const TemporaryPath request(file.string() + ".request.json"), answer(file.string() + ".answer.json");
  write_json(request.path(), {{"weights", path_text(weights_of(checkpoint))},
                              {"onnx", path_text(file)},
                              {"answer", path_text(answer.path())}});
  run_worker("onnx", request.path());
  return read_json(answer.path());
}

std::string sheet_of_views(const fs::path& pose_file, const std::vector<std::int64_t>& people, std::uint32_t seed,
                           int epoch) {
  const std::string worker = executors::find_worker().string();
  const TemporaryPath folder(fs::temp_directory_path() / fmt::format("pbn-views-{}", ::getpid()));
  make_writable_folder(folder.path());
  const fs::path request = folder.path() / "request.json", answer = folder.path() / "views.svg";
  write_json(request, {{"file", fs::absolute(pose_file).string()},
                       {"people", people},
                       {"seed", seed},
                       {"epoch", epoch},
                       {"answer", answer.string()}});
  ProcessOptions options;
  options.command = {worker, "show", request.string()};
  if (Process(options).wait() != 0) {
    throw environment_error(worker, "its own message is above", "could not draw the views");
  }
  return read_file(answer);
}

}  // namespace pbn::photographs
