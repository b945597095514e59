// The summary of `pbn prepare` as text and as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"
#include "data/sources/photographs.h"

namespace pbn::data {

// How many there are, and an example.
struct Tally {
  std::int64_t count = 0;
  std::string first{};  // "train/im0007.jpg" or "im0007.jpg person 0"
};

// Statistics of the photographs that a pose file was cut from.
struct PhotographFacts {
  Tally turned, undecided, unstated;  // photographs, by how they were read (data/sources/oriented_photograph.h)
  Tally people_outside;               // people with labelled joints outside the photograph
  std::int64_t joints_outside = 0;    // these joints

  std::string text(const std::string& file) const;  // one line per kind that occurs
  Json json() const;
};

// Collects the statistics while people are cut out.
class PhotographTally {
 public:
  explicit PhotographTally(const PhotographSet& set)
      : set_(set), turnings_(set.people.size()), outside_(set.people.size()) {}

  void note(std::size_t person, const CutOut& cut);  // thread-safe, once per person
  PhotographFacts facts() const;                     // independent of the order of the notes

 private:
  const PhotographSet& set_;
  std::vector<Turning> turnings_;  // of each person's photograph
  std::vector<int> outside_;       // joints of each person
};

// The content of one pose file.
struct PreparedFile {
  std::filesystem::path file;
  PoseFileInfo info;  // with fingerprint and skipped people
  std::int64_t people = 0;
  std::int64_t labelled = 0;           // joints
  std::int64_t occluded = 0;           // of the labelled joints
  std::int64_t unknown_occlusion = 0;  // of the labelled joints
  std::int64_t outside = 0;            // labelled joints outside the crop: not trained
  PhotographFacts photographs{};       // empty if there are no photographs

  void count(const Person& person);  // adds the joints of one more person
};

struct PrepareSummary {
  std::string dataset;
  std::vector<PreparedFile> files{};
  std::vector<LeftOut> left_out{};     // people in the annotations who could not be used
  std::vector<std::string> remarks{};  // about the interpretation of the annotations
  double cut_share = 0;                // share of augmented views that extend beyond the crop (augmentation.h)
  double seconds = 0;

  std::int64_t people() const;
  std::string table() const;  // one row per file
  std::string text() const;   // table, remarks and warnings
  Json json() const;
};

}  // namespace pbn::data
