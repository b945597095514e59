// The mpirun that started this rank.
#pragma once

namespace pbn::worker {

// Ends mpirun if it is still running after so many seconds, even if this process has ended by then. Needs the right to
// trace mpirun (ptrace(2); where kernel.yama.ptrace_scope is above 0, only root has it). Without that right it kills
// mpirun five seconds later, and the exit code is that of a kill. Does nothing if the parent of this process is not
// mpirun, as under srun and on the other hosts.
void end_launcher_after(unsigned seconds);

}  // namespace pbn::worker
