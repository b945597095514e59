#include "model/onnx/onnx_decoding.h"

#include <ATen/ATen.h>

#include "model/heat_maps.h"

namespace pbn::model {
namespace {

// Steps along one axis of a heat map, whose cells are numbered row by row. The names of all values begin with the axis.
class AxisGraph {
 public:
  AxisGraph(OnnxGraph& graph, std::string axis) : graph_(graph), axis_(std::move(axis)) {}

  // Input pixels (B, K, 1) of the highest cell `cell` (B, K, 1), which is `place` on this axis and whose neighbours lie
  // `step` cells away in `flat` (B, K, S * S).
  std::string joint(const std::string& flat, const std::string& cell, const std::string& place,
                    const std::string& step) {
    const std::string higher =
        subtract("rise", neighbour(flat, cell, step, "Add", "next"), neighbour(flat, cell, step, "Sub", "previous"));
    const std::string quarter =
        node("Mul", "quarter",
             {node("Sign", "direction", {higher}), graph_.constant(axis_ + ".a_quarter", at::tensor(0.25F))});
    const std::string shift = node("Mul", "shift", {quarter, as_float("inside", has_neighbours(place))});
    const std::string centre = node("Add", "centre",
                                    {node("Add", "shifted", {as_float("cell", place), shift}),
                                     graph_.constant(axis_ + ".a_half", at::tensor(0.5F))});
    return node("Mul", "joint",
                {centre, graph_.constant(axis_ + ".pixels", at::tensor(static_cast<float>(pixels_per_cell)))});
  }

 private:
  std::string node(const char* operation, const char* name, const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {}) {
    return graph_.node(operation, axis_ + "." + name, inputs, attributes);
  }
  std::string subtract(const char* name, const std::string& a, const std::string& b) {
    return node("Sub", name, {a, b});
  }
  std::string as_float(const char* name, const std::string& value) {
    return node("Cast", name, {value}, {{"to", std::int64_t{1}}});  // TensorProto.FLOAT
  }

  // The value beside the highest cell. Outside of the map it is some value of the map, which is not used.
  std::string neighbour(const std::string& flat, const std::string& cell, const std::string& step,
                        const char* operation, const std::string& name) {
    const std::string there = graph_.node(operation, axis_ + "." + name + "_cell", {cell, step});
    const std::string not_before = graph_.node("Max", axis_ + "." + name + "_not_before", {there, "first_cell"});
    const std::string within = graph_.node("Min", axis_ + "." + name + "_within", {not_before, "last_cell"});
    return graph_.node("GatherElements", axis_ + "." + name, {flat, within}, {{"axis", std::int64_t{2}}});
  }

  std::string has_neighbours(const std::string& place) {
    return node(
        "And", "has_both",
        {node("Greater", "has_previous", {place, "first_cell"}), node("Less", "has_next", {place, "last_place"})});
  }

  OnnxGraph& graph_;
  std::string axis_;
};

}  // namespace

OnnxDecoded onnx_decoding(OnnxGraph& graph, const std::string& maps) {
  OnnxDecoded decoded;
  const std::string one = graph.constant("one", at::tensor({std::int64_t{1}}));
  graph.constant("first_cell", at::tensor({std::int64_t{0}}));
  const std::string flat =
      graph.node("Reshape", "flat_maps", {maps, graph.constant("flat", at::tensor({0L, 0L, -1L}))});
  const std::string cell =
      graph.node("ArgMax", "highest_cell", {flat}, {{"axis", std::int64_t{2}}, {"keepdims", std::int64_t{1}}});
  const std::string side = graph.node(
      "Gather", "side",
      {graph.node("Shape", "shape_of_maps", {maps}), graph.constant("width", at::tensor({std::int64_t{3}}))});
  graph.node("Sub", "last_place", {side, one});
  graph.node("Sub", "last_cell", {graph.node("Mul", "cells", {side, side}), one});
  const std::string row = graph.node("Div", "row", {cell, side});
  const std::string column = graph.node("Sub", "column", {cell, graph.node("Mul", "before_row", {row, side})});
  graph.node("Concat", decoded.joints,
             {AxisGraph(graph, "x").joint(flat, cell, column, one), AxisGraph(graph, "y").joint(flat, cell, row, side)},
             {{"axis", std::int64_t{2}}});
  graph.node("ReduceMax", decoded.confidence, {flat},
             {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", std::int64_t{0}}});
  return decoded;
}

}  // namespace pbn::model
