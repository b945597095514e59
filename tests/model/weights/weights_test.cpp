// Tensors on disk: they are read as they were written, and damaged files are refused by name.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <tuple>

#include "base/error.h"
#include "base/files.h"
#include "model/heat_maps.h"
#include "model/weights/safetensors.h"
#include "model/weights/weights_file.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/temporary_folder.h"

namespace pbn::model {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class WeightsOnDisk : public ::testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_ / name; }

 private:
  const TemporaryFolder folder_;
};

Error read_error(const fs::path& file) {
  try {
    read_safetensors(file);
  } catch (const Error& error) {
    return error;
  }
  return {Blame::bug, "", "was accepted"};
}

using SafeTensorsFile = WeightsOnDisk;

TEST_F(SafeTensorsFile, KeepsValuesTypesShapesOrderAndMetadata) {
  const at::Tensor channels_last = at::randn({2, 3, 4, 5}).contiguous(at::MemoryFormat::ChannelsLast);
  const std::vector<NamedTensor> tensors = {{"weights", channels_last},
                                            {"a scalar", at::tensor(2.5, at::kDouble)},
                                            {"nothing", at::empty({0, 3}, at::kLong)},
                                            {"steps", at::tensor({1, -2, 3}, at::kLong)},
                                            {"bytes", at::arange(5, at::kByte)},
                                            {"rounded", at::randn({7}).to(at::kBFloat16)},
                                            {"half", at::randn({7}).to(at::kHalf)},
                                            {"quarter", at::randn({7}).to(at::kFloat8_e4m3fn)},
                                            {"other quarter", at::randn({7}).to(at::kFloat8_e5m2)},
                                            {"short", at::tensor({-300, 7}, at::kShort)},
                                            {"characters", at::tensor({-3, 7}, at::kChar)},
                                            {"flags", at::tensor({1, 0}, at::kByte).to(at::kBool)}};
  write_safetensors(file("t.safetensors"), tensors, {{"epoch", "3"}});
  const SafeTensors back = read_safetensors(file("t.safetensors"));
  ASSERT_EQ(back.tensors.size(), tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(back.tensors[i].name, tensors[i].name);
    EXPECT_EQ(back.tensors[i].tensor.scalar_type(), tensors[i].tensor.scalar_type());
    EXPECT_TRUE(at::equal(back.tensors[i].tensor.to(at::kDouble), tensors[i].tensor.to(at::kDouble)))
        << tensors[i].name;
  }
  EXPECT_EQ(back.metadata, (Metadata{{"epoch", "3"}}));
}

TEST_F(SafeTensorsFile, HasTheLayoutThatOtherReadersExpect) {
  write_safetensors(file("t.safetensors"), {{"x", at::tensor({1, 2}, at::kByte)}}, {});
  const std::string content = read_file(file("t.safetensors"));
  const std::string header = R"({"__metadata__":{},"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})";
  EXPECT_EQ(content.substr(8, header.size()), header);
  EXPECT_EQ(content.substr(content.size() - 2), "\x01\x02");
  EXPECT_EQ((content.size() - 2) % 8, 0u);
}

TEST_F(SafeTensorsFile, TruncatedAnywhereIsRefusedByName) {
  write_safetensors(file("whole"), {{"x", at::randn({10})}, {"y", at::randn({3})}}, {});
  const std::string content = read_file(file("whole"));
  for (std::size_t length = 0; length < content.size(); ++length) {
    write_atomically(file("cut"), content.substr(0, length));
    const Error error = read_error(file("cut"));
    ASSERT_EQ(error.blame, Blame::data) << length;
    EXPECT_THAT(error.where, HasSubstr("cut"));
  }
}

config::ModelSpec small_pbn() {
  config::ModelSpec spec;
  spec.features = 16;
  spec.width = 8;
  spec.head = config::Head::pbn;
  spec.groups = config::resolve_groups("related-5", config::mpii16());
  return spec;
}

using WeightsFile = WeightsOnDisk;

TEST_F(WeightsFile, GivesAnotherNetworkTheSameHeatMaps) {
  Network trained(small_pbn(), {.seed = 1}), fresh(small_pbn(), {.seed = 2});
  const c10::NoGradGuard no_gradient;
  const at::Tensor images = normalised_images(at::randint(0, 256, {2, 64, 64, 3}, at::kByte), at::kFloat);
  trained.forward(images);  // moves the running statistics
  write_weights(file("w"), trained, config::mpii16());
  read_weights(file("w"), fresh);
  trained.train(false);
  fresh.train(false);
  EXPECT_TRUE(at::equal(trained.forward(images)[0], fresh.forward(images)[0]));
  EXPECT_TRUE(at::equal(trained.flat_parameters(), fresh.flat_parameters()));
}

