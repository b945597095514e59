#include "data/sources/mpii.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "config/skeleton.h"
#include "data/matlab/matlab_file.h"
#include "data/sources/annotation_formats.h"
#include "data/sources/mpii_people.h"

namespace pbn::data {
namespace {

// Reads a number and checks that it can be a coordinate.
std::optional<double> plausible_number(const MatlabStructs& structs, std::size_t index, const char* field) {
  const std::optional<double> number = structs.number(index, field);
  if (number && !plausible_pixels(*number)) {
    throw data_error(structs.where(index, field), limit_of_pixels, "is {}", *number);
  }
  return number;
}

std::optional<MpiiPlace> place_of(const MatlabStructs& rectangles, std::size_t index) {
  const std::optional<double> scale = plausible_number(rectangles, index, "scale");
  const MatlabStructs position = rectangles.structs(index, "objpos");
  if (!scale || position.size() == 0) return std::nullopt;
  const std::optional<double> x = plausible_number(position, 0, "x"), y = plausible_number(position, 0, "y");
  if (!x || !y) return std::nullopt;
  if (*scale <= 0) throw data_error(rectangles.where(index, "scale"), "", "is {}; expected a positive number", *scale);
  return adjusted({*x, *y, *scale});
}

double head_size(const MatlabStructs& rectangles, std::size_t index) {
  const auto left = plausible_number(rectangles, index, "x1"), right = plausible_number(rectangles, index, "x2");
  const auto top = plausible_number(rectangles, index, "y1"), bottom = plausible_number(rectangles, index, "y2");
  return left && right && top && bottom ? 0.6 * std::hypot(*right - *left, *bottom - *top) : 0;
}

Occlusion occlusion_of(const MatlabStructs& points, std::size_t index, std::size_t part) {
  std::optional<double> visible;
  if (points.is_text(index, "is_visible")) {
    const std::string text = points.text(index, "is_visible");
    if (text == "0" || text == "1") visible = text == "1";
    if (!visible && !text.empty()) {
      throw data_error(points.where(index, "is_visible"), "", "is '{}'; expected '0' or '1'", text);
    }
  } else {
    visible = points.number(index, "is_visible");
  }
  if (visible) return *visible == 0 ? Occlusion::occluded : Occlusion::visible;
  const std::string& name = config::mpii16().parts[part];
  return name == "neck" || name == "head-top" ? Occlusion::visible : Occlusion::unknown;
}

// Returns whether there are any joints.
bool read_joints(const MatlabStructs& rectangles, std::size_t index, PersonInPhotograph& person) {
  const MatlabStructs annotation = rectangles.structs(index, "annopoints");
  if (annotation.size() == 0) return false;
  const MatlabStructs points = annotation.structs(0, "point");
  bool any = false;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const std::optional<double> x = plausible_number(points, k, "x"), y = plausible_number(points, k, "y");
    if (!x || !y) continue;
    const double id = points.number(k, "id").value_or(-1);
    if (!(id >= 0 && id < config::mpii16().size() && id == std::floor(id))) {
      throw data_error(points.where(k, "id"), "", "is {}; expected 0 to {}", id, config::mpii16().size() - 1);
    }
    const auto part = static_cast<std::size_t>(id);
    person.label(part, *x, *y, occlusion_of(points, k, part), mpii_first_pixel);
    any = true;
  }
  return any;
}

// The people in single_person{i} of each photograph i, counted from 1. Empty if the file has no such lists.
std::vector<std::vector<double>> people_apart(const MatlabStructs& release, std::size_t photographs) {
  auto lists = release.cells_of_numbers(0, "single_person");
  if (!lists.empty() && lists.size() != photographs) {
    throw data_error(release.where(0, "single_person"), "", "has {} lists for {} photographs", lists.size(),
                     photographs);
  }
  return lists;
}

std::vector<double> training_flags(const MatlabStructs& release, std::size_t photographs) {
  std::vector<double> flags = release.numbers(0, "img_train");
  if (flags.size() != photographs) {
    throw data_error(release.where(0, "img_train"), "", "has {} values for {} photographs", flags.size(), photographs);
  }
  return flags;
}

// Adds the usable people of photograph `index` of annolist. `apart`: see people_apart, or null.
void add_people(const MatlabStructs& annolist, std::size_t index, const std::filesystem::path& images, MpiiSplit split,
                const std::vector<double>* apart, PhotographSet& set) {
  const MatlabStructs rectangles = annolist.structs(index, "annorect");
  if (rectangles.size() == 0) return;
  const MatlabStructs image = annolist.structs(index, "image");
  const std::string name =
      photograph_name(image.size() == 0 ? "" : image.text(0, "name"), annolist.where(index, "image") + ".name");
  for (std::size_t j = 0; j < rectangles.size(); ++j) {
    const auto leave_out = [&](const char* reason) { set.leave_out(reason, rectangles.where(j)); };
    if (split == MpiiSplit::test && apart && std::find(apart->begin(), apart->end(), j + 1) == apart->end()) {
      leave_out("not in single_person");
      continue;
    }
    const std::optional<MpiiPlace> place = place_of(rectangles, j);
    if (!place) {
      leave_out("without scale or objpos");
      continue;
    }
    PersonInPhotograph person = mpii_person(images, name, static_cast<int>(j), *place);
    if (split == MpiiSplit::train && !read_joints(rectangles, j, person)) {
      leave_out("without joints");
      continue;
    }
    person.reference_length = head_size(rectangles, j);
    set.people.push_back(std::move(person));
  }
}

// If the file is JSON, throws an error that names its format.
void require_matlab(std::string_view bytes, const std::string& where) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (bytes[first] != '{' && bytes[first] != '[')) return;
  parse_annotations(bytes, where, "mpii");
}

}  // namespace

PhotographSet parse_mpii(std::string_view bytes, const std::string& where, const std::filesystem::path& images,
                         MpiiSplit split) {
  require_matlab(bytes, where);
  const MatlabStructs release = parse_matlab_structs(bytes, where, "RELEASE");
  if (release.size() != 1) {
    throw data_error(where + ": RELEASE", "", "has {} structs; expected 1", release.size());
  }
  const MatlabStructs annolist = release.structs(0, "annolist");
  const std::vector<double> train = training_flags(release, annolist.size());
  const auto apart = people_apart(release, annolist.size());

  PhotographSet set = mpii_set(split == MpiiSplit::train ? "train" : "test", "MPII Human Pose");
  for (std::size_t i = 0; i < annolist.size(); ++i) {
    if ((train[i] == 1) != (split == MpiiSplit::train)) continue;
    add_people(annolist, i, images, split, apart.empty() ? nullptr : &apart[i], set);
  }
  return set;
}

PhotographSet read_mpii(const std::filesystem::path& annotations, const std::filesystem::path& images,
                        MpiiSplit split) {
  require_photograph_folder(images);
  return parse_mpii(read_file(annotations), annotations.string(), images, split);
}

}  // namespace pbn::data
