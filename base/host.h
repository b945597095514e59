// The machine that this process runs on.
#pragma once

#include <string>

namespace pbn {

// As gethostname(2) says; "?" where it does not.
std::string host_name();

}  // namespace pbn
