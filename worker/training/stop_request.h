// Somebody wants this job to end: the scheduler before its time limit, or a person.
#pragma once

#include <string>

namespace pbn {

// SIGUSR2 (which mpirun passes on at once) and SIGTERM ask for a checkpoint and exit code 75; a second TERM ends the
// process as it would without us. NCCL may use SIGUSR1, so that one is left alone.
void listen_for_stop_requests();

// What the signals do under this launcher, as the worker says at its start.
std::string describe_stop_signals(double checkpoint_seconds);

bool stop_was_requested();  // of this rank; the ranks agree on it at the next step

}  // namespace pbn
