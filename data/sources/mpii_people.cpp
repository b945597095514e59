#include "data/sources/mpii_people.h"

#include "config/skeleton.h"

namespace pbn {
namespace {

double continuous(double coordinate) { return coordinate - mpii_first_pixel + 0.5; }

}  // namespace

MpiiPlace adjusted(const MpiiPlace& annotated) {
  return {annotated.centre_x, annotated.centre_y + 15 * annotated.scale, 1.25 * annotated.scale};
}

PhotographSet mpii_set(std::string split, std::string source) {
  PhotographSet set;
  set.info.skeleton = mpii16().name;
  set.info.dataset = "mpii";
  set.info.split = std::move(split);
  set.info.source = std::move(source);
  set.info.reference = "head";
  set.first_pixel = mpii_first_pixel;
  return set;
}

PersonInPhotograph mpii_person(const std::filesystem::path& images, const std::string& image_name, int index,
                               const MpiiPlace& place) {
  PersonInPhotograph person;
  person.photograph = images / image_name;
  person.image_name = image_name;
  person.index = index;
  person.joints.resize(mpii16().parts.size());
  person.labelled.resize(mpii16().parts.size(), false);
  person.occluded.resize(mpii16().parts.size(), Occlusion::unknown);
  person.box = Box{continuous(place.centre_x), continuous(place.centre_y), 200 * place.scale};
  return person;
}

void set_mpii_joint(PersonInPhotograph& person, std::size_t part, double x, double y, Occlusion occluded) {
  person.joints[part] = {continuous(x), continuous(y)};
  person.labelled[part] = true;
  person.occluded[part] = occluded;
}

}  // namespace pbn
