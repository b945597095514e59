// The mpirun that started this rank.
#pragma once

namespace pbn {

// Ends it if it still lives after so many seconds, whatever becomes of this process. Open MPI 4.1 aborts a job only
// once every host has answered: with one of them cut off mpirun would stay for ever, without any rank. So its
// connections to the other hosts are shut, by which it believes them lost and ends with the code of the abort. That
// needs the right to trace it (ptrace(2); where kernel.yama.ptrace_scope is above 0 root alone has it); five seconds
// later it is killed, and then the exit code is that of a kill. Does nothing where the parent of this process is no
// mpirun, as under srun and on the other hosts.
void end_launcher_after(unsigned seconds);

}  // namespace pbn
