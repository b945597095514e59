// What every data set of photographs is read as, before its people are cut out.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/pose_file/crop.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"
#include "data/sources/taken_photograph.h"

namespace pbn {

struct PersonInPhotograph {
  std::filesystem::path photograph;           // its file
  std::string image_name;                     // its path below the folder of the photographs: what it is known by
  std::optional<StatedSize> stated_size;      // of sources that state sizes (taken_photograph.h)
  int index = 0;                              // within the photograph, from 0
  std::vector<std::array<double, 2>> joints;  // (K) continuous: pixel i covers [i, i+1)
  std::vector<bool> labelled;                 // (K)
  std::vector<Occlusion> occluded;            // (K)
  double reference_length = 0;                // pixels; 0 where the annotation does not give it
  std::optional<Box> box;                     // without it: box_of_photograph

  std::string name() const;  // "im0007.jpg person 0"
};

// People of the annotation file who cannot be used, by reason.
struct LeftOut {
  std::string reason;  // "without joints"
  std::int64_t people = 0;
  std::string first{};  // where the first of them stands in the annotation file
};

struct PhotographSet {
  PoseFileInfo info;  // skeleton, data set, split, source, reference; crop sizes and fingerprint come later
  // Where the data set's own coordinates put the centre of the first pixel: 1 in MATLAB's count. The pose file's image
  // coordinates are the data set's own, so that predictions can be held against the published annotations.
  double first_pixel = 0.5;
  std::vector<PersonInPhotograph> people;
  std::vector<LeftOut> left_out{};
  std::vector<std::string> remarks{};  // what there is to know of how the annotations were read

  void leave_out(const std::string& reason, const std::string& where);  // counts one more person
};

// Whether a coordinate can be one of a photograph, and not a mistake or a hostile file.
bool plausible_pixels(double value);
inline constexpr const char* limit_of_pixels = "coordinates go up to a million pixels";

// The name of an annotation file as a photograph's image_name: "./a//b.jpg" is "a/b.jpg". Throws a data error unless it
// is a relative path that stays within the folder of the photographs.
std::string photograph_name(const std::string& name, const std::string& where);

// Throws a usage error when there is no such folder.
void require_photograph_folder(const std::filesystem::path& images);

// Throws a data error for the first photograph that is not there.
void require_photographs(const PhotographSet& set);

// The square around the centre of the labelled joints' bounding box, `enlargement` times its longer side. Nothing where
// this is less than a pixel, that is, for a single joint.
std::optional<Box> box_of_body(const PersonInPhotograph& person, double enlargement);

// For testing without knowing where the person is: the photograph's centre, 1.25 times its longer side.
Box box_of_photograph(int width, int height);

// The person in its crop, and what there is to tell of its photograph. Throws data errors that name the photograph.
struct CutOut {
  CroppedPerson cropped;
  Taken taken = Taken::as_stored;
  int joints_outside = 0;  // labelled, but beyond the photograph's edges
};
CutOut cut_out(const PersonInPhotograph& person, const PoseFileInfo& info, double first_pixel);

// The same from a photograph that was decoded, and turned, before.
CroppedPerson cut_out_of(const Image& photograph, const PersonInPhotograph& person, const PoseFileInfo& info,
                         double first_pixel);

}  // namespace pbn
