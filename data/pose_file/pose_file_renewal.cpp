#include "data/pose_file/pose_file_renewal.h"

#include "base/error.h"
#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/pose_digests.h"
#include "data/pose_file/pose_file.h"

namespace pbn {
namespace fs = std::filesystem;

PoseFileRenewal renew_pose_file(const std::filesystem::path& path) {
  const PoseFile file(path, PeopleDigest::ignored);
  const PoseFileInfo& info = file.info();
  PoseFileRenewal renewal{info.fingerprint, fingerprint_of_content(file)};
  renewal.changed = renewal.before != renewal.after || info.given_people_sha256 != info.people_sha256;
  if (!renewal.changed) return renewal;
  const fs::path place = fs::canonical(path);  // behind a link
  const fs::perms permissions = fs::status(place).permissions();
  UnfinishedFile copy(place);
  std::error_code problem;
  fs::copy_file(place, copy.path(), fs::copy_options::overwrite_existing, problem);
  if (problem) {
    throw environment_error(place.string(), "the folder must have room for a copy of it, and be writable",
                            "cannot be copied: {}", problem.message());
  }
  fs::permissions(copy.path(), fs::perms::owner_write, fs::perm_options::add);
  replace_text_attributes(copy.path(), {{"fingerprint", renewal.after}, {"people_sha256", info.people_sha256}});
  fs::permissions(copy.path(), permissions);
  copy.commit();
  return renewal;
}

}  // namespace pbn