TEST_F(WeightsFile, DescribesItsNetworkCompletely) {
  config::ModelSpec spec = small_pbn();
  spec.stacks = 2;
  spec.fusion = config::Fusion::specific;
  spec.uniform_gamma = true;
  const config::Skeleton tasks = config::without_parts(config::mpii16(), std::vector<std::string>{"pelvis", "l-ankle"});
  spec.parts = tasks.size();
  spec.groups = config::resolve_groups("body-6", tasks);
  Network network(spec, {});
  write_weights(file("w"), network, tasks);
  const NetworkDescription description = read_weights_description(file("w"));
  EXPECT_EQ(description.tasks.parts, tasks.parts);
  EXPECT_EQ(description.tasks.flip_pairs, tasks.flip_pairs);
  EXPECT_EQ(description.spec.groups, spec.groups);
  Network again(description.spec, {.seed = 9});
  read_weights(file("w"), again);
  EXPECT_TRUE(at::equal(again.flat_parameters(), network.flat_parameters()));
}

TEST_F(WeightsFile, WithAnImpossibleDescriptionIsRefusedByName) {
  const Metadata good = to_metadata({small_pbn(), config::mpii16()});
  const auto error_with = [&](const std::string& key, const std::string& value) {
    Metadata metadata = good;
    metadata[key] = value;
    write_safetensors(file("hostile"), {{"x", at::zeros({1})}}, metadata);
    try {
      read_weights_description(file("hostile"));
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data);
      EXPECT_THAT(error.where, HasSubstr("hostile"));
      return error.problem;
    }
    return std::string("no error");
  };
  EXPECT_EQ(error_with("skeleton", "mpii16"), "no error");
  EXPECT_THAT(error_with("skeleton", "mpii17"), HasSubstr("unknown skeleton"));
  EXPECT_THAT(error_with("format", "other"), HasSubstr("format"));
  EXPECT_THAT(error_with("parts", R"(["l-ankle","r-ankle"])"), HasSubstr("in that order"));
  EXPECT_NE(error_with("parts", "[1"), "no error");
  EXPECT_NE(error_with("parts", "[]"), "no error");
  EXPECT_NE(error_with("model", "[]"), "no error");
  EXPECT_THAT(error_with("model", R"({"stacks":99})"), HasSubstr("whole number from 1 to 8"));
  EXPECT_THAT(error_with("model", R"({"head":"pbn","groups":[["r-ankle"]]})"), HasSubstr("is in no group"));
  write_safetensors(file("bare"), {{"x", at::zeros({1})}}, {});
  EXPECT_THROW(read_weights_description(file("bare")), Error);
}

TEST_F(WeightsFile, WithValuesThatAreNotFiniteIsRefused) {
  Network broken(small_pbn(), {});
  broken.flat_parameters()[7] = std::numeric_limits<float>::infinity();
  write_weights(file("w"), broken, config::mpii16());
  Network network(small_pbn(), {});
  EXPECT_THROW(read_weights(file("w"), network), Error);
  EXPECT_THROW(transfer_weights(file("w"), network, config::mpii16()), Error);
}

at::Tensor tensor_named(const Network& network, const std::string& name) {
  for (const auto& [known, tensor] : network.parameters()) {
    if (known == name) return tensor;
  }
  throw std::out_of_range(name);
}

