#include "base/host.h"

#include <unistd.h>

namespace pbn {

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "?";
}

}  // namespace pbn
