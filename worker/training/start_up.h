// What the ranks of a training tell each other, and the user, before they begin.
#pragma once

#include <string>

#include "model/network.h"
#include "worker/communication/handshake.h"
#include "worker/device/device.h"
#include "worker/training/run_setup.h"

namespace pbn {

// The device that the settings want for this rank. Throws as choose_device.
ChosenDevice device_of_rank(const GivenSettings& given, const Ranks& ranks);

struct StartedRun {
  ChosenDevice chosen;
  RunSetup setup;

  const Device& device() const { return *chosen.device; }
};

// How every training starts, also one that only measures: the device, the settings and data, this rank's processors
// (near its GPU, or dealt out to the nodes of memory), LibTorch's threads. Every rank calls it, before its threads
// start. Throws SharedErrors.
StartedRun start_run(const GivenSettings& given, const Ranks& ranks);

// What all ranks must agree in before they make a network together: versions of the program and its libraries, the
// instruction set (other instructions round differently, and the ranks' weights would part), the kind of device, every
// setting, the content of the data.
Facts facts_of_run(const RunSetup& setup, const Device& device);

// And before they train it: every parameter's name, shape and layout.
Facts facts_of_network(const Network& network);
// And what they begin with, once each has read the checkpoint: a file system may show some of them an older one.
Facts facts_of_weights(Network& network);

// A table rank -> host -> processors -> device, made on all ranks together.
std::string describe_places(const Ranks& ranks, const Device& device);

}  // namespace pbn
