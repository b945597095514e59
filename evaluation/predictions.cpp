#include "evaluation/predictions.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_file.h"
#include "evaluation/matlab_output.h"

namespace pbn::evaluation {
namespace {

using Shape = std::vector<std::size_t>;

// `value(person, part, axis)`: the axes are x, y and, in files that have it, confidence.
template <typename Value>
Predictions from_array(const std::string& where, const Shape& shape, const Value& value) {
  if (shape.size() != 3 || shape[1] == 0 || (shape[2] != 2 && shape[2] != 3)) {
    throw data_error(where, "", "has shape {}; expected (people, parts, 2 or 3)", data::describe(shape));
  }
  Predictions predictions;
  predictions.parts = static_cast<int>(shape[1]);
  predictions.source = where;
  for (std::size_t person = 0; person < shape[0]; ++person) {
    for (std::size_t part = 0; part < shape[1]; ++part) {
      predictions.joints.push_back(
          {static_cast<float>(value(person, part, 0)), static_cast<float>(value(person, part, 1))});
      if (shape[2] == 3) predictions.confidence.push_back(static_cast<float>(value(person, part, 2)));
    }
  }
  return predictions;
}

Shape shape_of(const Predictions& predictions) {
  return {static_cast<std::size_t>(predictions.people()), static_cast<std::size_t>(predictions.parts),
          predictions.confidence.empty() ? std::size_t{2} : std::size_t{3}};
}

void write_hdf5(const std::filesystem::path& file, const Predictions& predictions) {
  const Shape shape = shape_of(predictions);
  std::vector<float> values;
  for (std::size_t joint = 0; joint < predictions.joints.size(); ++joint) {
    values.insert(values.end(), predictions.joints[joint].begin(), predictions.joints[joint].end());
    if (shape[2] == 3) values.push_back(predictions.confidence[joint]);
  }
  UnfinishedFile unfinished(file);
  data::Hdf5Writer writer(unfinished.path());
  writer.write<float>("preds", shape, values);
  if (!predictions.fingerprint.empty()) writer.write_attribute("fingerprint", predictions.fingerprint);
  if (predictions.skeleton) writer.write_attribute("skeleton", predictions.skeleton->text);
  writer.close();
  unfinished.commit();
}

void write_matlab(const std::filesystem::path& file, const Predictions& predictions) {
  const Shape shape = shape_of(predictions);
  std::vector<float> values;  // the first index runs fastest
  for (std::size_t axis = 0; axis < shape[2]; ++axis) {
    for (std::size_t part = 0; part < shape[1]; ++part) {
      for (std::size_t joint = part; joint < predictions.joints.size(); joint += shape[1]) {
        values.push_back(axis < 2 ? predictions.joints[joint][axis] : predictions.confidence[joint]);
      }
    }
  }
  std::vector<MatlabVariable> variables;
  variables.push_back({"preds", MatlabValue::singles(shape, values)});
  if (!predictions.fingerprint.empty()) {
    variables.push_back({"fingerprint", MatlabValue::text(predictions.fingerprint)});
  }
  if (predictions.skeleton) variables.push_back({"skeleton", MatlabValue::text(predictions.skeleton->text)});
  write_matlab_file(file, variables);
}

void set_skeleton(Predictions& predictions, const std::string& text) {
  if (text.empty()) return;
  try {
    predictions.skeleton = &config::skeleton_of_text(text);
  } catch (const Error& error) {
    throw data_error(predictions.source, error.hint, "its skeleton: {}", error.problem);
  }
  if (predictions.skeleton->size() == predictions.parts) return;
  throw data_error(predictions.source, "", "has {} parts, but its skeleton {} has {}", predictions.parts,
                   predictions.skeleton->name, predictions.skeleton->size());
}

const config::Skeleton* shipped_skeleton_of(int parts) {
  for (const std::string& name : config::shipped_skeleton_names()) {
    if (config::skeleton_named(name).size() == parts) return &config::skeleton_named(name);
  }
  return nullptr;
}

}  // namespace

Predictions read_predictions(const std::filesystem::path& file) {
  if (data::is_matlab_file(file)) {
    const data::MatlabArray preds = data::read_matlab_array(file, "preds");
    Predictions predictions =
        from_array(file.string() + ": preds", preds.shape, [&](std::size_t person, std::size_t part, std::size_t axis) {
          return preds.at({person, part, axis});
        });
    predictions.fingerprint = data::read_matlab_text(file, "fingerprint").value_or("");
    set_skeleton(predictions, data::read_matlab_text(file, "skeleton").value_or(""));
    return predictions;
  }
  const data::Hdf5Reader reader(file);
  const auto preds = reader.read<double>("preds");
  Predictions predictions =
      from_array(reader.where("preds"), preds.shape, [&](std::size_t person, std::size_t part, std::size_t axis) {
        return preds.values[(person * preds.shape[1] + part) * preds.shape[2] + axis];
      });
  if (reader.has_attribute("fingerprint")) predictions.fingerprint = reader.text_attribute("fingerprint");
  if (reader.has_attribute("skeleton")) set_skeleton(predictions, reader.text_attribute("skeleton"));
  return predictions;
}

Predictions with_parts_of(const config::Skeleton& to, const Predictions& predictions) {
  const config::Skeleton* from = predictions.skeleton;
  if (!from && predictions.parts == to.size()) return predictions;
  if (!from) from = shipped_skeleton_of(predictions.parts);
  if (!from) {
    throw data_error(predictions.source, "give the file an attribute `skeleton` (docs/file-formats.md)",
                     "has {} parts, but {} has {}, and no known skeleton has as many", predictions.parts, to.name,
                     to.size());
  }
  if (from->parts == to.parts) return predictions;
  const std::vector<int> places = from->indices_of(to.parts);
  if (std::ranges::all_of(places, [](int place) { return place < 0; })) {
    throw data_error(predictions.source, "", "has the parts of {}, of which {} has none", from->name, to.name);
  }
  constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
  Predictions mapped{to.size(), {}, {}, predictions.source, predictions.fingerprint, &to};
  for (std::int64_t person = 0; person < predictions.people(); ++person) {
    for (const int place : places) {
      const auto joint = static_cast<std::size_t>(person * predictions.parts + place);
      mapped.joints.push_back(place < 0 ? std::array{unknown, unknown} : predictions.joints[joint]);
      if (!predictions.confidence.empty()) mapped.confidence.push_back(place < 0 ? 0 : predictions.confidence[joint]);
    }
  }
  return mapped;
}

std::string predictions_sha256(const Predictions& predictions, const std::filesystem::path& folder) {
  Predictions anonymous = predictions;
  anonymous.fingerprint.clear();
  anonymous.skeleton = nullptr;
  const TemporaryPath file(folder / fmt::format(".predictions-{}.tmp", ::getpid()));
  write_hdf5(file.path(), anonymous);
  return sha256_hex(read_file(file.path()));
}

void require_predictions_of(const std::string& pose_file, const std::string& fingerprint,
                            const Predictions& predictions) {
  if (predictions.fingerprint.empty() || fingerprint.empty() || predictions.fingerprint == fingerprint) return;
  throw data_error(predictions.source, "name the pose file that they were made for; `pbn inspect` shows fingerprints",
                   "were made for the pose file with fingerprint {}, not for {} with {}",
                   predictions.fingerprint.substr(0, 12), pose_file, fingerprint.substr(0, 12));
}

void write_predictions(const std::filesystem::path& file, const Predictions& predictions) {
  file.extension() == ".mat" ? write_matlab(file, predictions) : write_hdf5(file, predictions);
}

}  // namespace pbn::evaluation
