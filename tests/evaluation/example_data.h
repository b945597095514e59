// Small ground truths, predictions and pose files for tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/pose_file/pose_file.h"
#include "evaluation/ground_truth.h"
#include "evaluation/predictions.h"
#include "tests/data/matlab_array.h"
#include "tests/temporary_folder.h"

namespace pbn::evaluation {

// People whose joints are all labelled and visible, at (100 + part, 200 + person), with a reference of 10 pixels.
inline GroundTruth example_truth(const config::Skeleton& skeleton, int people) {
  GroundTruth truth{&skeleton, skeleton.name == "lsp14" ? "torso" : "head", {}, {}, {}, {}};
  for (int person = 0; person < people; ++person) {
    for (int part = 0; part < skeleton.size(); ++part) {
      truth.joints.push_back({100.0 + part, 200.0 + person});
      truth.labelled.push_back(true);
      truth.occluded.push_back(data::Occlusion::visible);
    }
    truth.reference_length.push_back(10);
  }
  return truth;
}

// Predictions that find every joint.
inline Predictions perfect(const GroundTruth& truth) {
  Predictions predictions{truth.skeleton->size(), {}, {}};
  for (const auto& [x, y] : truth.joints) predictions.joints.push_back({static_cast<float>(x), static_cast<float>(y)});
  return predictions;
}

// The index of a person's joint, and a shift of a predicted joint.
inline std::size_t joint_of(const GroundTruth& truth, int person, const char* part) {
  return static_cast<std::size_t>(person * truth.skeleton->size() + truth.skeleton->index_of(part));
}
inline void miss_by(Predictions& predictions, std::size_t joint, float pixels) {
  predictions.joints[joint][0] += pixels;
}

// Writes a pose file of 64-pixel boxes with grey crops.
inline data::PoseFile example_pose_file(const std::filesystem::path& file, const std::string& skeleton,
                                        const std::vector<data::Person>& people) {
  data::PoseFileInfo info;
  info.skeleton = &config::skeleton_named(skeleton);
  info.dataset = "example";
  info.split = "test";
  info.source = "a test";
  info.reference = "head";
  info.box_pixels = 64;
  data::PoseFileWriter writer(file, info, static_cast<std::int64_t>(people.size()));
  const auto side = static_cast<std::size_t>(info.crop_pixels());
  for (const data::Person& person : people) writer.add(person, std::vector<std::uint8_t>(side * side * 3, 128));
  writer.finish();
  return data::PoseFile(file);
}

// Expects a data error whose message contains all of `words`.
template <typename Action>
void expect_data_error(Action action, std::initializer_list<std::string> words) {
  try {
    action();
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    for (const std::string& word : words) EXPECT_THAT(error.what(), testing::HasSubstr(word));
  }
}

}  // namespace pbn::evaluation