TEST_F(WeightsFile, TransfersItsTrunkToANetworkWithAnotherHead) {
  config::ModelSpec spec = small_pbn(), plain = small_pbn();
  plain.head = config::Head::plain;
  plain.stacks = 2;
  spec.stacks = 2;
  const Network trained(plain, {.seed = 1});
  const Network untouched(spec, {.seed = 2});
  Network network(spec, {.seed = 2});
  write_weights(file("w"), trained, config::mpii16());
  const WeightTransfer report = transfer_weights(file("w"), network, config::mpii16());
  for (const char* name : {"stem.conv1.conv.weight", "stack1.hourglass.level1.lowest.conv2.weight",
                           "stack0.fusion.features.weight", "stack0.fusion.maps.weight"}) {
    EXPECT_TRUE(at::equal(tensor_named(network, name), tensor_named(trained, name))) << name;
  }
  const char* const of_branch = "stack1.head.branch2.lin.conv.weight";
  EXPECT_TRUE(at::equal(tensor_named(network, of_branch), tensor_named(untouched, of_branch)));
  EXPECT_THAT(report.fresh, testing::Each(HasSubstr(".head.branch")));
  EXPECT_THAT(report.unused, testing::UnorderedElementsAre("stack0.head.conv.weight", "stack0.head.conv.bias",
                                                           "stack1.head.conv.weight", "stack1.head.conv.bias"));
  EXPECT_EQ(report.taken.size() + report.fresh.size(), network.parameters().size() + network.buffers().size());
}

TEST_F(WeightsFile, TransfersItsHeadOnlyToAHeadOfTheSameGroups) {
  config::ModelSpec other_groups = small_pbn();
  other_groups.groups = config::resolve_groups("body-6", config::mpii16());
  write_weights(file("w"), Network(small_pbn(), {.seed = 1}), config::mpii16());
  Network same(small_pbn(), {.seed = 2}), other(other_groups, {.seed = 2});
  EXPECT_THAT(transfer_weights(file("w"), same, config::mpii16()).fresh, testing::IsEmpty());
  EXPECT_THAT(transfer_weights(file("w"), other, config::mpii16()).taken,
              testing::Each(testing::Not(HasSubstr(".head."))));
}

TEST_F(WeightsFile, OfAnotherTrunkIsRefusedWithTheNameOfATensor) {
  config::ModelSpec wider = small_pbn();
  wider.features = 32;
  write_weights(file("w"), Network(small_pbn(), {}), config::mpii16());
  Network network(wider, {});
  try {
    transfer_weights(file("w"), network, config::mpii16());
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.problem,
                HasSubstr("tensor \"stem.conv1.conv.weight\" has shape (4, 3, 3, 3), but the network needs"));
  }
}

TEST_F(WeightsFile, IsReadByThePythonExample) {
  const std::string python = python_with("numpy");
  if (python.empty()) GTEST_SKIP() << "needs a python3 that has numpy (Debian's python3-numpy)";
  const Network network(small_pbn(), {});
  write_weights(file("w"), network, config::mpii16());
  const std::string command = fmt::format("{} '{}/docs/examples/read_weights.py' '{}' > '{}'", python,
                                          source_folder().string(), file("w").string(), file("said").string());
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string said = read_file(file("said"));
  EXPECT_THAT(said, HasSubstr("pbn head, 1 x 16 features, skeleton mpii16\nparts: r-ankle r-knee"));
  for (const auto& [name, tensor] : network.parameters()) {
    const std::string line =
        fmt::format("{} ({}{}) mean ", name, fmt::join(tensor.sizes(), ", "), tensor.dim() == 1 ? "," : "");
    const auto place = said.find("\n" + line);
    ASSERT_NE(place, std::string::npos) << line;
    EXPECT_NEAR(std::stod(said.substr(place + 1 + line.size())), tensor.to(at::kDouble).mean().item<double>(), 1e-9);
  }
}

std::vector<NamedTensor> all_tensors(const Network& network, at::ScalarType type = at::kFloat) {
  std::vector<NamedTensor> all;
  for (const auto* tensors : {&network.parameters(), &network.buffers()}) {
    for (const auto& [name, tensor] : *tensors) all.push_back({name, tensor.detach().to(type)});
  }
  return all;
}

std::string error_of(const std::function<void()>& step) {
  try {
    step();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    return error.problem;
  }
  return "no error";
}

TEST_F(WeightsFile, OfAnyFloatingPointTypeIsRead) {
  const Network trained(small_pbn(), {.seed = 1});
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kFloat8_e5m2, at::kFloat8_e4m3fn}) {
    Network read(small_pbn(), {.seed = 2}), begun(small_pbn(), {.seed = 3});
    write_safetensors(file("w"), all_tensors(trained, type), to_metadata({small_pbn(), config::mpii16()}));
    read_weights(file("w"), read);
    EXPECT_THAT(transfer_weights(file("w"), begun, config::mpii16()).fresh, testing::IsEmpty());
    const std::vector<NamedTensor> expected = all_tensors(trained, type), found = all_tensors(read);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(at::equal(found[i].tensor, expected[i].tensor.to(at::kFloat))) << type << " " << found[i].name;
    }
    EXPECT_TRUE(at::equal(begun.flat_parameters(), read.flat_parameters())) << type;
  }
}

