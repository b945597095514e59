// A trained network as an ONNX file, which ONNX Runtime, OpenVINO, TensorRT and others run without this program.
#pragma once

#include <filesystem>

#include "model/weights/weights_file.h"

namespace pbn::model {

// Reads weights (weights_file.h) and writes the network, with its weights in float32:
//   input    image       float32 (batch, 3, P, P)      RGB from 0 to 255; the graph divides by 255 and subtracts the
//   mean outputs  joints      float32 (batch, K, 2)         x and y in input pixels; pixel i covers [i, i+1)
//            confidence  float32 (batch, K)            the maps' highest values
//            heat_maps   float32 (batch, K, P/4, P/4)  of the last stack
// P is the side of the training images, or any multiple of 64 where the weights do not state it. The joints are those
// of decode(maps, true): the highest cell, moved by a quarter of a cell towards the higher neighbour.
//
// Metadata: those of the weights, with "format" "pbn-onnx"; "mean_rgb"; the skeleton's "flip_pairs" and "limbs" as JSON
// lists of pairs of numbers from 0, of the parts in "parts".
//
// Atomic; equal weights give equal bytes. Returns what the weights file says of the network. Throws the errors of
// read_weights().
NetworkDescription write_onnx(const std::filesystem::path& weights, const std::filesystem::path& file);

}  // namespace pbn::model
