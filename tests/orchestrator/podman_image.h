// A podman image for tests, without files of its own: the folders of this machine's system are bound from outside, so
// that it needs no network and no time.
#pragma once

#include <string>
#include <vector>

#include "tests/temporary_folder.h"

namespace pbn {

class PodmanImage {
 public:
  // Why podman runs no containers here, for skipping a test; empty if it does. Found out once.
  static std::string obstacle();

  PodmanImage();
  ~PodmanImage();
  PodmanImage(const PodmanImage&) = delete;
  PodmanImage& operator=(const PodmanImage&) = delete;

  // The container's description for a profile or --container, in braces; binds the system, the programs of this build
  // and `more`.
  std::string description(std::vector<std::string> more = {}) const;

 private:
  std::string name_;
};

}  // namespace pbn
