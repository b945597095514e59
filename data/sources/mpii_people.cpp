#include "data/sources/mpii_people.h"

#include "config/skeleton.h"

namespace pbn::data {
MpiiPlace adjusted(const MpiiPlace& annotated) {
  return {annotated.centre_x, annotated.centre_y + 15 * annotated.scale, 1.25 * annotated.scale};
}

PhotographSet mpii_set(std::string split, std::string source) {
  return {.info = {.skeleton = &config::mpii16(),
                   .dataset = "mpii",
                   .split = std::move(split),
                   .source = std::move(source),
                   .reference = "head"},
          .first_pixel = mpii_first_pixel};
}

PersonInPhotograph mpii_person(const std::filesystem::path& images, const std::string& image_name, int index,
                               const MpiiPlace& place) {
  PersonInPhotograph person;
  person.photograph = images / image_name;
  person.image_name = image_name;
  person.index = index;
  person.set_parts(config::mpii16().parts.size());
  const double shift = mpii_first_pixel - 0.5;
  person.box = Box{place.centre_x - shift, place.centre_y - shift, 200 * place.scale};
  return person;
}

}  // namespace pbn::data
