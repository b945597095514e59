// Somebody wants this job to end: the scheduler before its time limit, or a person.
#pragma once

#include <string>

namespace pbn {

// SIGUSR2 (which mpirun passes on at once), SIGTERM, and SIGHUP unless it was ignored at the start, ask for a
// checkpoint and exit code 75; a second TERM ends the process as it would without us. (A terminal that goes away sends
// HUP twice.) NCCL may use SIGUSR1, so that one is left alone. A reader of our output who has gone ends nothing any
// more.
void listen_for_stop_requests();

// What the signals do under this launcher, as the worker says at its start.
std::string describe_stop_signals(double checkpoint_seconds);

bool stop_was_requested();  // of this rank; the ranks agree on it at the next step

}  // namespace pbn
