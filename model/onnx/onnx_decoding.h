// decode() of model/heat_maps.h as ONNX operators.
#pragma once

#include <string>

#include "model/onnx/onnx_graph.h"

namespace pbn::model {

// Names of the results.
struct OnnxDecoded {
  std::string joints = "joints";          // (B, K, 2) input pixels
  std::string confidence = "confidence";  // (B, K) the map's highest value
};

// Adds the operators that find the joints in heat maps (B, K, S, S), with the quarter shift.
OnnxDecoded onnx_decoding(OnnxGraph& graph, const std::string& maps);

}  // namespace pbn::model
