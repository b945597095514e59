#include "bench/network/network_work.h"

#include <mpi.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/host.h"
#include "base/random.h"
#include "bench/mpi_job.h"
#include "config/schema.h"
#include "worker/device/torch_settings.h"

namespace pbn::bench {
namespace {

// Sends a value from rank 0 to all ranks. A rank that waits inside MPI keeps its core busy; this one sleeps, so that it
// does not disturb the peers.
double spread(double value) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibcast(&value, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD, &request);
  for (int arrived = 0; MPI_Test(&request, &arrived, MPI_STATUS_IGNORE), !arrived;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return value;
}

}  // namespace

config::RunConfig configuration_of(const NetworkWork& work) {
  const Json given = {{"model", {{"stacks", work.stacks}, {"head", "plain"}}},
                      {"train", {{"global_batch", work.batch}, {"precision", work.precision_name()}}}};
  return config::run_config(
      config::canonical_settings(config::resolve(given, "the benchmark"), config::mpii16(), has_bf16()),
      config::mpii16());
}

std::vector<std::string> limits_of(const NetworkWork& work) {
  if (!work.has_only_avx2) return {};
  return {"env", "ONEDNN_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2", "MKL_ENABLE_INSTRUCTIONS=AVX2"};
}

data::Batch random_people(int people, int side) {
  data::Batch batch;
  for (int person = 0; person < people; ++person) {
    Random random(1, 0, static_cast<std::uint32_t>(person), Purpose::synthetic);
    batch.people.push_back(person);
    for (int i = 0; i < side * side * 3; ++i) batch.pixels.push_back(random.next() & 255);
    for (int part = 0; part < config::mpii16().size(); ++part) {
      for (int axis = 0; axis < 2; ++axis) batch.joints.push_back(static_cast<float>(random.uniform(0, side)));
      batch.labelled.push_back(1);
    }
  }
  return batch;
}

Peer own_contestant(const NetworkWork& work) {
  std::vector<std::string> command = limits_of(work);
  const std::vector<std::string> ranks = own_ranks(cores, false, {"--contestant", work.name});
  command.insert(command.end(), ranks.begin(), ranks.end());
  return Peer(command);
}

int run_as_contestant(int argc, char** argv, const std::function<Measure(const worker::Ranks&)>& set_up) {
  worker::keep_large_blocks();
  worker::Ranks ranks(argc, argv);
  worker::prepare_torch(1);
  const Measure measure = set_up(ranks);
  if (ranks.rank() == 0) fmt::print("ready\n");
  while (true) {
    std::fflush(stdout);
    double seconds = 0;
    if (ranks.rank() == 0 && !(std::cin >> seconds)) seconds = -1;
    seconds = spread(seconds);
    if (seconds < 0) return 0;
    const double figure = measure(seconds);
    if (ranks.rank() == 0) fmt::print("{}\n", figure);
  }
}

}  // namespace pbn::bench
