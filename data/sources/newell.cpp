#include "data/sources/newell.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/hdf5/hdf5.h"
#include "data/sources/mpii_people.h"

namespace pbn::data {
namespace {

constexpr std::size_t parts = 16;

Hdf5Array<double> read_shaped(const Hdf5Reader& reader, const std::string& dataset,
                              const std::vector<std::size_t>& shape) {
  Hdf5Array<double> array = reader.read<double>(dataset);
  if (array.shape != shape) {
    throw data_error(reader.where(dataset), "", "has shape {}; expected {}", describe(array.shape), describe(shape));
  }
  const auto broken =
      std::find_if(array.values.begin(), array.values.end(), [](double value) { return !std::isfinite(value); });
  if (broken != array.values.end()) {
    throw data_error(reader.where(dataset), "", "value {} is not a number", broken - array.values.begin());
  }
  return array;
}

void read_optional(const Hdf5Reader& reader, std::size_t people, NewellAnnotations& annotations) {
  if (reader.has("imgname")) {
    annotations.image_name = reader.read_texts("imgname");
    if (annotations.image_name.size() != people) {
      throw data_error(reader.where("imgname"), "", "has {} names; expected {}", annotations.image_name.size(), people);
    }
  }
  if (reader.has("person")) {
    for (const double index : read_shaped(reader, "person", {people}).values) {
      if (!(index >= 0 && index < 1000)) throw data_error(reader.where("person"), "", "has the index {}", index);
      annotations.person.push_back(static_cast<int>(index));
    }
  }
  if (reader.has("visible")) {
    const auto visible = read_shaped(reader, "visible", {people, parts}).values;
    annotations.visible.resize(people);
    for (std::size_t i = 0; i < visible.size(); ++i) annotations.visible[i / parts][i % parts] = visible[i] != 0;
  }
  if (reader.has("normalize")) annotations.head_size = read_shaped(reader, "normalize", {people}).values;
}

}  // namespace

bool NewellAnnotations::labelled(std::size_t person, std::size_t part_number) const {
  return part[person][part_number] != std::array<double, 2>{0, 0};
}

bool is_newell_file(const std::filesystem::path& file) {
  const Hdf5Reader reader(file);
  return reader.has("center") && reader.has("scale") && reader.has("part");
}

NewellAnnotations read_newell_annotations(const std::filesystem::path& file) {
  const Hdf5Reader reader(file);
  const std::vector<std::size_t> shape = reader.layout("scale").shape;
  const std::size_t people = shape.empty() ? 0 : shape[0];
  if (people == 0) throw data_error(reader.where("scale"), "", "has no people");

  NewellAnnotations annotations;
  annotations.file = file;
  annotations.scale = read_shaped(reader, "scale", {people}).values;
  const auto centre = read_shaped(reader, "center", {people, 2}).values;
  const auto part = read_shaped(reader, "part", {people, parts, 2}).values;
  annotations.centre.resize(people);
  annotations.part.resize(people);
  for (std::size_t person = 0; person < people; ++person) {
    if (annotations.scale[person] <= 0) {
      throw data_error(reader.where("scale"), "", "person {} has the scale {}", person, annotations.scale[person]);
    }
    annotations.centre[person] = {centre[2 * person], centre[2 * person + 1]};
    for (std::size_t k = 0; k < parts; ++k) {
      const std::size_t at = 2 * (person * parts + k);
      annotations.part[person][k] = {part[at], part[at + 1]};
    }
  }
  read_optional(reader, people, annotations);
  return annotations;
}

PhotographSet read_mpii_newell(const std::filesystem::path& annotations, const std::filesystem::path& images) {
  require_photograph_folder(images);
  const NewellAnnotations newell = read_newell_annotations(annotations);
  const std::string file = annotations.string();
  if (newell.image_name.empty()) throw data_error(file + ": imgname", "", "there is no such dataset");
  if (newell.person.empty()) throw data_error(file + ": person", "", "there is no such dataset");

  const std::string name = annotations.stem().string();
  PhotographSet set = mpii_set(name == "valid" ? "validation" : name, "MPII Human Pose, Newell's " + name + ".h5");
  for (std::size_t n = 0; n < newell.scale.size(); ++n) {
    const std::string image = photograph_name(newell.image_name[n], file + ": imgname");
    const auto [centre_x, centre_y] = newell.centre[n];
    PersonInPhotograph person = mpii_person(images, image, newell.person[n], {centre_x, centre_y, newell.scale[n]});
    for (std::size_t part = 0; part < newell.part[n].size(); ++part) {
      if (!newell.labelled(n, part)) continue;
      Occlusion occluded = Occlusion::unknown;
      if (!newell.visible.empty()) occluded = newell.visible[n][part] ? Occlusion::visible : Occlusion::occluded;
      person.label(part, newell.part[n][part][0], newell.part[n][part][1], occluded, mpii_first_pixel);
    }
    if (!newell.head_size.empty()) person.reference_length = newell.head_size[n];
    set.people.push_back(std::move(person));
  }
  return set;
}

}  // namespace pbn::data
