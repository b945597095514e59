#!/bin/bash -l
# Made by pbn submit: element i of the array performs the run on line i of its list.
#SBATCH --partition=gpu
#SBATCH --time=1-12:00:00
#SBATCH --nodes=2
#SBATCH --ntasks=5
#SBATCH --ntasks-per-node=3
#SBATCH --cpus-per-task=1
#SBATCH --mem=12288M
#SBATCH --mail-type=END,TIME_LIMIT_90
#SBATCH --mail-user=me@example.org
#SBATCH --exclusive
#SBATCH --open-mode=append
#SBATCH --requeue
# Before the time limit, Slurm signals this process (pbn work), which asks the run to save its state.
#SBATCH --signal=B:USR2@120

cd -- /WORKING_FOLDER || exit 69
module load mpich || exit 69

# exec, because Slurm signals this process, and a shell would not pass its signals on to a command.
exec /PBN work /store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- srun --mpi=pmi2 --ntasks=5 --cpus-per-task=1 --kill-on-bad-exit=1 --distribution=block
