// COCO's average precision and recall of people who were found in photographs (cocodataset.org/#keypoints-eval;
// evaluateImg and accumulate in pycocotools/cocoeval.py, version 2.0.11).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pbn::evaluation {

// A found person matches an annotated one if they are at least this similar: 0.5, 0.55, ..., 0.95.
inline constexpr std::size_t thresholds = 10;
inline constexpr std::size_t threshold_50 = 0, threshold_75 = 5;

inline constexpr std::size_t most_found = 20;  // people per photograph and category; of more, the surest are taken

struct TruePerson {
  double area = 0;          // square pixels
  bool is_ignored = false;  // found or not, the person does not count: a crowd, or without labelled keypoints
  bool is_crowd = false;    // may be matched many times
  bool has_id_0 = false;    // pycocotools takes a match with it for none
};

struct DetectedPerson {
  double score = 0;
  double area = 0;  // square pixels
};

struct PeopleInPhotograph {
  std::vector<TruePerson> people;
  std::vector<DetectedPerson> detected;  // the surest first, at most `most_found`
  std::vector<double> similarity;        // (detected, people), row by row, 0 to 1
};

// People of an area in [low, high] count. Others are ignored, and so are detections of other areas without a match.
struct AreaRange {
  double low, high;  // square pixels
};
inline constexpr AreaRange any_area{0, 1e5 * 1e5}, medium_area{32 * 32, 96 * 96}, large_area{96 * 96, 1e5 * 1e5};

struct PrecisionAndRecall {
  std::array<double, thresholds> precision{};  // mean over the recalls 0, 0.01, ..., 1
  std::array<double, thresholds> recall{};
};

// Matches in each photograph, the surest detections first, each to the most similar person left; then averages over the
// detections of all photographs by falling score. Among equal scores the order of the photographs, which is COCO's
// order of ids, and of detections counts. Nothing if no person counts.
std::optional<PrecisionAndRecall> precision_and_recall(std::span<const PeopleInPhotograph> photographs,
                                                       AreaRange range);

}  // namespace pbn::evaluation
