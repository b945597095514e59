#include "data/sources/lspet.h"

#include "base/error.h"
#include "data/sources/leeds.h"

namespace pbn {

PhotographSet read_lspet(const std::filesystem::path& folder) {
  const auto parts = static_cast<std::size_t>(lsp14().size());
  const std::filesystem::path file = folder / "joints.mat";
  const MatlabArray joints =
      read_leeds_joints(folder, file, parts, 3, "is it LSP extended's, and not one person's or LSP's?");

  const LeedsPhotographs photographs(folder, 5);
  PhotographSet set;
  set.info.skeleton = lsp14().name;
  set.info.dataset = "lspet";
  set.info.split = "train";
  set.info.source = "Leeds Sports Pose, extended; box: body x 410/256";
  set.info.reference = "torso";
  set.first_pixel = leeds_first_pixel;
  for (std::size_t n = 0; n < joints.shape[2]; ++n) {
    PersonInPhotograph& person = set.people.emplace_back();
    photographs.set(person, n + 1);
    for (std::size_t part = 0; part < parts; ++part) {
      const double x = joints.at({part, 0, n}), y = joints.at({part, 1, n}), annotated = joints.at({part, 2, n});
      const bool labelled = annotated == 1;
      if ((annotated != 0 && annotated != 1) || (labelled && !(plausible_pixels(x) && plausible_pixels(y)))) {
        throw data_error(file.string(), limit_of_pixels, "{}", leeds_mistake(n, part, x, y, annotated));
      }
      person.joints.push_back(labelled ? leeds_joint(x, y) : std::array<double, 2>{});
      person.labelled.push_back(labelled);
      person.occluded.push_back(Occlusion::unknown);
    }
    person.reference_length = torso_length(person);
    person.box = box_of_body(person, leeds_enlargement);
  }
  return set;
}

}  // namespace pbn
