#include "data/sources/mpii_newell.h"

#include "base/error.h"
#include "data/sources/mpii_people.h"
#include "data/sources/newell.h"

namespace pbn {

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
      set_mpii_joint(person, part, newell.part[n][part][0], newell.part[n][part][1], occluded);
    }
    if (!newell.head_size.empty()) person.reference_length = newell.head_size[n];
    set.people.push_back(std::move(person));
  }
  return set;
}

}  // namespace pbn
