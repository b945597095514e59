#include "data/sources/data_sets.h"

#include <algorithm>

#include "data/sources/coco.h"
#include "data/sources/leeds.h"
#include "data/sources/mpii.h"
#include "data/sources/mpii_json.h"
#include "data/sources/newell.h"

namespace pbn::data {

namespace {

CocoOptions coco_options(const DataSetPlace& place) {
  CocoOptions options{.as = place.as, .category = place.category, .part = place.part};
  if (!place.skeleton.empty()) {
    options.skeleton = read_json(place.skeleton);
    options.skeleton_where = place.skeleton.string();
  }
  return options;
}

}  // namespace

const std::vector<DataSet>& data_sets() {
  using Place = DataSetPlace;
  static const std::vector<DataSet> all{
      {.name = "mpii",
       .input = "MAT",
       .description = "MPII Human Pose as published: mpii_human_pose_v1_u12_1.mat",
       .has_images_apart = true,
       .splits = {"train", "test"},
       .read =
           [](const Place& place, const std::string& split) {
             return read_mpii(place.input, place.images, split == "test" ? MpiiSplit::test : MpiiSplit::train);
           }},
      {.name = "mpii-newell",
       .input = "H5",
       .description = "MPII as Newell's train.h5 and valid.h5",
       .has_images_apart = true,
       .read = [](const Place& place, const std::string&) { return read_mpii_newell(place.input, place.images); }},
      {.name = "mpii-json",
       .input = "JSON",
       .description = "MPII as HRNet's and mmpose's train.json, valid.json and test.json",
       .has_images_apart = true,
       .read = [](const Place& place, const std::string&) { return read_mpii_json(place.input, place.images); }},
      {.name = "lsp",
       .input = "FOLDER",
       .description = "Leeds Sports Pose: photographs 1-1000 train, 1001-2000 test",
       .can_be_corrected = true,
       .splits = {"train", "test"},
       .read =
           [](const Place& place, const std::string& split) {
             return read_lsp(place.input, split == "test" ? LspSplit::test : LspSplit::train, place.corrected);
           }},
      {.name = "lspet",
       .input = "FOLDER",
       .description = "Leeds Sports Pose extended: 10,000 training photographs",
       .splits = {"train"},
       .read = [](const Place& place, const std::string&) { return read_lspet(place.input); }},
      {.name = "coco",
       .input = "JSON",
       .description = "COCO's person_keypoints_*.json, or any file in that format: hands, animals, exports",
       .has_images_apart = true,
       .has_own_skeletons = true,
       .read = [](const Place& place,
                  const std::string&) { return read_coco(place.input, place.images, coco_options(place)); }},
  };
  return all;
}

const DataSet* find_data_set(const std::string& name) {
  const auto found =
      std::find_if(data_sets().begin(), data_sets().end(), [&](const DataSet& set) { return set.name == name; });
  return found == data_sets().end() ? nullptr : &*found;
}

}  // namespace pbn::data
