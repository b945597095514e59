#include "base/shared_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

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

std::optional<FileLock> FileLock::try_to_take(const fs::path& file) {
  FileLock lock(file);
  lock.is_enforced_ = ::flock(lock.descriptor_.number(), LOCK_EX | LOCK_NB) == 0;
  if (!lock.is_enforced_ && errno == EWOULDBLOCK) return {};
  return lock;
}

FileLock FileLock::wait_for(const fs::path& file) {
  FileLock lock(file);
  while (!lock.is_enforced_) {
    lock.is_enforced_ = ::flock(lock.descriptor_.number(), LOCK_EX) == 0;
    if (!lock.is_enforced_ && errno != EINTR) break;
  }
  return lock;
}

FileLock::FileLock(const fs::path& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_.is_open()) return;
  const int code = errno;
  const char* hint =
      code == EACCES ? "users who share a folder should set umask 002; the file's owner can run chmod g+w" : "";
  throw environment_error(file.string(), hint, "cannot open: {}", std::strerror(code));
}

}  // namespace pbn
