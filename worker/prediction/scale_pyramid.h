// The mean of a person's heat maps at several scales (Sec. 4.2: six-scale image pyramids).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "config/run_config.h"
#include "data/pose_file/people.h"

namespace pbn::worker {

// The common frame to which the maps of all views are resized. At scale s the network's input of P x P pixels shows a
// square of s times the person's box (data/loading/augmentation.h, central_view). The frame is the square of the
// largest view, divided into F x F pixels as large as an input pixel at scale 1. All views have the same centre. The
// frame position f corresponds to
//   input pixel (f - F/2) / s + P/2 of the view at scale s.
// A heat map's cell is thus 4 s frame pixels wide, and rounding to a frame pixel adds an error of at most half an input
// pixel, a 512th of the box at P = 256. A frame in pixels of the photograph would differ from person to person, be
// several times as large, and no more accurate.
class ScaleFrame {
 public:
  // scales ascending
  ScaleFrame(std::vector<double> scales, int input_pixels, bool lineage_border = false);

  int side() const { return side_; }  // F

  // maps: one (B, K, S, S) for each scale -> the mean over the scales of the bilinearly resized maps: (B, K, F, F).
  // A view is 0 outside its square and fades to 0 in the outer half of its border cells; with `lineage_border` the
  // border cells keep their value up to the edge, as when an image is resized. A person's result does not depend on the
  // batch.
  at::Tensor mean(const std::vector<at::Tensor>& maps) const;

  // Frame position -> input pixel of the view at scales[view].
  data::Affine to_input(std::size_t view) const;

 private:
  std::vector<double> scales_;
  int input_pixels_;
  int side_;
  bool lineage_border_;
};

struct FoundJoints {
  at::Tensor joints;      // float32 (B, K, 2)
  at::Tensor confidence;  // float32 (B, K) the highest value of the map or of the mean
  data::Affine to_input;  // joints -> input pixels of the view at the first scale
};

// maps: one (B, K, S, S) for each of the test's scales in ascending order. With one scale the joints are those of
// decode(); with several they are the centres of the highest pixels of the mean.
FoundJoints find_joints(const std::vector<at::Tensor>& maps, const config::TestProtocol& test);

}  // namespace pbn::worker
