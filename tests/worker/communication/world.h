// The ranks that mpirun started this test program as: every rank runs every case.
#pragma once

#include "worker/communication/ranks.h"

namespace pbn {

const Ranks& world();

}  // namespace pbn
