#include "data/sources/annotation_formats.h"

#include <algorithm>

#include "base/error.h"

namespace pbn::data {
namespace {

constexpr const char* for_mpii =
    "MPII is read by pbn prepare mpii (mpii_human_pose_v1_u12_1.mat), mpii-newell (train.h5, valid.h5) and mpii-json "
    "(HRNet's and mmpose's train.json, valid.json)";
constexpr const char* convert_to_coco = "convert it to COCO's format";
constexpr const char* for_coco = "give person_keypoints_*.json or one like it, with images, annotations and categories";

struct Signature {
  std::vector<const char*> keys;  // all of them are in the object
  AnnotationFormat format;
};

AnnotationFormat first_match(const Json& object, const std::vector<Signature>& signatures) {
  const auto matches = [&](const Signature& signature) {
    return std::all_of(signature.keys.begin(), signature.keys.end(), [&](auto key) { return object.contains(key); });
  };
  const auto found = std::find_if(signatures.begin(), signatures.end(), matches);
  return found == signatures.end() ? AnnotationFormat{} : found->format;
}

AnnotationFormat format_of_entries(const Json& entry) {
  const AnnotationFormat list{"a list as pytorch-pose's mpii_annotations.json and CPM's MPI_annotations.json", "",
                              for_mpii};
  const AnnotationFormat results{"a list of COCO results, that is, predictions", "",
                                 "give the annotations to compare them with: person_keypoints_*.json"};
  const AnnotationFormat label_studio{"an export of Label Studio", "", "export it in COCO's format"};
  const AnnotationFormat hrnet{"MPII's annotations as HRNet and mmpose have them", "mpii-json",
                               "pbn prepare mpii-json reads them"};
  return first_match(entry, {{{"joint_self"}, list},
                             {{"img_paths"}, list},
                             {{"keypoint_annotations"}, {"AI Challenger's annotations", "", convert_to_coco}},
                             {{"image_id", "score"}, results},
                             {{"image_id", "id"}, {"a list of COCO's annotations alone", "", for_coco}},
                             {{"image_id"}, results},
                             {{"file_name", "annotations"}, {"a list of Detectron2's dataset dicts", "", for_coco}},
                             {{"data", "annotations"}, label_studio},
                             {{"data", "completions"}, label_studio},
                             {{"image", "joints"}, hrnet},
                             {{"image", "center"}, hrnet}});
}

// Boxes for `pbn predict --boxes`: {"a.jpg": [[x, y, width, height], ...], ...}.
bool is_boxes_by_name(const Json& file) {
  const auto is_box = [](const Json& box) { return box.is_array() && box.size() == 4 && box[0].is_number(); };
  return !file.empty() && std::all_of(file.begin(), file.end(), [&](const Json& boxes) {
    return boxes.is_array() && !boxes.empty() && std::all_of(boxes.begin(), boxes.end(), is_box);
  });
}

AnnotationFormat format_of_object(const Json& file) {
  const auto root = file.find("root");
  if (root != file.end() && root->is_array() && !root->empty() && root->front().is_object()) {
    return format_of_entries(root->front());
  }
  const AnnotationFormat images{"COCO's list of images without annotations, as image_info_*.json", "", for_coco};
  AnnotationFormat via{"annotations of the VGG Image Annotator", "", "export them in COCO's format"};
  AnnotationFormat format =
      first_match(file, {{{"images", "annotations"}, {"COCO's annotations", "coco", "pbn prepare coco reads them"}},
                         {{"images", "categories"}, images},
                         {{"images", "info"}, images},
                         {{"images", "licenses"}, images},
                         {{"annolist"}, {"PoseTrack's or MPII's annolist as JSON", "", for_mpii}},
                         {{"people"}, {"OpenPose's output for one photograph", "", for_coco}},
                         {{"shapes", "imagePath"}, {"labelme's annotations of one photograph", "", convert_to_coco}},
                         {{"_via_img_metadata"}, via}});
  if (!format.name.empty() || file.empty()) return format;
  if (const Json& first = *file.begin(); first.is_object() && first.contains("regions") && first.contains("filename")) {
    return via;
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

}  // namespace pbn::data
