// For a pose file that was changed by hand and kept the sums of what it was.
#pragma once

#include <filesystem>
#include <string>

namespace pbn {

struct PoseFileRenewal {
  std::string before, after;  // fingerprints
  bool changed = false;       // the file; else both its sums agreed with what is in it
};

// Gives the file the fingerprint and the digest of its people that our writer would give what is in it now, in one
// step: a copy is changed and takes its place. Throws data errors for what is no pose file, but for sums that do not
// agree.
PoseFileRenewal renew_pose_file(const std::filesystem::path& file);

}  // namespace pbn
