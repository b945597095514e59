#include "data/sources/lsp.h"

#include "base/error.h"
#include "data/sources/leeds.h"

namespace pbn {

PhotographSet read_lsp(const std::filesystem::path& folder, LspSplit split, const std::filesystem::path& annotations) {
  const auto parts = static_cast<std::size_t>(lsp14().size());
  const std::filesystem::path file = annotations.empty() ? folder / "joints.mat" : annotations;
  const MatlabArray joints =
      read_leeds_joints(folder, file, 3, parts, "is it LSP's, and not one person's or LSP extended's?");
  const std::size_t people = joints.shape[2];
  const LeedsPhotographs photographs(folder, 4);
  const bool train = split == LspSplit::train;

  PhotographSet set;
  set.info.skeleton = lsp14().name;
  set.info.dataset = "lsp";
  set.info.split = train ? "train" : "test";
  set.info.source = train ? "Leeds Sports Pose, first half; box: body x 410/256"
                          : "Leeds Sports Pose, second half; box: photograph x 1.25";
  if (!annotations.empty()) set.info.source += "; joints of " + annotations.filename().string();
  set.info.reference = "torso";
  set.first_pixel = leeds_first_pixel;
  for (std::size_t n = train ? 0 : people / 2; n < (train ? people / 2 : people); ++n) {
    PersonInPhotograph& person = set.people.emplace_back();
    photographs.set(person, n + 1);
    for (std::size_t part = 0; part < parts; ++part) {
      const double x = joints.at({0, part, n}), y = joints.at({1, part, n}), occluded = joints.at({2, part, n});
      if (!plausible_pixels(x) || !plausible_pixels(y) || (occluded != 0 && occluded != 1)) {
        throw data_error(file.string(), limit_of_pixels, "{}", leeds_mistake(n, part, x, y, occluded));
      }
      person.joints.push_back(leeds_joint(x, y));
      person.labelled.push_back(true);
      person.occluded.push_back(occluded == 1 ? Occlusion::occluded : Occlusion::visible);
    }
    person.reference_length = torso_length(person);
    if (train) person.box = box_of_body(person, leeds_enlargement);
  }
  return set;
}

}  // namespace pbn
