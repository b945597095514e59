#include "base/shared_folder.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "base/host.h"

namespace pbn {
namespace fs = std::filesystem;

void require_publishing(const fs::path& folder) {
  const TemporaryPath probe(folder / fmt::format(".publishing-{}-{}.tmp", host_name(), ::getpid()));
  publish_once(probe.path(), "");
}

Descriptor open_lock_file(const fs::path& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (opened.is_open()) return opened;
  const int code = errno;
  const char* hint =
      code == EACCES ? "who shares a folder sets umask 002; the file's owner can mend it by chmod g+w" : "";
  throw environment_error(file.string(), hint, "cannot open: {}", std::strerror(code));
}

}  // namespace pbn
