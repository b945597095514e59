#include "data/sources/annotation_formats.h"

#include <algorithm>

#include "base/error.h"

namespace pbn {
namespace {

constexpr const char* for_mpii =
    "MPII is read by pbn prepare mpii (mpii_human_pose_v1_u12_1.mat), mpii-newell (train.h5, valid.h5) and mpii-json "
    "(HRNet's and mmpose's train.json, valid.json)";
constexpr const char* for_coco = "give person_keypoints_*.json or one like it, with images, annotations and categories";

AnnotationFormat format_of_entries(const Json& entry) {
  const auto has = [&](const char* key) { return entry.contains(key); };
  if (has("joint_self") || has("img_paths")) {
    return {"a list as pytorch-pose's mpii_annotations.json and CPM's MPI_annotations.json", "", for_mpii};
  }
  if (has("keypoint_annotations")) return {"AI Challenger's annotations", "", "convert it to COCO's format"};
  if (has("image_id") && (has("score") || !has("id"))) {
    return {"a list of COCO results, that is, somebody's predictions", "",
            "give the annotations that they are to be held against: person_keypoints_*.json"};
  }
  if (has("image_id")) return {"a list of COCO's annotations alone", "", for_coco};
  if (has("file_name") && has("annotations")) return {"a list of Detectron2's dataset dicts", "", for_coco};
  if (has("data") && (has("annotations") || has("completions"))) {
    return {"an export of Label Studio", "", "export it in COCO's format"};
  }
  if (has("image") && (has("joints") || has("center"))) {
    return {"MPII's annotations as HRNet and mmpose have them", "mpii-json", "pbn prepare mpii-json reads them"};
  }
  return {};
}

// {"a.jpg": [[x, y, width, height], ...], ...}, which `pbn predict --boxes` reads.
bool is_boxes_by_name(const Json& file) {
  const auto is_box = [](const Json& box) { return box.is_array() && box.size() == 4 && box[0].is_number(); };
  return !file.empty() && std::all_of(file.begin(), file.end(), [&](const Json& boxes) {
    return boxes.is_array() && !boxes.empty() && std::all_of(boxes.begin(), boxes.end(), is_box);
  });
}

AnnotationFormat format_of_object(const Json& file) {
  const auto has = [&](const char* key) { return file.contains(key); };
  const auto has_list = [&](const char* key) { return has(key) && file[key].is_array(); };
  if (has("images") && has("annotations")) {
    return {"COCO's annotations", "coco", "pbn prepare coco reads them"};
  }
  if (has_list("images") && (has("categories") || has("info") || has("licenses"))) {
    return {"COCO's list of images without annotations, as image_info_*.json", "", for_coco};
  }
  if (has_list("root") && !file["root"].empty() && file["root"][0].is_object())
    return format_of_entries(file["root"][0]);
  if (has_list("annolist")) return {"PoseTrack's or MPII's annolist as JSON", "", for_mpii};
  if (has_list("people")) return {"OpenPose's output for one photograph", "", for_coco};
  if (has("shapes") && has("imagePath")) {
    return {"labelme's annotations of one photograph", "", "convert them to COCO's format"};
  }
  const Json* first = file.empty() ? nullptr : &*file.begin();
  const bool is_via = first && first->is_object() && first->contains("regions") && first->contains("filename");
  if (is_via || has("_via_img_metadata")) {
    return {"annotations of the VGG Image Annotator", "", "export them in COCO's format"};
  }
  if (is_boxes_by_name(file)) {
    return {"boxes by the photographs' names, as pbn predict --boxes reads them", "", for_coco};
  }
  return {};
}

}  // namespace

AnnotationFormat annotation_format(const Json& file) {
  if (file.is_object()) return format_of_object(file);
  if (!file.is_array()) return {};
  if (file.empty()) return {"an empty list", "", "was it written to its end?"};
  const auto first = std::find_if(file.begin(), file.end(), [](const Json& entry) { return entry.is_object(); });
  return first == file.end() ? AnnotationFormat{} : format_of_entries(*first);
}

Json parse_annotations(std::string_view text, const std::string& where, const std::string& importer) {
  std::optional<std::string> repeated;
  Json file = parse_json(text, where, repeated);
  const AnnotationFormat format = annotation_format(file);
  if (!format.name.empty() && format.importer != importer) {
    throw data_error(where, format.hint, "is {}, which pbn prepare {} does not read", format.name, importer);
  }
  if (repeated) {
    throw data_error(where, "were two files put together? merge their lists", "has the key \"{}\" twice in one object",
                     *repeated);
  }
  return file;
}

}  // namespace pbn
