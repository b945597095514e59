#include <filesystem>

#include "base/error.h"
#include "base/json.h"
#include "base/path_text.h"
#include "config/model_spec.h"
#include "model/onnx/onnx_network.h"
#include "worker/commands/commands.h"

namespace pbn::worker {
namespace {

struct OnnxRequest {
  std::filesystem::path weights, onnx, answer;
};

OnnxRequest read_onnx_request(const std::filesystem::path& file) {
  const Json json = read_json(file);
  try {
    const auto path = [&](const char* key) { return path_of_text(json.at(key).get<std::string>()); };
    return {path("weights"), path("onnx"), path("answer")};
  } catch (const Json::exception& error) {
    throw data_error(file.string(), "see worker/commands/commands.h", "is not a request ({})", error.what());
  }
}

}  // namespace

int write_onnx_file(const std::filesystem::path& request_file) {
  const OnnxRequest request = read_onnx_request(request_file);
  const model::NetworkDescription network = model::write_onnx(request.weights, request.onnx);
  write_json(request.answer, {{"file", path_text(request.onnx)},
                              {"parts", network.tasks.parts},
                              {"parameters", config::count_parameters(network.spec)},
                              {"input_pixels", network.input_pixels}});
  return 0;
}

}  // namespace pbn::worker
