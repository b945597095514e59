// evaluation/coco_evaluation.h: a list is compared as COCO's results with a fixed truth, anything else is the truth of
// fixed results.
#include "evaluation/coco_evaluation.h"

#include "fuzz/target.h"

namespace pbn {
namespace {

// Two photographs and two categories; a crowd, and a person without labelled keypoints.
constexpr std::string_view known_truth = R"({"images": [{"id": 1}, {"id": 2}],
 "categories": [{"id": 1, "name": "person", "keypoints": ["nose", "left_hip"]}, {"id": 2, "keypoints": ["nose"]}],
 "annotations": [
  {"id": 1, "image_id": 1, "category_id": 1, "area": 2000, "keypoints": [5, 5, 2, 9, 20, 1]},
  {"id": 2, "image_id": 1, "category_id": 1, "area": 20000, "bbox": [0, 0, 9, 9], "iscrowd": 1},
  {"id": 3, "image_id": 2, "category_id": 1, "area": 900, "bbox": [0, 0, 9, 9], "num_keypoints": 0},
  {"id": 4, "image_id": 2, "category_id": 2, "area": 9e5, "keypoints": [7, 7, 2]}]})";
constexpr std::string_view known_results = R"([
 {"image_id": 1, "category_id": 1, "score": 0.5, "keypoints": [5, 6, 1, 9, 21, 1]},
 {"image_id": 1, "category_id": 1, "score": 0.5, "keypoints": [50, 60, 1, 90, 21, 1]},
 {"image_id": 2, "category_id": 2, "score": -1, "keypoints": [7, 8, 1]}])";

}  // namespace

void fuzz(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  const bool is_list = first != std::string_view::npos && bytes[first] == '[';
  read_or_refuse(Blame::data, "a.json", [&] {
    const evaluation::CocoFigures figures =
        is_list ? evaluation::evaluate_coco({bytes, "a.json"}, {known_truth, "truth for a.json"})
                : evaluation::evaluate_coco({known_results, "results for a.json"}, {bytes, "a.json"});
    for (const auto& [name, value] : figures.figures) {
      if (value && !(*value >= 0 && *value <= 1)) std::abort();
    }
  });
}

}  // namespace pbn
