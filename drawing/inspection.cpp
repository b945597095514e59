#include "drawing/inspection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/table.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/people_warnings.h"
#include "data/pose_file/pose_file.h"
#include "data/sources/newell.h"
#include "evaluation/predictions.h"

namespace pbn::drawing {
namespace {

// Least, median and greatest of the values above 0; the others count as missing.
Json spread(std::vector<double> values) {
  const std::size_t all = values.size();
  std::erase_if(values, [](double value) { return !(value > 0); });
  std::sort(values.begin(), values.end());
  Json spread{{"missing", all - values.size()}};
  if (values.empty()) return spread;
  spread["least"] = values.front();
  spread["median"] = values[values.size() / 2];
  spread["greatest"] = values.back();
  return spread;
}

class JointCounts {
 public:
  explicit JointCounts(const config::Skeleton& skeleton) : skeleton_(skeleton), counts_(skeleton.parts.size()) {}

  void add(std::size_t part, data::Occlusion occlusion) { ++counts_[part][static_cast<std::size_t>(occlusion) + 1]; }

  Json json() const {
    Json joints = Json::array();
    for (std::size_t part = 0; part < counts_.size(); ++part) {
      const auto& [unknown, visible, occluded] = counts_[part];
      joints.push_back({{"part", skeleton_.parts[part]},
                        {"labelled", unknown + visible + occluded},
                        {"visible", visible},
                        {"occluded", occluded},
                        {"unknown", unknown}});
    }
    return joints;
  }

 private:
  const config::Skeleton& skeleton_;
  std::vector<std::array<int, 3>> counts_;  // (K) by Occlusion, from unknown (-1) on
};

Json reference(const std::string& measures, std::vector<double> lengths) {
  Json reference = spread(std::move(lengths));
  reference["measures"] = measures;
  return reference;
}

Json inspect_pose_file(const std::filesystem::path& path) {
  const data::PoseFile file(path);
  const data::PoseFileInfo& info = file.info();
  std::set<std::string> photographs;
  std::vector<double> sides, lengths;
  JointCounts joints(file.skeleton());
  for (const data::Person& person : file.people()) {
    photographs.insert(person.image_name);
    sides.push_back(info.box_pixels * std::hypot(person.crop_to_image[0], person.crop_to_image[3]));
    lengths.push_back(person.reference_length);
    for (std::size_t part = 0; part < person.labelled.size(); ++part) {
      if (person.labelled[part]) joints.add(part, person.occluded[part]);
    }
  }
  const data::PeopleWarnings doubts = data::warnings_about(file);
  return {{"kind", "pose file"},
          {"file", path.string()},
          {"people", file.people().size()},
          {"parts", file.skeleton().size()},
          {"skeleton", file.skeleton().name},
          {"joints", joints.json()},
          {"reference", reference(info.reference, lengths)},
          {"dataset", info.dataset},
          {"split", info.split},
          {"source", info.source},
          {"generator", info.generator},
          {"fingerprint", info.fingerprint},
          {"people_sha256", info.given_people_sha256.empty() ? Json() : Json(info.given_people_sha256)},
          {"doubts",
           {{"people_without_joints", doubts.without_joints},
            {"people_without_reference_length", doubts.without_reference_length},
            {"people_without_torso", doubts.without_torso},
            {"people_in_one_place", doubts.in_one_place},
            {"joints_outside", doubts.outside},
            {"joints_far_outside", doubts.far_outside},
            {"sentences", doubts.sentences(info.reference)}}},
          {"photographs", photographs.size()},
          {"box_pixels", info.box_pixels},
          {"extent", info.extent},
          {"crop_pixels", info.crop_pixels()},
          {"encoding", info.jpeg_quality ? fmt::format("jpeg {}", info.jpeg_quality) : "raw"},
          {"bytes", std::filesystem::file_size(path)},
          {"box_side", spread(sides)},
          {"skipped", info.skipped}};
}

Json inspect_newell_file(const std::filesystem::path& path) {
  const data::NewellAnnotations annotations = data::read_newell_annotations(path);
  const config::Skeleton& skeleton = config::mpii16();
  const std::set<std::string> photographs(annotations.image_name.begin(), annotations.image_name.end());
  std::vector<double> sides;
  JointCounts joints(skeleton);
  for (std::size_t person = 0; person < annotations.scale.size(); ++person) {
    sides.push_back(200 * annotations.scale[person]);
    for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
      if (!annotations.labelled(person, part)) continue;
      joints.add(part, annotations.visible.empty()         ? data::Occlusion::unknown
                       : annotations.visible[person][part] ? data::Occlusion::visible
                                                           : data::Occlusion::occluded);
    }
  }
  Json facts{{"kind", "annotations of MPII by Newell"},
             {"file", path.string()},
             {"people", annotations.scale.size()},
             {"parts", skeleton.size()},
             {"skeleton", skeleton.name},
             {"joints", joints.json()},
             {"reference", reference("head", annotations.head_size)},
             {"box_side", spread(sides)}};
  if (!photographs.empty()) facts["photographs"] = photographs.size();
  return facts;
}

Json inspect_predictions(const std::filesystem::path& path) {
  const evaluation::Predictions predictions = evaluation::read_predictions(path);
  const auto not_finite = std::count_if(predictions.joints.begin(), predictions.joints.end(), [](const auto& joint) {
    return !std::isfinite(joint[0]) || !std::isfinite(joint[1]);
  });
  Json facts{{"kind", "predictions"},
             {"file", path.string()},
             {"people", predictions.people()},
             {"parts", predictions.parts},
             {"not_finite", not_finite}};
  if (!predictions.fingerprint.empty()) facts["fingerprint"] = predictions.fingerprint;
  if (!predictions.confidence.empty()) {
    facts["confidence"] = spread({predictions.confidence.begin(), predictions.confidence.end()});
  }
  return facts;
}

std::string line(const std::string& name, const std::string& text) { return fmt::format("  {:<13} {}\n", name, text); }

std::string spread_text(const Json& spread, const char* missing_one, const char* missing_many, const char* unit = "") {
  const int without = spread["missing"];
  std::string text = "none";
  if (spread.contains("least")) {
    text = fmt::format("{:.4g} to {:.4g}, median {:.4g}{}", spread["least"].get<double>(),
                       spread["greatest"].get<double>(), spread["median"].get<double>(), unit);
  }
  return without > 0 ? text + "; " + counted(without, missing_one, missing_many) : text;
}

std::string pose_file_lines(const Json& facts) {
  const std::string encoding = facts["encoding"], quality = encoding.substr(encoding.find(' ') + 1);
  std::string text =
      line("crops", fmt::format("{0} x {0} px: a box of {1} px and its surroundings, {2} times as wide",
                                facts["crop_pixels"].dump(), facts["box_pixels"].dump(), facts["extent"].dump())) +
      line("stored as",
           fmt::format("{}, {:.1f} MB in all", encoding == "raw" ? "raw pixels" : "JPEG of quality " + quality,
                       facts["bytes"].get<double>() / 1e6)) +
      line("source", facts["source"]) + line("fingerprint", facts["fingerprint"]);
  if (facts["people_sha256"].is_null()) {
    text += line("", "no digest of its people: a grid reads the whole file once to check its fingerprint");
  }
  if (!facts["skipped"].empty()) text += line("left out", counted(facts["skipped"].size(), "person", "people") + ":");
  for (const std::string reason : facts["skipped"]) text += "    " + reason + "\n";
  return text;
}

std::string outside_line(const Json& facts) {
  if (!facts.contains("doubts")) return "";
  const std::int64_t outside = facts["doubts"]["joints_outside"];
  return line("outside", counted(outside, "labelled joint") + " beyond the edge of the crop: not trained");
}

std::string doubt_lines(const Json& facts) {
  if (!facts.contains("doubts") || facts["doubts"]["sentences"].empty()) return "";
  std::string text = "\nIs this intended?\n";
  for (const std::string sentence : facts["doubts"]["sentences"]) text += "  " + sentence + "\n";
  return text;
}

std::string pose_lines(const Json& facts) {
  const Json& reference = facts["reference"];
  Table table{{"part", "labelled", "visible", "occluded", "unknown"}, {}};
  for (const Json& joint : facts["joints"]) {
    std::vector<std::string> row{joint["part"]};
    for (std::size_t c = 1; c < table.columns.size(); ++c) row.push_back(joint[table.columns[c]].dump());
    table.rows.push_back(std::move(row));
  }
  const char* const in_photographs = " px in the photographs";
  return line("box's side", spread_text(facts["box_side"], "without", "without", in_photographs)) +
         line(fmt::format("{} size", reference["measures"].get<std::string>()),
              spread_text(reference, "person without", "people without", in_photographs)) +
         outside_line(facts) + "\n" + table.for_terminal() + doubt_lines(facts);
}

}  // namespace

