#include "model/onnx/onnx_graph.h"

#include <ATen/ATen.h>

namespace pbn::model {
namespace {

// Numbers of fields and values of enums in onnx.proto3.
namespace model_field {
constexpr int ir_version = 1, producer_name = 2, graph = 7, opset_import = 8, metadata_props = 14;
}
namespace graph_field {
constexpr int node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node_field {
constexpr int input = 1, output = 2, name = 3, op_type = 4, attribute = 5;
}
namespace attribute_field {
constexpr int name = 1, f = 2, i = 3, s = 4, ints = 8, type = 20;
constexpr int is_float = 1, is_int = 2, is_string = 3, is_ints = 7;
}  // namespace attribute_field
namespace tensor_field {
constexpr int dims = 1, data_type = 2, name = 8, raw_data = 9;
constexpr int is_float = 1, is_int64 = 7;
}  // namespace tensor_field

constexpr int ir_version = 7;  // of the release that has operators of version 13

// TypeProto, its Tensor, TensorShapeProto and Dimension within each other.
ProtobufMessage value_info(const std::string& name, const OnnxShape& shape) {
  ProtobufMessage dimensions;
  for (const OnnxDimension& dimension : shape) {
    ProtobufMessage size;
    if (const auto* number = std::get_if<std::int64_t>(&dimension)) {
      size.integer(1, *number);
    } else {
      size.bytes(2, std::get<std::string>(dimension));
    }
    dimensions.message(1, size);
  }
  const ProtobufMessage tensor = ProtobufMessage().integer(1, tensor_field::is_float).message(2, dimensions);
  return ProtobufMessage().bytes(1, name).message(2, ProtobufMessage().message(1, tensor));
}

struct AttributeWriter {
  ProtobufMessage& message;

  void operator()(std::int64_t value) const {
    message.integer(attribute_field::i, value).integer(attribute_field::type, attribute_field::is_int);
  }
  void operator()(float value) const {
    message.real(attribute_field::f, value).integer(attribute_field::type, attribute_field::is_float);
  }
  void operator()(const std::string& value) const {
    message.bytes(attribute_field::s, value).integer(attribute_field::type, attribute_field::is_string);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    for (const std::int64_t value : values) message.integer(attribute_field::ints, value);
    message.integer(attribute_field::type, attribute_field::is_ints);
  }
};

}  // namespace

std::string OnnxGraph::input(const std::string& name, const OnnxShape& shape) {
  inputs_.message(graph_field::input, value_info(name, shape));
  return name;
}

void OnnxGraph::output(const std::string& name, const OnnxShape& shape) {
  outputs_.message(graph_field::output, value_info(name, shape));
}

std::string OnnxGraph::constant(const std::string& name, const at::Tensor& value) {
  const bool is_float = value.is_floating_point();
  const at::Tensor stored = value.detach().to(at::kCPU, is_float ? at::kFloat : at::kLong).contiguous();
  ProtobufMessage tensor;
  for (const std::int64_t size : stored.sizes()) tensor.integer(tensor_field::dims, size);
  tensor.integer(tensor_field::data_type, is_float ? tensor_field::is_float : tensor_field::is_int64)
      .bytes(tensor_field::name, name)
      .bytes(tensor_field::raw_data, {static_cast<const char*>(stored.const_data_ptr()), stored.nbytes()});
  constants_.message(graph_field::initializer, tensor);
  return name;
}

std::string OnnxGraph::node(const std::string& operation, const std::string& name,
                            const std::vector<std::string>& inputs, const OnnxAttributes& attributes) {
  ProtobufMessage node;
  for (const std::string& input : inputs) node.bytes(node_field::input, input);
  node.bytes(node_field::output, name).bytes(node_field::name, name).bytes(node_field::op_type, operation);
  for (const auto& [key, value] : attributes) {
    ProtobufMessage attribute;
    attribute.bytes(attribute_field::name, key);
    std::visit(AttributeWriter{attribute}, value);
    node.message(node_field::attribute, attribute);
  }
  nodes_.message(graph_field::node, node);
  return name;
}

std::string OnnxGraph::model(const std::map<std::string, std::string>& metadata) const {
  const std::string graph = nodes_.encoded() + ProtobufMessage().bytes(graph_field::name, "pose network").encoded() +
                            constants_.encoded() + inputs_.encoded() + outputs_.encoded();
  ProtobufMessage model;
  model.integer(model_field::ir_version, ir_version)
      .bytes(model_field::producer_name, "pbn")
      .bytes(model_field::graph, graph)
      .message(model_field::opset_import, ProtobufMessage().bytes(1, "").integer(2, onnx_operators));
  for (const auto& [key, value] : metadata) {
    model.message(model_field::metadata_props, ProtobufMessage().bytes(1, key).bytes(2, value));
  }
  return model.encoded();
}

}  // namespace pbn::model
