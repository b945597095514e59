// One validation person, drawn again and again on the same photograph: as annotated, and as cells predict them.
#pragma once

#include <cstddef>
#include <string>

#include "drawing/drawing.h"
#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"

namespace pbn {

struct GalleryPanel {
  std::string caption;  // "true pose", or the cell's label
  std::string note;     // "14 of 16 found"
  std::string svg;      // inline
};

// How far a predicted joint is from its true place, in reference lengths; NaN where nothing was predicted.
double error_of(const Predictions& predictions, const GroundTruth& truth, std::size_t person, int part);

class PersonPainter {
 public:
  // `photograph_is_there`: the page has this person's already, and the truth's panel uses it.
  PersonPainter(const PoseFile& file, const GroundTruth& truth, std::size_t person, double threshold,
                bool photograph_is_there);

  GalleryPanel truth() const;  // has the photograph, to which predictions refer

  // A dashed line leads from a joint that is not found to its true place.
  GalleryPanel prediction(const std::string& label, const Predictions& predictions) const;

 private:
  // The square of the crop that is shown, in crop pixels.
  struct Square {
    double left, top, side;
  };

  static Square square_around(const DrawnPose& pose, const PoseFileInfo& info);
  std::string photograph() const;
  std::string drawn(const DrawnPose& pose) const;
  std::string panel(const std::string& description, const std::string& content) const;
  std::ptrdiff_t count_labelled() const;

  const PoseFile& file_;
  const GroundTruth& truth_;
  std::size_t person_;
  double threshold_;
  bool photograph_is_there_;
  PartColours colours_;
  DrawnPose true_pose_;
  Square view_;
};

}  // namespace pbn
