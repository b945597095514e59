// The ranks of this test program, started by mpirun. Every rank runs every case.
#pragma once

#include "worker/communication/ranks.h"

namespace pbn::worker {

const Ranks& world();

}  // namespace pbn::worker
