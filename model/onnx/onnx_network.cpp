#include "model/onnx/onnx_network.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <map>

#include "base/files.h"
#include "base/json.h"
#include "model/head.h"
#include "model/heat_maps.h"
#include "model/kernels/operations.h"
#include "model/network.h"
#include "model/onnx/onnx_decoding.h"
#include "model/onnx/onnx_graph.h"

namespace pbn::model {
namespace {

// Adds the layers of a network in the order of its forward pass (model/layers.h, head.h, network.cpp). Each function
// takes the names of its input and of its layer and returns the name of its result.
class NetworkGraph {
 public:
  using Value = std::string;

  NetworkGraph(const Network& network, OnnxGraph& graph) : spec_(network.spec()), graph_(graph) {
    for (const auto* tensors : {&network.parameters(), &network.buffers()}) {
      for (const auto& [name, tensor] : *tensors) tensors_.emplace(name, tensor);
    }
  }

  // The last stack's heat maps of normalised images.
  Value heat_maps(const Value& images) {
    Value x = stem(images, "stem"), maps;
    for (int i = 0; i < spec_.stacks; ++i) {
      const std::string name = fmt::format("stack{}", i);
      const Value shared = lin(residual(hourglass(x, name + ".hourglass"), name + ".residual"), name + ".lin");
      Value specific;
      maps = head(shared, name + ".head", specific);
      if (i + 1 == spec_.stacks) break;
      const bool fuses_specific = spec_.head == config::Head::pbn && spec_.fusion == config::Fusion::specific;
      const Value features = convolution(fuses_specific ? specific : shared, name + ".fusion.features");
      x = sum(sum(x, features, name + ".fusion.trunk"), convolution(maps, name + ".fusion.maps"), name + ".fusion");
    }
    return maps;
  }

 private:
  Value weight(const std::string& name) { return graph_.constant(name, tensors_.at(name)); }

  Value sum(const Value& a, const Value& b, const std::string& name) { return graph_.node("Add", name, {a, b}); }

  Value convolution(const Value& x, const std::string& name) {
    const std::int64_t side = tensors_.at(name + ".weight").size(2), edge = side / 2;
    return graph_.node("Conv", name, {x, weight(name + ".weight"), weight(name + ".bias")},
                       {{"kernel_shape", std::vector{side, side}}, {"pads", std::vector{edge, edge, edge, edge}}});
  }

  Value norm_relu(const Value& x, const std::string& name) {
    const Value normalised = graph_.node("BatchNormalization", name,
                                         {x, weight(name + ".weight"), weight(name + ".bias"),
                                          weight(name + ".running_mean"), weight(name + ".running_var")},
                                         {{"epsilon", static_cast<float>(batch_norm_epsilon)}});
    return graph_.node("Relu", name + ".relu", {normalised});
  }

  Value lin(const Value& x, const std::string& name) {
    return norm_relu(convolution(x, name + ".conv"), name + ".norm");
  }

  Value residual(const Value& x, const std::string& name) {
    Value y = tensors_.contains(name + ".norm1.weight") ? norm_relu(x, name + ".norm1") : x;
    y = convolution(y, name + ".conv1");
    y = convolution(norm_relu(y, name + ".norm2"), name + ".conv2");
    y = convolution(norm_relu(y, name + ".norm3"), name + ".conv3");
    if (!tensors_.contains(name + ".skip_conv.weight")) return sum(y, x, name);
    return sum(y, convolution(norm_relu(x, name + ".skip_norm"), name + ".skip_conv"), name);
  }

  Value halved(const Value& x, const std::string& name) {
    const std::vector<std::int64_t> two{2, 2};
    return graph_.node("MaxPool", name, {x}, {{"kernel_shape", two}, {"strides", two}});
  }

