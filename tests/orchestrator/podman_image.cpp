#include "tests/orchestrator/podman_image.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn {
namespace fs = std::filesystem;

std::string PodmanImage::obstacle() {
  static const std::string found = []() -> std::string {
    if (find_program("podman").empty()) return "needs podman";
    const PodmanImage image;
    const CommandOutcome tried = run_program({built_program("pbn"), "contain", image.description(), "--", "true"});
    return tried.code == 0 ? "" : "podman runs no container here: " + tried.output;
  }();
  return found;
}

PodmanImage::PodmanImage() : name_(fmt::format("localhost/pbn-test-{}", ::getpid())) {
  const TemporaryFolder root{"pbn-image"};
  for (const char* folder : {"usr", "etc", "tmp", "proc", "sys", "dev"}) fs::create_directory(root / folder);
  for (const char* link : {"bin", "sbin", "lib", "lib64"}) {
    fs::create_directory_symlink(fs::path("usr") / link, root / link);
  }
  run_program({"bash", "-c", "tar -C \"$0\" -c . | podman import - \"$1\"", root.path().string(), name_});
}

PodmanImage::~PodmanImage() { run_program({"podman", "rmi", "--force", name_}); }

std::string PodmanImage::description(std::vector<std::string> more) const {
  for (const fs::path& folder : {fs::path("/usr"), programs_folder(), libtorch_folder().parent_path()}) {
    if (folder.is_absolute()) more.push_back(folder.string());
  }
  // Lower limits than podman's own, which even root may not set everywhere.
  return canonical({{"image", name_},
                    {"runtime", "podman"},
                    {"bind", more},
                    {"worker", built_program("pbn_worker")},
                    {"options", {"--env=COUNTING_DIARY", "--ulimit=nofile=1024:1024", "--ulimit=nproc=30000:30000"}}});
}

}  // namespace pbn