Json inspect_file(const std::filesystem::path& file) {
  const data::Hdf5Reader reader(file);
  if (reader.has_attribute("format")) return inspect_pose_file(file);
  if (data::is_newell_file(file)) return inspect_newell_file(file);
  if (reader.has("preds")) return inspect_predictions(file);
  throw data_error(file.string(), "",
                   "is neither a pose file, nor Newell's train.h5 or valid.h5, nor a prediction file");
}

std::string inspection_text(const Json& facts) {
  const bool is_pose_file = facts["kind"] == "pose file";
  std::string text = fmt::format(
      "{}: {}{}\n", facts["file"].get<std::string>(), facts["kind"].get<std::string>(),
      is_pose_file ? fmt::format(" of {}, {}", facts["dataset"].get<std::string>(), facts["split"].get<std::string>())
                   : "");
  const std::string photographs =
      facts.contains("photographs") ? " in " + counted(facts["photographs"].get<std::int64_t>(), "photograph") : "";
  const std::string skeleton =
      facts.contains("skeleton") ? fmt::format(" of {}", facts["skeleton"].get<std::string>()) : "";
  text += line("people",
               fmt::format("{}{}, {} parts{}", facts["people"].dump(), photographs, facts["parts"].dump(), skeleton));
  if (is_pose_file) text += pose_file_lines(facts);
  if (facts.contains("joints")) text += pose_lines(facts);
  if (facts["kind"] != "predictions") return text;
  if (facts.contains("fingerprint")) text += line("made for", facts["fingerprint"]);
  text += line("not finite", counted(facts["not_finite"].get<std::int64_t>(), "joint"));
  if (facts.contains("confidence")) {
    text += line("confidence", spread_text(facts["confidence"], "not above 0", "not above 0"));
  }
  return text;
}

}  // namespace pbn::drawing
