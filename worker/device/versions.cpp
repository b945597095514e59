#include "worker/device/versions.h"

#include <mpi.h>
#include <torch/csrc/api/include/torch/version.h>

#include "base/build_version.h"
#include "base/host.h"

namespace pbn::worker {
namespace {

std::string mpi_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string whole(text, static_cast<std::size_t>(length));
  return whole.substr(0, whole.find(','));
}

}  // namespace

Json program_versions() {
  return {{"pbn", program_version()},
          {"build", build_version()},
          {"libtorch", TORCH_VERSION},
          {"mpi", mpi_version()},
          {"instruction_set", instruction_set()}};
}

Json versions_on(const Device& device) {
  Json all = program_versions();
  for (const auto& [name, version] : device.versions()) all[name] = version;
  return all;
}

}  // namespace pbn::worker
