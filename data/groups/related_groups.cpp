#include "data/groups/related_groups.h"

namespace pbn {

RelatedParts find_related_parts(const std::filesystem::path& file, int k, const Bootstrap& bootstrap) {
  const BoxPoses poses = read_box_poses(file);
  const LatticePoses lattice(poses);
  Relatedness relatedness = lattice.relatedness();
  MinimumCut cut = minimum_normalised_cut(relatedness.normalised(), poses.skeleton->size(), k);
  std::optional<GroupStability> stability;
  if (bootstrap.resamples > 0) {
    stability = bootstrap_groups(lattice, cut.minimum.groups, bootstrap.resamples, bootstrap.seed);
  }
  return {std::move(relatedness), std::move(cut), std::move(stability), poses.source, poses.fingerprint};
}

}  // namespace pbn
