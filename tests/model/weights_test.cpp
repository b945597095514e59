// Tensors on disk: what is written comes back, and what is broken is refused by name.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "model/heat_maps.h"
#include "model/safetensors.h"
#include "model/weights_file.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class WeightsOnDisk : public ::testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_ / name; }

 private:
  const TemporaryFolder folder_;
};

// The layout by hand: length, header, data.
std::string laid_out(const std::string& header, const std::string& data) {
  std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

Error refusal_of(const fs::path& file) {
  try {
    read_safetensors(file);
  } catch (const Error& error) {
    return error;
  }
  return {Blame::bug, "", "was accepted"};
}

using SafeTensorsFile = WeightsOnDisk;

TEST_F(SafeTensorsFile, BringsBackValuesTypesShapesOrderAndMetadata) {
  const at::Tensor channels_last = at::randn({2, 3, 4, 5}).contiguous(at::MemoryFormat::ChannelsLast);
  const std::vector<NamedTensor> tensors = {{"weights", channels_last},
                                            {"a scalar", at::tensor(2.5, at::kDouble)},
                                            {"nothing", at::empty({0, 3}, at::kLong)},
                                            {"steps", at::tensor({1, -2, 3}, at::kLong)},
                                            {"bytes", at::arange(5, at::kByte)},
                                            {"rounded", at::randn({7}).to(at::kBFloat16)}};
  write_safetensors(file("t.safetensors"), tensors, {{"epoch", "3"}});
  const SafeTensors back = read_safetensors(file("t.safetensors"));
  ASSERT_EQ(back.tensors.size(), tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(back.tensors[i].name, tensors[i].name);
    EXPECT_EQ(back.tensors[i].tensor.scalar_type(), tensors[i].tensor.scalar_type());
    EXPECT_TRUE(at::equal(back.tensors[i].tensor, tensors[i].tensor)) << tensors[i].name;
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

TEST_F(SafeTensorsFile, CutAnywhereIsRefusedAndNamed) {
  write_safetensors(file("whole"), {{"x", at::randn({10})}, {"y", at::randn({3})}}, {});
  const std::string content = read_file(file("whole"));
  for (std::size_t length = 0; length < content.size(); ++length) {
    write_atomically(file("cut"), content.substr(0, length));
    const Error error = refusal_of(file("cut"));
    ASSERT_EQ(error.blame, Blame::data) << length;
    EXPECT_THAT(error.where, HasSubstr("cut"));
  }
}

TEST_F(SafeTensorsFile, WithAHostileHeaderIsRefused) {
  const std::string eight(8, '\0');
  const std::string cases[] = {
      std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10),
      laid_out("[]", ""),
      laid_out("{", ""),
      laid_out(R"({"__metadata__":{"a":1}})", ""),
      laid_out(R"({"x":{"dtype":"F32","shape":[2]}})", eight),
      laid_out(R"({"x":7})", eight),
      laid_out(R"({"x":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}})", eight),
      laid_out(R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", eight),
      laid_out(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})", eight),
      laid_out(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", eight),
      laid_out(R"({"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight),
      laid_out(R"({"x":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})", eight),
      laid_out(
          R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
          eight),
      laid_out(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", eight),
      laid_out(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", eight),
  };
  for (const std::string& content : cases) {
    write_atomically(file("hostile"), content);
    EXPECT_EQ(refusal_of(file("hostile")).blame, Blame::data) << content;
  }
}

ModelSpec small_network() {
  ModelSpec spec;
  spec.features = 16;
  spec.width = 8;
  spec.head = Head::pbn;
  spec.groups = resolve_groups("related-5", mpii16());
  return spec;
}

using WeightsFile = WeightsOnDisk;

TEST_F(WeightsFile, MakesAnotherNetworkAnswerTheSame) {
  Network trained(small_network(), {.seed = 1}), fresh(small_network(), {.seed = 2});
  const c10::NoGradGuard no_gradient;
  const at::Tensor images =
      normalised_images(at::randint(0, 256, {2, 64, 64, 3}, at::kByte), mpii_mean_rgb, at::kFloat);
  trained.forward(images);  // moves the running statistics
  write_weights(file("w"), trained, mpii16());
  read_weights(file("w"), fresh);
  trained.train(false);
  fresh.train(false);
  EXPECT_TRUE(at::equal(trained.forward(images)[0], fresh.forward(images)[0]));
  EXPECT_TRUE(at::equal(trained.flat_parameters(), fresh.flat_parameters()));
}

TEST_F(WeightsFile, SaysWhatItBelongsTo) {
  write_weights(file("w"), Network(small_network(), {}), mpii16());
  const Metadata metadata = read_safetensors(file("w")).metadata;
  EXPECT_EQ(metadata.at("skeleton"), "mpii16");
  EXPECT_THAT(metadata.at("model"), HasSubstr(R"("head":"pbn")"));
  EXPECT_THAT(metadata.at("parts"), HasSubstr(R"(["r-ankle","r-knee")"));
}

TEST_F(WeightsFile, OfAnotherNetworkIsRefusedAndLeavesTheNetworkAsItWas) {
  ModelSpec wider = small_network();
  wider.width = 16;
  ModelSpec plain = small_network();
  plain.head = Head::plain;
  for (const ModelSpec& other : {wider, plain}) {
    Network network(other, {});
    const at::Tensor before = network.flat_parameters().clone();
    write_weights(file("w"), Network(small_network(), {.seed = 9}), mpii16());
    EXPECT_THROW(read_weights(file("w"), network), Error);
    EXPECT_TRUE(at::equal(network.flat_parameters(), before));
  }
}

}  // namespace
}  // namespace pbn
