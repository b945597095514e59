#!/bin/bash
# Made by pbn submit: element i of the array performs the run on line i of its list.
#SBATCH --time=90
#SBATCH --nodes=2
#SBATCH --ntasks=8
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=1
#SBATCH --gres=gpu:4
#SBATCH --mem=16384M
#SBATCH --open-mode=append
#SBATCH --requeue
# Before the time limit, Slurm signals this process (pbn work), which asks the run to save its state.
#SBATCH --signal=B:USR2@120

cd -- /WORKING_FOLDER || exit 69

# exec, because Slurm signals this process, and a shell would not pass its signals on to a command.
exec /PBN work /store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- mpirun -np 8 --bind-to none
