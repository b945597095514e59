// Heat maps of the same person seen at several scales, laid over each other (Sec. 4.2: six-scale image pyramids).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "config/run_config.h"
#include "data/pose_file/people.h"

namespace pbn {

// The frame that the maps of all views are resized to. At scale s the network's input of P x P pixels shows a square of
// s x the person's box (data/loading/augmentation.h, central_view). The frame is the square of the largest view,
// divided into F x F pixels of the size that an input pixel has at scale 1; all views share its centre. A position f in
// it lies at
//   input pixel (f - F/2) / s + P/2 of the view at scale s.
// So a heat map's cell is 4 s frame pixels wide: taking the highest frame pixel adds at most half an input pixel, a
// 512th of the box at P = 256, to what the maps themselves say. A frame in the photograph's own pixels would be a
// different one for every person, several times as large, and no more exact.
class ScaleFrame {
 public:
  // scales ascending
  ScaleFrame(std::vector<double> scales, int input_pixels, bool lineage_border = false);

  int side() const { return side_; }  // F

  // The mean over the scales of their maps, one (B, K, S, S) for each in their order, resized bilinearly: (B, K, F, F).
  // A view is 0 where it does not see, and fades to that in the outermost half of its outermost cells; with
  // `lineage_border` they hold their value to the view's edge, as when an image is resized. Each map is resized by
  // itself.
  at::Tensor mean(const std::vector<at::Tensor>& maps) const;

  // Frame position -> input pixel of the view at scales[view].
  Affine to_input(std::size_t view) const;

 private:
  std::vector<double> scales_;
  int input_pixels_;
  int side_;
  bool lineage_border_;
};

struct FoundJoints {
  at::Tensor joints;      // float32 (B, K, 2)
  at::Tensor confidence;  // float32 (B, K) the highest value, of the map or of the mean
  Affine to_input;        // joints -> input pixels of the view at the first scale
};

// maps: one (B, K, S, S) for each of the test's scales, which ascend. With one scale as decode() finds them; with
// several at the centre of the highest pixel of their mean.
FoundJoints find_joints(const std::vector<at::Tensor>& maps, const Testing& test);

}  // namespace pbn
