// Signals by which a scheduler, before its time limit, or a person asks this job to stop.
#pragma once

#include <string>

namespace pbn::worker {

// SIGUSR2 (which mpirun forwards at once), SIGTERM, and SIGHUP unless it was ignored at the start, request a checkpoint
// and exit code 75; a second SIGTERM ends the process at once. (A terminal that is closed sends SIGHUP twice.) SIGUSR1
// is left to NCCL. A closed pipe behind standard output no longer ends the process.
void listen_for_stop_requests();

// The effect of these signals under this launcher, for the start message.
std::string describe_stop_signals(double checkpoint_seconds);

bool stop_was_requested();  // on this rank; the next step shares it with the other ranks

}  // namespace pbn::worker