  Value doubled(const Value& x, const std::string& name) {
    if (doubling_.empty()) doubling_ = graph_.constant("doubling", at::tensor({1.F, 1.F, 2.F, 2.F}));
    return graph_.node(
        "Resize", name, {x, "", doubling_},
        {{"mode", "nearest"}, {"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}});
  }

  Value stem(const Value& images, const std::string& name) {
    const Value half = halved(lin(images, name + ".conv1"), name + ".half");
    const Value x = residual(lin(lin(half, name + ".conv2"), name + ".conv3"), name + ".residual1");
    return residual(residual(halved(x, name + ".quarter"), name + ".residual2"), name + ".residual3");
  }

  Value hourglass(const Value& x, const std::string& name, int level = 4) {
    const std::string here = fmt::format("{}.level{}", name, level);
    Value below = residual(halved(x, here + ".half"), here + ".before");
    below = level > 1 ? hourglass(below, name, level - 1) : residual(below, here + ".lowest");
    below = doubled(residual(below, here + ".after"), here + ".doubled");
    return sum(residual(x, here + ".upper"), below, here);
  }

  // Sets `specific` to the branches' features.
  Value head(const Value& shared, const std::string& name, Value& specific) {
    if (spec_.head != config::Head::pbn) {
      const Value x = spec_.head == config::Head::deep ? residual(shared, name + ".residual") : shared;
      return convolution(x, name + ".conv");
    }
    std::vector<Value> maps, features;
    for (std::size_t i = 0; i < spec_.groups.size(); ++i) {
      const std::string branch = fmt::format("{}.branch{}", name, i);
      Value x = lin(shared, branch + ".lin");
      for (int block = 0; block < spec_.depth; ++block) x = residual(x, fmt::format("{}.residual{}", branch, block));
      features.push_back(x);
      maps.push_back(convolution(x, branch + ".conv"));
    }
    if (sorting_.empty()) sorting_ = graph_.constant("sorting", sorting_matrix(spec_.groups, spec_.parts));
    specific = graph_.node("Concat", name + ".features", features, {{"axis", std::int64_t{1}}});
    const Value by_group = graph_.node("Concat", name + ".by_group", maps, {{"axis", std::int64_t{1}}});
    return graph_.node("Conv", name, {by_group, sorting_});
  }

  const config::ModelSpec& spec_;
  OnnxGraph& graph_;
  std::map<std::string, at::Tensor> tensors_;
  Value doubling_, sorting_;
};

// RGB from 0 to 255 -> as normalised_images() gives them.
std::string normalised(const std::string& image, const std::array<double, 3>& mean_rgb, OnnxGraph& graph) {
  const std::string scaled = graph.node("Div", "scaled", {image, graph.constant("highest", at::tensor(255.F))});
  const at::Tensor mean = at::tensor(at::ArrayRef<double>(mean_rgb)).view({1, 3, 1, 1});
  return graph.node("Sub", "normalised", {scaled, graph.constant("mean_rgb", mean)});
}

Metadata onnx_metadata(const NetworkDescription& description) {
  Metadata metadata = to_metadata(description);
  metadata["format"] = "pbn-onnx";
  metadata["mean_rgb"] = canonical(Json(description.mean_rgb));
  metadata["flip_pairs"] = canonical(Json(description.tasks.flip_pairs));
  metadata["limbs"] = canonical(Json(description.tasks.limbs));
  return metadata;
}

// A side of the input, or of the heat maps, or its name where it may vary.
OnnxDimension side_of(int pixels, const char* name) {
  return pixels > 0 ? OnnxDimension(std::int64_t{pixels}) : OnnxDimension(name);
}

}  // namespace

NetworkDescription write_onnx(const std::filesystem::path& weights, const std::filesystem::path& file) {
  NetworkDescription description = read_weights_description(weights);
  Network network(description.spec, {});
  read_weights(weights, network);
  OnnxGraph graph;
  const OnnxDimension batch = "batch", parts = std::int64_t{description.spec.parts};
  const int side = description.input_pixels, cells = side / pixels_per_cell;
  const std::string image =
      graph.input("image", {batch, std::int64_t{3}, side_of(side, "height"), side_of(side, "width")});
  const std::string maps = NetworkGraph(network, graph).heat_maps(normalised(image, description.mean_rgb, graph));
  const OnnxDecoded decoded = onnx_decoding(graph, graph.node("Identity", "heat_maps", {maps}));
  graph.output(decoded.joints, {batch, parts, std::int64_t{2}});
  graph.output(decoded.confidence, {batch, parts});
  graph.output("heat_maps", {batch, parts, side_of(cells, "rows"), side_of(cells, "columns")});
  write_atomically(file, graph.model(onnx_metadata(description)));
  return description;
}

}  // namespace pbn::model
