// Networks as ONNX files, run by ONNX Runtime where a Python has it.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "model/heat_maps.h"
#include "model/onnx/onnx_network.h"
#include "model/onnx/protobuf.h"
#include "tests/python.h"
#include "tests/temporary_folder.h"

namespace pbn::model {
namespace {

struct OnnxCase {
  const char* name;
  config::ModelSpec spec;
  int input_pixels = 64;  // 0: not in the weights
};

std::ostream& operator<<(std::ostream& out, const OnnxCase& example) { return out << example.name; }

OnnxCase onnx_case(const char* name, config::Head head, int stacks, const Json& groups = "related-5") {
  config::ModelSpec spec;
  spec.head = head;
  spec.stacks = stacks;
  spec.features = 32;
  spec.width = 8;
  if (head == config::Head::pbn) spec.groups = config::resolve_groups(groups, config::mpii16());
  return {name, spec};
}

std::vector<OnnxCase> onnx_cases() {
  Json overlapping = config::to_json(config::resolve_groups("related-5", config::mpii16()), config::mpii16());
  overlapping[0].push_back("r-hip");
  overlapping[2].push_back("r-hip");  // in three groups
  std::vector<OnnxCase> all{onnx_case("Plain", config::Head::plain, 1),
                            onnx_case("TwoStacksDeep", config::Head::deep, 2),
                            onnx_case("Branches", config::Head::pbn, 1),
                            onnx_case("TwoStacksOverlappingGroups", config::Head::pbn, 2, overlapping),
                            onnx_case("ThreeStacksSpecificFusion", config::Head::pbn, 3),
                            onnx_case("BranchesWithoutBlocks", config::Head::pbn, 2),
                            onnx_case("OfAnyInputSide", config::Head::plain, 1)};
  all[2].spec.depth = 2;
  all[4].spec.fusion = config::Fusion::specific;
  all[5].spec.depth = 0;
  all[6].input_pixels = 0;
  return all;
}

// Adds noise, so that no beta is 0 and no variance 1.
void disturb(Network& network) {
  at::manual_seed(5);
  const c10::NoGradGuard no_gradient;
  network.flat_parameters().add_(at::randn_like(network.flat_parameters()), 0.02);
  for (const auto& [name, buffer] : network.buffers()) buffer.add_(at::rand_like(buffer), 0.3);
}

void write_floats(const std::filesystem::path& file, const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().to(at::kFloat).contiguous();
  write_atomically(file, {static_cast<const char*>(values.const_data_ptr()), values.nbytes()}, Durability::cached);
}

constexpr const char* comparison = R"(
import sys, numpy, onnxruntime
def floats(name):
    return numpy.fromfile(f"{sys.argv[1]}/{name}", "f4")
network = onnxruntime.InferenceSession(sys.argv[1] + "/model.onnx")
image = floats("image").reshape(3, 3, 64, 64)
for name in ("heat_maps", "joints", "confidence"):
    expected = floats(name)
    for batch in (image, image[:1]):                      # any size of the batch
        found = network.run([name], {"image": batch})[0].ravel()
        difference = numpy.abs(found - expected[:found.size]).max()
        assert found.size and difference < 1e-5, f"{name}: {difference} apart"
)";

class OnnxNetwork : public testing::TestWithParam<OnnxCase> {
 protected:
  std::filesystem::path file(const char* name) const { return folder_ / name; }

  // Writes the weights of a disturbed network, model.onnx, an image and what the network makes of it.
  void write_all(const OnnxCase& example) const {
    Network network(example.spec, {});
    disturb(network);
    network.train(false);
    write_weights(file("weights"), network, config::mpii16(), example.input_pixels);
    write_onnx(file("weights"), file("model.onnx"));
    const at::Tensor pixels = at::randint(256, {3, 64, 64, 3}, at::kByte);
    write_floats(file("image"), pixels.permute({0, 3, 1, 2}));
    const c10::NoGradGuard no_gradient;
    const at::Tensor maps = network.forward(normalised_images(pixels, at::kFloat)).back();
    const Decoded decoded = decode(maps, true);
    write_floats(file("heat_maps"), maps);
    write_floats(file("joints"), decoded.joints);
    write_floats(file("confidence"), decoded.confidence);
  }

  const TemporaryFolder folder_;
};

TEST_P(OnnxNetwork, ComputesTheSameInOnnxRuntime) {
  const std::string python = python_with("onnxruntime, numpy");
  if (python.empty()) GTEST_SKIP() << "needs a Python with onnxruntime (pip install onnxruntime)";
  write_all(GetParam());
  write_atomically(file("compare.py"), comparison);
  const std::string command = fmt::format("{} '{}' '{}' > '{}' 2>&1", python, file("compare.py").string(),
                                          folder_.path().string(), file("said").string());
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(file("said"));
}

INSTANTIATE_TEST_SUITE_P(, OnnxNetwork, testing::ValuesIn(onnx_cases()),
                         [](const auto& example) { return example.param.name; });

TEST(OnnxFile, HasTheSameBytesForTheSameWeightsAndSaysWhatItIs) {
  const TemporaryFolder folder;
  const Network network(onnx_cases()[2].spec, {});
  write_weights(folder / "weights", network, config::mpii16(), 128);
  const NetworkDescription description = write_onnx(folder / "weights", folder / "a.onnx");
  write_onnx(folder / "weights", folder / "b.onnx");
  EXPECT_EQ(description.input_pixels, 128);
  const std::string bytes = read_file(folder / "a.onnx");
  EXPECT_EQ(bytes, read_file(folder / "b.onnx"));
  for (const char* text : {"pbn-onnx", "[0.466,0.4443,0.4068]", "[\"r-ankle\",\"r-knee\"", "[[0,5],", "heat_maps"}) {
    EXPECT_NE(bytes.find(text), std::string::npos) << text;
  }
}

// The examples of protobuf.dev/programming-guides/encoding.
TEST(Protobuf, IsEncodedAsItsManualSays) {
  EXPECT_EQ(ProtobufMessage().integer(1, 150).encoded(), "\x08\x96\x01");
  EXPECT_EQ(ProtobufMessage().bytes(2, "testing").encoded(), "\x12\x07testing");
  EXPECT_EQ(ProtobufMessage().message(3, ProtobufMessage().integer(1, 150)).encoded(), "\x1a\x03\x08\x96\x01");
  EXPECT_EQ(ProtobufMessage().integer(1, -2).encoded(), "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(ProtobufMessage().real(2, 1.0F).encoded(), std::string("\x15\0\0\x80\x3f", 5));
  EXPECT_EQ(ProtobufMessage().integer(16, 0).encoded(), std::string("\x80\x01\0", 3));
}

}  // namespace
}  // namespace pbn::model
