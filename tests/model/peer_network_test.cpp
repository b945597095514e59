// The network against an independent implementation in PyTorch (bench/peers/network.py) with the same weights, in
// double precision: heat maps, gradients and running statistics. Needs a Python with torch and safetensors:
// $PBN_PEER_PYTHON, or the one that `./run bench --peers` installs.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "model/weights/safetensors.h"
#include "model/weights/weights_file.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn::model {
namespace {

std::string peer_python() {
  if (const char* given = std::getenv("PBN_PEER_PYTHON")) return given;
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  return fmt::format("{}/pbn/peers/bin/python", cache ? cache : fmt::format("{}/.cache", home ? home : ""));
}

struct Case {
  const char* name;
  config::ModelSpec spec;
  config::Skeleton tasks;
};

std::ostream& operator<<(std::ostream& out, const Case& example) { return out << example.name; }

Case mpii_case(const char* name, config::Head head, int stacks, const Json& groups = "related-5") {
  config::ModelSpec spec;
  spec.head = head;
  spec.stacks = stacks;
  spec.features = 32;
  spec.width = 8;
  spec.uniform_gamma = true;
  if (head == config::Head::pbn) spec.groups = config::resolve_groups(groups, config::mpii16());
  return {name, spec, config::mpii16()};
}

std::vector<Case> cases() {
  Json overlapping = config::to_json(config::resolve_groups("related-5", config::mpii16()), config::mpii16());
  overlapping[0].push_back("r-hip");
  overlapping[1].push_back("r-knee");
  overlapping[2].push_back("r-hip");  // r-hip is in three groups
  std::vector<Case> all{mpii_case("OneStackPlain", config::Head::plain, 1),
                        mpii_case("TwoStacksPlain", config::Head::plain, 2),
                        mpii_case("TwoStacksDeep", config::Head::deep, 2),
                        mpii_case("OneStackBranches", config::Head::pbn, 1),
                        mpii_case("TwoStacksBranches", config::Head::pbn, 2),
                        mpii_case("TwoStacksOverlappingGroups", config::Head::pbn, 2, overlapping),
                        mpii_case("TwoStacksSpecificFusion", config::Head::pbn, 2),
                        mpii_case("TwoStacksOfTwoBlocksWithoutAnkles", config::Head::pbn, 2),
                        mpii_case("BranchesWithoutBlocksOnFourteenParts", config::Head::pbn, 2)};
  all[6].spec.fusion = config::Fusion::specific;
  Case& without_ankles = all[7];
  const std::vector<std::string> ankles{"r-ankle", "l-ankle"};
  without_ankles.tasks = config::without_parts(config::mpii16(), ankles);
  without_ankles.spec.depth = 2;
  Case& leeds = all[8];
  leeds.tasks = config::lsp14();
  leeds.spec.depth = 0;
  for (Case* smaller : {&without_ankles, &leeds}) {
    smaller->spec.parts = smaller->tasks.size();
    smaller->spec.groups = config::resolve_groups("related-5", smaller->tasks);
  }
  return all;
}

void append(std::vector<NamedTensor>& to, const std::string& prefix, const std::vector<NamedTensor>& tensors) {
  for (const auto& [name, tensor] : tensors) to.push_back({prefix + name, tensor.detach().clone()});
}

// Writes the input of bench/peers/compare_network.py.
void write_results(const std::filesystem::path& file, const Case& example) {
  at::manual_seed(5);
  Network network(example.spec, {.precision = config::Precision::fp64});
  {
    const c10::NoGradGuard no_gradient;
    network.flat_parameters().add_(at::randn_like(network.flat_parameters()), 0.02);  // no beta stays 0
  }
  const at::Tensor images = at::randn({3, 3, 128, 128}, at::kDouble);
  std::vector<NamedTensor> tensors{{"images", images}};
  std::vector<at::Tensor> upstream;
  for (int stack = 0; stack < example.spec.stacks; ++stack) {
    upstream.push_back(at::randn({3, example.spec.parts, 32, 32}, at::kDouble));
    tensors.push_back({fmt::format("upstream/{}", stack), upstream.back()});
  }
  append(tensors, "weights/", network.parameters());
  append(tensors, "weights/", network.buffers());
  for (const bool training : {true, false}) {
    const std::string mode = training ? "train" : "eval";
    network.train(training);
    network.flat_gradients().zero_();
    const std::vector<at::Tensor> maps = network.forward(images.contiguous(at::MemoryFormat::ChannelsLast));
    at::Tensor loss = at::zeros({}, at::kDouble);
    for (std::size_t stack = 0; stack < maps.size(); ++stack) {
      loss = loss + (upstream[stack] * maps[stack]).sum();
      tensors.push_back({fmt::format("{}/maps/{}", mode, stack), maps[stack].detach()});
    }
    loss.backward();
    for (const auto& [name, tensor] : network.parameters()) {
      tensors.push_back({mode + "/gradients/" + name, tensor.grad().clone()});
    }
    append(tensors, mode + "/statistics/", network.buffers());
  }
  write_safetensors(file, tensors, to_metadata({example.spec, example.tasks}));
}

class PeerNetwork : public testing::TestWithParam<Case> {};

TEST_P(PeerNetwork, HasTheSameResultsInDoublePrecision) {
  const std::string python = peer_python();
  constexpr const char* look =
      "from importlib.util import find_spec as f; exit(not (f(\"torch\") and f(\"safetensors\")))";
  if (std::system(fmt::format("'{}' -c '{}' >/dev/null 2>&1", python, look).c_str()) != 0) {
    GTEST_SKIP() << "needs a Python with torch and safetensors at " << python;
  }
  const TemporaryFolder folder;
  write_results(folder / "results.safetensors", GetParam());
  const std::string command =
      fmt::format("'{}' '{}/bench/peers/compare_network.py' '{}' > '{}' 2>&1", python, source_folder().string(),
                  (folder / "results.safetensors").string(), (folder / "differences").string());
  const int exit_code = std::system(command.c_str());
  const std::string differences = read_file(folder / "differences");
  EXPECT_EQ(exit_code, 0) << differences;
  RecordProperty("differences", differences);
}

INSTANTIATE_TEST_SUITE_P(, PeerNetwork, testing::ValuesIn(cases()),
                         [](const auto& example) { return example.param.name; });

}  // namespace
}  // namespace pbn::model
