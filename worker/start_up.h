// What the ranks of a training tell each other, and the user, before they begin.
#pragma once

#include <string>

#include "model/network.h"
#include "worker/communication/handshake.h"
#include "worker/device.h"
#include "worker/training/run_setup.h"

namespace pbn {

// What all ranks must agree in before they make a network together: versions of the program and its libraries, the
// instruction set (other instructions round differently, and the ranks' weights would part), the kind of device, every
// setting, the content of the data.
Facts facts_of_run(const RunSetup& setup, const Device& device);

// And before they train it: every parameter's name, shape and layout.
Facts facts_of_network(const Network& network);
// And what they begin with, once each has read the checkpoint: a file system may show some of them an older one.
Facts facts_of_weights(Network& network);

// Where the ranks of this host may all use the same processors, as without a launcher that binds them, and its memory
// has several nodes: this rank goes to one of them (processors.h). Every rank calls it, before its threads start.
void move_near_memory(const Ranks& ranks);

// A table rank -> host -> processors -> device, made on all ranks together.
std::string describe_places(const Ranks& ranks, const Device& device);

}  // namespace pbn
