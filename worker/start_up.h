// What the ranks of a training tell each other, and the user, before they begin.
#pragma once

#include <string>

#include "worker/communication/handshake.h"
#include "model/network.h"
#include "worker/device.h"
#include "worker/training/run_setup.h"

namespace pbn {

// What all ranks must agree in before they make a network together: versions of the program and its libraries, the
// instruction set (other instructions round differently, and the ranks' weights would part), the kind of device, every
// setting, the content of the data.
Facts facts_of_run(const RunSetup& setup, const Device& device);

// And before they train it: every parameter's name, shape and layout.
Facts facts_of_network(const Network& network);

// A table rank -> host -> device -> processors, made on all ranks together. Ranks of a host that may all use the same
// processors are said to be unbound.
std::string describe_places(const Ranks& ranks, const Device& device);

}  // namespace pbn
