// Object keypoint similarity (OKS), by which COCO compares poses (cocodataset.org/#keypoints-eval; computeOks in
// pycocotools/cocoeval.py, version 2.0.11, with its operations in its order).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pbn::evaluation {

// COCO's constant of a keypoint, "left_knee" or "l-knee" alike: the standard deviation of annotators relative to the
// square root of the person's area. Nothing for keypoints that COCO does not have.
std::optional<double> coco_sigma(const std::string& keypoint);

// The annotated keypoints of one person. K places in pixels.
struct TrueKeypoints {
  std::vector<std::array<double, 2>> joints;  // (K) any value where not labelled
  std::vector<bool> labelled;                 // (K)
  std::array<double, 4> box{};                // x, y, width, height; read only where no keypoint is labelled
  double area = 0;                            // of the person's segment, in square pixels
};

// From 0 to 1: the mean of exp(-d^2 / (2 area (2 sigma)^2)) over the labelled keypoints, where d is the distance of the
// found place. For a person without labelled keypoints d is the distance from the box enlarged threefold, and all K
// keypoints count: COCO does not punish people who are found there. `found` and `sigmas` have K entries.
double keypoint_similarity(const TrueKeypoints& truth, std::span<const std::array<double, 2>> found,
                           std::span<const double> sigmas);

}  // namespace pbn::evaluation
