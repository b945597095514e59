// The common representation of data sets of photographs, before people are cut out.
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
#include "data/sources/oriented_photograph.h"

namespace pbn::data {

struct PersonInPhotograph {
  std::filesystem::path photograph;           // its file
  std::string image_name;                     // path relative to the folder of the photographs; identifies it
  std::optional<StatedSize> stated_size;      // of sources that state sizes (oriented_photograph.h)
  int index = 0;                              // within the photograph, from 0
  std::vector<std::array<double, 2>> joints;  // (K) continuous: pixel i covers [i, i+1)
  std::vector<bool> labelled;                 // (K)
  std::vector<Occlusion> occluded;            // (K)
  double reference_length = 0;                // pixels; 0 if not annotated
  std::optional<Box> box;                     // default: box_of_photograph

  void set_parts(std::size_t count);  // all unlabelled

  // Labels a part at (x, y) in coordinates in which the centre of the first pixel is at `first_pixel`.
  void label(std::size_t part, double x, double y, Occlusion occlusion, double first_pixel);

  std::string name() const;  // "im0007.jpg person 0"
};

// People in the annotations who cannot be used, by reason.
struct LeftOut {
  std::string reason;  // "without joints"
  std::int64_t people = 0;
  std::string first{};  // place of the first of them in the annotations
};

struct PhotographSet {
  PoseFileInfo info{};  // skeleton, data set, split, source, reference; crop sizes and fingerprint are set later
  // The coordinate of the centre of the first pixel in the data set: 1 in MATLAB's convention. Image coordinates in
  // pose files follow the data set, so that predictions can be compared with the published annotations.
  double first_pixel = 0.5;
  std::vector<PersonInPhotograph> people{};
  std::vector<LeftOut> left_out{};
  std::vector<std::string> remarks{};  // about the interpretation of the annotations

  void leave_out(const std::string& reason, const std::string& where);  // counts one more person
};

// Whether a value can be a coordinate in a photograph, not a mistake or an attack.
bool plausible_pixels(double value);
inline constexpr const char* limit_of_pixels = "coordinates go up to a million pixels";

// Normalises the name of a photograph in an annotation file: "./a//b.jpg" becomes "a/b.jpg". Throws a data error unless
// it is a relative path that stays within the folder of the photographs.
std::string photograph_name(const std::string& name, const std::string& where);

// Throws a usage error if the folder does not exist.
void require_photograph_folder(const std::filesystem::path& images);

// Throws a data error for the first photograph that does not exist.
void require_photographs(const PhotographSet& set);

// The side of a training box relative to the longer side of the body.
inline constexpr double body_enlargement = 410.0 / 256.0;

// The training box: a square around the centre of the labelled joints' bounding box. Nothing if the bounding box is
// smaller than a pixel, for example with a single joint.
std::optional<Box> box_of_body(const PersonInPhotograph& person);

// The distance from the left shoulder to the right hip of a person with the parts of lsp14, in pixels; 0 if unlabelled.
double torso_length(const PersonInPhotograph& person);

// The box for testing without knowledge of the person: the photograph's centre, 1.25 times its longer side.
Box box_of_photograph(int width, int height);

// The person in its crop, and facts about its photograph. Throws data errors that name the photograph.
struct CutOut {
  CroppedPerson cropped;
  Turning turning = Turning::as_stored;
  int joints_outside = 0;  // labelled joints outside the photograph
};
CutOut cut_out(const PersonInPhotograph& person, const PoseFileInfo& info, double first_pixel);

// The same for a photograph that is already decoded and turned.
CroppedPerson cut_out_of(const Image& photograph, const PersonInPhotograph& person, const PoseFileInfo& info,
                         double first_pixel);

}  // namespace pbn::data
