#include "data/sources/data_sets.h"

#include <algorithm>

#include "data/sources/coco.h"
#include "data/sources/lsp.h"
#include "data/sources/lspet.h"
#include "data/sources/mpii.h"
#include "data/sources/mpii_json.h"
#include "data/sources/newell.h"

namespace pbn {
namespace {

DataSet mpii() {
  DataSet set{"mpii", "MAT", "MPII Human Pose as published: mpii_human_pose_v1_u12_1.mat"};
  set.has_images_apart = true;
  set.splits = {"train", "test"};
  set.read = [](const DataSetPlace& place, const std::string& split) {
    return read_mpii(place.input, place.images, split == "test" ? MpiiSplit::test : MpiiSplit::train);
  };
  return set;
}

DataSet mpii_newell() {
  DataSet set{"mpii-newell", "H5", "MPII as Newell's train.h5 and valid.h5"};
  set.has_images_apart = true;
  set.read = [](const DataSetPlace& place, const std::string&) { return read_mpii_newell(place.input, place.images); };
  return set;
}

DataSet mpii_json() {
  DataSet set{"mpii-json", "JSON", "MPII as HRNet's and mmpose's train.json, valid.json and test.json"};
  set.has_images_apart = true;
  set.read = [](const DataSetPlace& place, const std::string&) { return read_mpii_json(place.input, place.images); };
  return set;
}

DataSet lsp() {
  DataSet set{"lsp", "FOLDER", "Leeds Sports Pose: photographs 1-1000 train, 1001-2000 test"};
  set.can_be_corrected = true;
  set.splits = {"train", "test"};
  set.read = [](const DataSetPlace& place, const std::string& split) {
    return read_lsp(place.input, split == "test" ? LspSplit::test : LspSplit::train, place.corrected);
  };
  return set;
}

DataSet lspet() {
  DataSet set{"lspet", "FOLDER", "Leeds Sports Pose extended: 10,000 photographs to train on"};
  set.splits = {"train"};
  set.read = [](const DataSetPlace& place, const std::string&) { return read_lspet(place.input); };
  return set;
}

DataSet coco() {
  DataSet set{"coco", "JSON", "COCO's person_keypoints_*.json, as the 14 parts of Leeds Sports Pose"};
  set.has_images_apart = true;
  set.read = [](const DataSetPlace& place, const std::string&) { return read_coco(place.input, place.images); };
  return set;
}

}  // namespace

const std::vector<DataSet>& data_sets() {
  static const std::vector<DataSet> all{mpii(), mpii_newell(), mpii_json(), lsp(), lspet(), coco()};
  return all;
}

const DataSet* find_data_set(const std::string& name) {
  const auto found =
      std::find_if(data_sets().begin(), data_sets().end(), [&](const DataSet& set) { return set.name == name; });
  return found == data_sets().end() ? nullptr : &*found;
}

}  // namespace pbn
