// The mpirun that started this rank.
#pragma once

namespace pbn {

// Kills it if it still lives after so many seconds, whatever becomes of this process. Open MPI 4.1 aborts a job only
// once every host has answered: with one of them cut off mpirun would stay for ever, without any rank. Does nothing
// where the parent of this process is no mpirun, as under srun and on the other hosts.
void end_launcher_after(unsigned seconds);

}  // namespace pbn
