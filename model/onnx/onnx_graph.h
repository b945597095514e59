// A graph of ONNX operators (onnx.ai/onnx/repo-docs/IR.html) and the bytes of its model file.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/onnx/protobuf.h"

namespace pbn::model {

// The version of the operators: 13 is from 2020, so that most runtimes know it.
inline constexpr int onnx_operators = 13;

using OnnxAttribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
using OnnxAttributes = std::vector<std::pair<std::string, OnnxAttribute>>;

using OnnxDimension = std::variant<std::int64_t, std::string>;  // a size, or the name of one that may vary: "batch"
using OnnxShape = std::vector<OnnxDimension>;

// Values are known by their names, which must be unique: inputs, weights and what the operators compute.
class OnnxGraph {
 public:
  // A float32 input or output of the model.
  std::string input(const std::string& name, const OnnxShape& shape);
  void output(const std::string& name, const OnnxShape& shape);

  // A tensor in the file: float32 for any floating-point type, else int64.
  std::string constant(const std::string& name, const at::Tensor& value);

  // Adds an operator with one result, which has the name of the operator. An empty input is left out.
  std::string node(const std::string& operation, const std::string& name, const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {});

  // The content of the file. `metadata` are texts by name that programs can read.
  std::string model(const std::map<std::string, std::string>& metadata) const;

 private:
  ProtobufMessage nodes_, constants_, inputs_, outputs_;  // parts of one GraphProto
};

}  // namespace pbn::model
