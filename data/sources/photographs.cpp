#include "data/sources/photographs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace pbn::data {

std::string PersonInPhotograph::name() const { return fmt::format("{} person {}", image_name, index); }

void PersonInPhotograph::set_parts(std::size_t count) {
  joints.assign(count, {});
  labelled.assign(count, false);
  occluded.assign(count, Occlusion::unknown);
}

void PersonInPhotograph::label(std::size_t part, double x, double y, Occlusion occlusion, double first_pixel) {
  joints[part] = {x - first_pixel + 0.5, y - first_pixel + 0.5};
  labelled[part] = true;
  occluded[part] = occlusion;
}

void PhotographSet::leave_out(const std::string& reason, const std::string& where) {
  auto found = std::find_if(left_out.begin(), left_out.end(), [&](const LeftOut& l) { return l.reason == reason; });
  if (found == left_out.end()) found = left_out.insert(found, {reason, 0, where});
  ++found->people;
}

bool plausible_pixels(double value) { return std::abs(value) < 1e6; }

std::string photograph_name(const std::string& name, const std::string& where) {
  const std::filesystem::path path(name), normal = path.lexically_normal();
  const bool leaves = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
  if (leaves || !normal.has_filename() || normal == "." || name.find('\0') != std::string::npos) {
    throw data_error(where, "", "is \"{}\"; expected a photograph's path below the folder of the photographs", name);
  }
  return normal.string();
}

void require_photograph_folder(const std::filesystem::path& images) {
  if (std::filesystem::is_directory(images)) return;
  throw usage_error(images.string(), "give the folder that holds the photographs", "there is no such folder");
}

void require_photographs(const PhotographSet& set) {
  std::filesystem::path known;
  for (const PersonInPhotograph& person : set.people) {
    if (person.photograph == known) continue;
    if (!std::filesystem::exists(person.photograph)) {
      throw data_error(person.photograph.string(),
                       "is this the folder of the photographs? --skip-bad leaves out its people",
                       "person {} has no photograph", person.index);
    }
    known = person.photograph;
  }
}

std::optional<Box> box_of_body(const PersonInPhotograph& person) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double left = infinity, top = infinity, right = -infinity, bottom = -infinity;
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (!person.labelled[part]) continue;
    const auto [x, y] = person.joints[part];
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  const double longer_side = std::max(right - left, bottom - top);
  if (!(longer_side >= 1)) return std::nullopt;
  return Box{(left + right) / 2, (top + bottom) / 2, longer_side * body_enlargement};
}

double torso_length(const PersonInPhotograph& person) {
  const int shoulder = config::lsp14().index_of("l-shoulder"), hip = config::lsp14().index_of("r-hip");
  if (!person.labelled[shoulder] || !person.labelled[hip]) return 0;
  return std::hypot(person.joints[shoulder][0] - person.joints[hip][0],
                    person.joints[shoulder][1] - person.joints[hip][1]);
}

Box box_of_photograph(int width, int height) { return {width / 2.0, height / 2.0, 1.25 * std::max(width, height)}; }

namespace {

int joints_outside(const PersonInPhotograph& person, const Image& image) {
  int outside = 0;
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    const auto [x, y] = person.joints[part];
    const bool inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
    outside += person.labelled[part] && !inside;
  }
  return outside;
}

}  // namespace

CroppedPerson cut_out_of(const Image& image, const PersonInPhotograph& annotated, const PoseFileInfo& info,
                         double first_pixel) {
  const Box box = annotated.box.value_or(box_of_photograph(image.width, image.height));
  const Affine to_image = crop_to_image(box, info);
  const int side = info.crop_pixels();
  CroppedPerson cropped;
  cropped.crop.resize(static_cast<std::size_t>(side) * side * 3);
  cut_crop(image, to_image, side, cropped.crop);

  Person& person = cropped.person;
  const Affine to_crop = inverse(to_image);
  for (const auto& [x, y] : annotated.joints) {
    const auto joint = apply(to_crop, x, y);
    person.joints.push_back({static_cast<float>(joint[0]), static_cast<float>(joint[1])});
  }
  person.labelled = annotated.labelled;
  person.occluded = annotated.occluded;
  const double shift = first_pixel - 0.5;
  person.crop_to_image = then(to_image, {1, 0, shift, 0, 1, shift});
  person.reference_length = static_cast<float>(annotated.reference_length);
  person.image_name = annotated.image_name;
  person.person_index = annotated.index;
  return cropped;
}

CutOut cut_out(const PersonInPhotograph& annotated, const PoseFileInfo& info, double first_pixel) {
  const auto [image, turning] = read_oriented_photograph(annotated.photograph, annotated.stated_size);
  return {cut_out_of(image, annotated, info, first_pixel), turning, joints_outside(annotated, image)};
}

}  // namespace pbn::data