// Tensors that PyTorch and other programs store besides weights.
TEST_F(WeightsFile, IsReadWithoutTensorsThatNoNetworkHas) {
  Network trained(small_pbn(), {.seed = 1});
  std::vector<NamedTensor> tensors = all_tensors(trained);
  tensors.push_back({"stem.conv1.norm.num_batches_tracked", at::scalar_tensor(7, at::kLong)});
  tensors.push_back({"stem.frozen", at::ones({3}, at::kBool)});
  tensors.push_back({"optimiser.rate", at::ones({1}, at::kHalf)});
  write_safetensors(file("w"), tensors, to_metadata({small_pbn(), config::mpii16()}));
  std::string content = read_file(file("w"));
  const std::string type = "\"dtype\":\"BOOL\"";
  write_atomically(file("w"), content.replace(content.find(type), type.size(), "\"dtype\":\"F4!!\""));
  Network read(small_pbn(), {.seed = 2}), begun(small_pbn(), {.seed = 3});
  read_weights(file("w"), read);
  EXPECT_TRUE(at::equal(read.flat_parameters(), trained.flat_parameters()));
  EXPECT_THAT(transfer_weights(file("w"), begun, config::mpii16()).unused,
              testing::UnorderedElementsAre("stem.conv1.norm.num_batches_tracked", "stem.frozen", "optimiser.rate"));
}

TEST_F(WeightsFile, WithAnUnusableOrSurplusWeightIsRefusedWithItsName) {
  const std::vector<NamedTensor> whole = all_tensors(Network(small_pbn(), {.seed = 1}));
  const auto errors_about = [&](const std::vector<NamedTensor>& tensors, const std::string& type,
                                const std::string& instead) {
    write_safetensors(file("w"), tensors, to_metadata({small_pbn(), config::mpii16()}));
    std::string content = read_file(file("w"));
    const std::string from = "\"dtype\":\"" + type + "\"", to = "\"dtype\":\"" + instead + "\"";
    if (!type.empty()) write_atomically(file("w"), content.replace(content.find(from), from.size(), to));
    Network network(small_pbn(), {.seed = 2});
    const std::string reading = error_of([&] { read_weights(file("w"), network); });
    return std::pair(reading, error_of([&] { transfer_weights(file("w"), network, config::mpii16()); }));
  };
  std::vector<NamedTensor> integers = whole, quantised = whole, more = whole;
  integers[0].tensor = integers[0].tensor.to(at::kChar);
  auto [reading, beginning] = errors_about(integers, "", "");
  EXPECT_THAT(reading, HasSubstr("tensor \"stem.conv1.conv.weight\" is of type Char"));
  EXPECT_EQ(beginning, reading);
  quantised[0].tensor = quantised[0].tensor.to(at::kShort);
  std::tie(reading, beginning) = errors_about(quantised, "I16", "U16");
  EXPECT_THAT(reading, HasSubstr("tensor \"stem.conv1.conv.weight\" is of type U16, which cannot be read"));
  EXPECT_EQ(beginning, reading);
  more.push_back({"stack1.lin.conv.bias", at::zeros({3})});
  std::tie(reading, beginning) = errors_about(more, "", "");
  EXPECT_THAT(reading, HasSubstr("a tensor \"stack1.lin.conv.bias\" that the network does not have"));
  EXPECT_EQ(beginning, "no error");  // a network may start from one with more stacks
}

TEST_F(WeightsFile, OfAnotherNetworkIsRefusedAndDoesNotChangeTheNetwork) {
  config::ModelSpec wider = small_pbn();
  wider.width = 16;
  config::ModelSpec plain = small_pbn();
  plain.head = config::Head::plain;
  for (const config::ModelSpec& other : {wider, plain}) {
    Network network(other, {});
    const at::Tensor before = network.flat_parameters().clone();
    write_weights(file("w"), Network(small_pbn(), {.seed = 9}), config::mpii16());
    EXPECT_THROW(read_weights(file("w"), network), Error);
    EXPECT_TRUE(at::equal(network.flat_parameters(), before));
  }
}

}  // namespace
}  // namespace pbn::model
