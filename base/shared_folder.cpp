#include "base/shared_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"

namespace pbn {
namespace fs = std::filesystem;

void require_publishing(const fs::path& folder) {
  const PassingPath probe(folder / fmt::format(".publishing-{}-{}.tmp", host_name(), ::getpid()));
  publish_once(probe.path(), "");
}

int open_lock_file(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor >= 0) return descriptor;
  const int code = errno;
  const char* hint =
      code == EACCES ? "who shares a folder sets umask 002; the file's owner can mend it by chmod g+w" : "";
  throw environment_error(file.string(), hint, "cannot open: {}", std::strerror(code));
}

}  // namespace pbn
