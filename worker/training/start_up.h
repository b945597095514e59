// The start of a training: device, data and processors of each rank, and the facts on which all ranks must agree.
#pragma once

#include <string>
#include <vector>

#include "model/network.h"
#include "worker/communication/handshake.h"
#include "worker/device/device.h"
#include "worker/training/run_setup.h"

namespace pbn::worker {

// The device of this rank according to the settings. Throws like choose_device().
ChosenDevice device_of_rank(const GivenSettings& given, const Ranks& ranks);

// Throws a SharedError if ranks share a GPU and run.oversubscribe_devices does not allow it. Every rank calls it.
void require_own_devices(const GivenSettings& given, const Ranks& ranks, const Device& device);

// Prints the device's warning once. A training writes it to its log instead.
void warn_of_unused_gpu(const ChosenDevice& chosen, const Ranks& ranks);

// Throws a usage error if the device does not compute in the precision of this canonical configuration.
void require_precision(const Json& canonical, const Device& device);

// Makes the networks of this process use the kernels of run.kernels and run.weight_gradients. Returns advice about
// settings that are not used.
std::vector<std::string> choose_kernels(const config::RunConfig& config, const Device& device);

struct StartedRun {
  ChosenDevice chosen;
  RunSetup setup;

  const Device& device() const { return *chosen.device; }
};

// Chooses the device, resolves the settings, opens the data, binds this rank to processors (near its GPU, or on its
// NUMA node) and sets LibTorch's threads and precision. Every rank calls it before it starts threads. Throws
// SharedErrors.
StartedRun start_run(const GivenSettings& given, const Ranks& ranks);

// Must agree before the ranks build a network: versions of the program and its libraries, instruction set (others round
// differently, so that the weights of the ranks would diverge), kind of device, all settings, content of the data.
Facts facts_of_run(const RunSetup& setup, const Device& device);

// Must agree before training: name, shape and layout of every parameter.
Facts facts_of_network(const model::Network& network);
// Must agree after each rank has read the checkpoint, since a file system may show an older one to some of them.
Facts facts_of_weights(model::Network& network);

// A table with the host, processors and device of each rank. Every rank calls it.
std::string describe_places(const Ranks& ranks, const Device& device);

}  // namespace pbn::worker
