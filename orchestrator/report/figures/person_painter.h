// One validation person on the photograph, with the annotated pose and with the poses that cells predict.
#pragma once

#include <cstddef>
#include <string>

#include "drawing/drawing.h"
#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"

namespace pbn::report {

struct GalleryPanel {
  std::string caption;  // "true pose", or the cell's label
  std::string note;     // "14 of 16 found"
  std::string svg;      // inline
};

// Distance of a predicted joint from the true one in reference lengths; NaN where the joint is not predicted.
double error_of(const evaluation::Predictions& predictions, const evaluation::GroundTruth& truth, std::size_t person,
                int part);

class PersonPainter {
 public:
  // `is_embedded`: the page already has the photograph, and the panel of the true pose refers to it.
  PersonPainter(const data::PoseFile& file, const evaluation::GroundTruth& truth, std::size_t person, double threshold,
                bool is_embedded);

  GalleryPanel truth() const;  // embeds the photograph

  // Refers to the photograph. A dashed line leads from each joint that is not found to the true one.
  GalleryPanel prediction(const std::string& label, const evaluation::Predictions& predictions) const;

 private:
  // The part of the crop that is shown, in crop pixels.
  struct Square {
    double left, top, side;
  };

  static Square square_around(const drawing::DrawnPose& pose, const data::PoseFileInfo& info);
  std::string photograph() const;
  std::string drawn(const drawing::DrawnPose& pose) const;
  std::string panel(const std::string& description, const std::string& content) const;
  std::ptrdiff_t count_labelled() const;

  const data::PoseFile& file_;
  const evaluation::GroundTruth& truth_;
  std::size_t person_;
  double threshold_;
  bool is_embedded_;
  drawing::PartColours colours_;
  drawing::DrawnPose true_pose_;
  Square view_;
};

}  // namespace pbn::report
